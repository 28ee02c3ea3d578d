import type { ReactNode } from "react";
import {
  Button as AriaButton,
  Select as AriaSelect,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  type ButtonProps,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
  type TextFieldProps,
} from "react-aria-components";

export const Button = ({
  look = "plain",
  ...props
}: ButtonProps & { readonly look?: "plain" | "main" | "danger" | "quiet" }) => (
  <AriaButton {...props} className={`button ${look}`} />
);

interface Said {
  readonly label: string;
  readonly help?: string | undefined;
  readonly problem?: string | undefined;
}

const Under = ({ help, problem }: Pick<Said, "help" | "problem">) => (
  <>
    {help !== undefined && (
      <Text slot="description" className="help">
        {help}
      </Text>
    )}
    <FieldError className="problem">{problem}</FieldError>
  </>
);

export const TextField = ({
  label,
  help,
  problem,
  lines,
  isPlain,
  ...props
}: Said & TextFieldProps & { readonly lines?: number; readonly isPlain?: boolean }) => (
  <AriaTextField {...props} className="field" isInvalid={problem !== undefined}>
    <Label>{label}</Label>
    {lines === undefined ? (
      <Input />
    ) : (
      <TextArea rows={lines} className={isPlain ? "code" : ""} spellCheck={!isPlain} />
    )}
    <Under help={help} problem={problem} />
  </AriaTextField>
);

export function Select<T extends string>({
  label,
  help,
  problem,
  options,
  value,
  onChange,
  isDisabled = false,
}: Said & {
  readonly options: readonly { readonly id: T; readonly says: ReactNode; readonly text?: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
}) {
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(key) => onChange(key as T)}
      isInvalid={problem !== undefined}
      isDisabled={isDisabled}
    >
      <Label>{label}</Label>
      <AriaButton className="select">
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </AriaButton>
      <Under help={help} problem={problem} />
      <Popover className="popover">
        <ListBox className="list">
          {options.map(({ id, says, text }) => (
            <ListBoxItem key={id} id={id} className="option" textValue={text ?? String(says)}>
              {says}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export const Switch = ({
  label,
  help,
  value,
  onChange,
  isDisabled = false,
}: Said & {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
  readonly isDisabled?: boolean;
}) => (
  <div className="field">
    <AriaSwitch className="switch" isSelected={value} onChange={onChange} isDisabled={isDisabled}>
      <span className="track" aria-hidden="true" />
      {label}
    </AriaSwitch>
    {help !== undefined && <div className="help">{help}</div>}
  </div>
);
