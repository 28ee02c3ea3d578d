import { useId, useState } from "react";
import { Button, Select, TextField } from "../parts/fields.tsx";
import { useWords } from "../words/index.ts";
import { controlFor, type Schema, titleOf, withField } from "./schema.ts";

interface Editing {
  readonly schema: Schema;
  readonly value: unknown;
  /** `undefined`: as usual. */
  readonly onChange: (value: unknown) => void;
  /** What the control plane has against it, by JSON pointer. */
  readonly problems: ReadonlyMap<string, string>;
  readonly pointer: string;
  readonly isDisabled: boolean;
}

/** Fields for all that an object may have. What is set comes first; the rest on demand. */
export function SchemaForm({ schema, value, onChange, ...rest }: Editing) {
  const words = useWords();
  const [isWhole, setWhole] = useState(false);
  const object = (value ?? {}) as Readonly<Record<string, unknown>>;
  const fields = Object.entries(schema.properties ?? {});
  const isShown = (field: string) =>
    isWhole ||
    fields.length <= 6 ||
    object[field] !== undefined ||
    schema.required?.includes(field) ||
    rest.problems.has(`${rest.pointer}/${field}`);
  const hidden = fields.filter(([field]) => !isShown(field)).length;
  return (
    <>
      {fields
        .filter(([field]) => isShown(field))
        .map(([field, inner]) => (
          <SchemaField
            key={field}
            {...rest}
            name={field}
            schema={inner}
            value={object[field]}
            pointer={`${rest.pointer}/${field}`}
            onChange={(set) => onChange(withField(object, field, set))}
          />
        ))}
      {(hidden > 0 || isWhole) && fields.length > 6 && (
        <Button look="quiet" aria-expanded={isWhole} onPress={() => setWhole(!isWhole)}>
          {isWhole ? "−" : "+"} {words.editor.more} {hidden > 0 && `(${hidden})`}
        </Button>
      )}
    </>
  );
}

function SchemaField({ name, ...field }: Editing & { readonly name: string }) {
  const { schema, value, onChange, problems, pointer, isDisabled } = field;
  const { editor } = useWords();
  const said = { label: titleOf(name), help: schema.description, problem: problems.get(pointer) };
  const usual = schema.default === undefined ? undefined : String(schema.default);
  switch (controlFor(schema)) {
    case "switch":
    case "choice": {
      const choices = schema.enum ?? (schema.const === undefined ? ["true", "false"] : [String(schema.const)]);
      const says = (choice: string) => (choice === "true" ? editor.yes : choice === "false" ? editor.no : choice);
      const isText = schema.enum !== undefined || typeof schema.const === "string";
      return (
        <Select
          {...said}
          isDisabled={isDisabled}
          value={value === undefined ? "" : String(value)}
          options={[
            { id: "", says: usual === undefined ? `(${editor.unset})` : `(${editor.unset}: ${says(usual)})` },
            ...choices.map((choice) => ({ id: choice, says: says(choice) })),
          ]}
          onChange={(chosen) => onChange(chosen === "" ? undefined : isText ? chosen : chosen === "true")}
        />
      );
    }
    case "number":
      return (
        <TextField
          {...said}
          isDisabled={isDisabled}
          inputMode="numeric"
          value={value === undefined ? "" : String(value)}
          onChange={(text) =>
            onChange(text.trim() === "" ? undefined : Number.isNaN(Number(text)) ? text : Number(text))
          }
        />
      );
    case "text":
      return (
        <TextField
          {...said}
          isDisabled={isDisabled}
          value={value === undefined ? "" : String(value)}
          onChange={(text) => onChange(text === "" ? undefined : text)}
        />
      );
    case "lines":
      return <Lines {...field} said={said} />;
    case "pairs":
      return <Pairs {...field} said={said} />;
    case "group":
      return (
        <fieldset className="group">
          <legend>{said.label}</legend>
          {said.help !== undefined && <p className="help">{said.help}</p>}
          <SchemaForm {...field} />
        </fieldset>
      );
    case "variants":
      return <Variants {...field} said={said} />;
    case "yaml":
      return (
        <div className="field">
          <span className="label">{said.label}</span>
          <span className="help">
            {said.help} {editor.inYaml}
          </span>
          {said.problem !== undefined && <span className="problem">{said.problem}</span>}
        </div>
      );
  }
}

interface Named {
  readonly said: { readonly label: string; readonly help: string | undefined; readonly problem: string | undefined };
}

