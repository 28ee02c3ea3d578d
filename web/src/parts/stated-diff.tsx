import { dump } from "js-yaml";
import { Diff } from "./diff.tsx";

const asText = (stated: unknown): string => (stated === undefined ? "" : dump(stated, { lineWidth: 100 }));

/** What an entry of the audit log has changed. */
export const StatedDiff = ({
  number,
  before,
  after,
}: {
  readonly number: number;
  readonly before?: unknown;
  readonly after?: unknown;
}) => <Diff before={asText(before)} after={asText(after)} name={`${number}`} />;
