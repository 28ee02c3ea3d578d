import { type CalendarDateTime, parseDateTime } from "@internationalized/date";
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  Group,
  Heading,
  Label,
  Popover,
} from "react-aria-components";
import { useWords } from "../words/index.ts";
import { Button } from "./fields.tsx";

/** A moment by the browser's own clock, as `2026-11-21T22:00`; empty: none. */
type Moment = string;

const parsed = (moment: Moment): CalendarDateTime | null => (moment === "" ? null : parseDateTime(moment));

/** One end of a window. The calendar shows the whole of it. */
export function MomentPicker({
  label,
  value,
  onChange,
  window: [begins, ends],
}: {
  readonly label: string;
  readonly value: Moment;
  readonly onChange: (value: Moment) => void;
  readonly window: readonly [begins: Moment, ends: Moment];
}) {
  const { moments: words } = useWords();
  const isWithin = (day: string) =>
    (begins !== "" || ends !== "") &&
    (begins === "" || begins.slice(0, 10) <= day) &&
    (ends === "" ? begins.slice(0, 10) === day : day <= ends.slice(0, 10));
  return (
    <DatePicker
      className="field"
      granularity="minute"
      value={parsed(value)}
      onChange={(chosen) => onChange(chosen ? chosen.toString().slice(0, 16) : "")}
    >
      <Label>{label}</Label>
      <Group className="moment">
        <DateInput className="segments">{(segment) => <DateSegment segment={segment} className="segment" />}</DateInput>
        {value !== "" && (
          <Button look="quiet" slot={null} aria-label={`${label}: ${words.none}`} onPress={() => onChange("")}>
            ×
          </Button>
        )}
        <AriaButton className="button quiet" aria-label={`${label}: ${words.calendar}`}>
          <span aria-hidden="true">▦</span>
        </AriaButton>
      </Group>
      <Popover className="popover">
        <Dialog className="calendar" aria-label={label}>
          <Calendar>
            <header>
              <AriaButton slot="previous" className="button quiet" aria-label={words.before}>
                ‹
              </AriaButton>
              <Heading />
              <AriaButton slot="next" className="button quiet" aria-label={words.after}>
                ›
              </AriaButton>
            </header>
            <CalendarGrid>
              <CalendarGridHeader>{(day) => <CalendarHeaderCell>{day}</CalendarHeaderCell>}</CalendarGridHeader>
              <CalendarGridBody>
                {(date) => <CalendarCell date={date} className={`day ${isWithin(date.toString()) ? "within" : ""}`} />}
              </CalendarGridBody>
            </CalendarGrid>
          </Calendar>
        </Dialog>
      </Popover>
    </DatePicker>
  );
}