/** A list, one a line. */
function Lines({ value, onChange, isDisabled, said, problems, pointer }: Editing & Named) {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const inner = [...problems].find(([where]) => where.startsWith(`${pointer}/`))?.[1];
  const [text, setText] = useState(list.join("\n"));
  const asText = (typed: string) =>
    typed
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  // What was changed elsewhere is shown; what is being typed here stays as it is typed.
  const shown = JSON.stringify(asText(text)) === JSON.stringify(list.map(String)) ? text : list.join("\n");
  return (
    <TextField
      {...said}
      problem={said.problem ?? inner}
      isDisabled={isDisabled}
      lines={Math.min(8, Math.max(2, list.length + 1))}
      isPlain
      value={shown}
      onChange={(typed) => {
        setText(typed);
        const lines = asText(typed);
        onChange(lines.length === 0 ? undefined : lines);
      }}
    />
  );
}

/** Names and their values. */
function Pairs({ value, onChange, isDisabled, said, problems, pointer }: Editing & Named) {
  const { editor } = useWords();
  const id = useId();
  const entries = Object.entries((value ?? {}) as Readonly<Record<string, unknown>>);
  const set = (all: readonly (readonly [string, unknown])[]) =>
    onChange(all.length === 0 ? undefined : Object.fromEntries(all));
  return (
    <fieldset className="group" aria-describedby={id}>
      <legend>{said.label}</legend>
      <p className="help" id={id}>
        {said.help}
      </p>
      {entries.map(([key, each], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed is no key.
        <div className="pair" key={index}>
          <TextField
            label={`${said.label} ${index + 1}`}
            isDisabled={isDisabled}
            value={key}
            problem={problems.get(`${pointer}/${key}`)}
            onChange={(name) => set(entries.map((entry, at) => (at === index ? [name, each] : entry)))}
          />
          <TextField
            label={key}
            isDisabled={isDisabled}
            value={String(each)}
            onChange={(text) => set(entries.map((entry, at) => (at === index ? [key, text] : entry)))}
          />
          <Button look="quiet" isDisabled={isDisabled} onPress={() => set(entries.filter((_, at) => at !== index))}>
            {editor.removeItem}
          </Button>
        </div>
      ))}
      {said.problem !== undefined && <p className="problem">{said.problem}</p>}
      <Button
        look="quiet"
        isDisabled={isDisabled || entries.some(([key]) => key === "")}
        onPress={() => set([...entries, ["", ""]])}
      >
        + {editor.add}
      </Button>
    </fieldset>
  );
}

/** One of several forms that a value may have: `php` is a switch, a version, or limits. */
function Variants({ said, ...field }: Editing & Named) {
  const { schema, value, onChange } = field;
  const { editor } = useWords();
  const variants = schema.anyOf ?? [];
  const controls = variants.map((variant) => ({ variant, control: controlFor(variant) }));
  const options = controls.flatMap(({ control, variant }) => {
    if (control === "switch") return [editor.yes, editor.no].map((says, index) => ({ id: `is ${index === 0}`, says }));
    if (control === "choice")
      return (variant.enum ?? [variant.const]).map((each) => ({
        id: `is ${each}`,
        says: each === true ? editor.yes : each === false ? editor.no : String(each),
      }));
    const says = { text: "…", number: "1, 2, 3 …", lines: "…, …", group: "{…}" }[control as "text"];
    return [{ id: control, says: says ?? control }];
  });
  const current = options.some(({ id }) => id === `is ${value}`) ? `is ${value}` : controlOf(value);
  const inner = controls.find(({ control }) => control === current)?.variant;
  function choose(chosen: string) {
    if (chosen === "") onChange(undefined);
    else if (chosen.startsWith("is "))
      onChange(chosen === "is true" ? true : chosen === "is false" ? false : chosen.slice(3));
    else onChange({ text: "", number: 0, lines: [], group: {} }[chosen as "text"]);
  }
  return (
    <div className="variants">
      <Select
        {...said}
        isDisabled={field.isDisabled}
        value={current}
        options={[{ id: "", says: `(${editor.unset})` }, ...options]}
        onChange={choose}
      />
      {inner && (
        <SchemaField
          {...field}
          name={said.label}
          schema={{ ...inner, ...(inner.properties ? {} : { description: undefined }) } as Schema}
        />
      )}
    </div>
  );
}

/** The control that shows a value. */
function controlOf(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return "lines";
  if (typeof value === "boolean") return `is ${value}`;
  return typeof value === "object" ? "group" : typeof value === "number" ? "number" : "text";
}
