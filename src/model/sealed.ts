/** A value that can be read only by who has the key: the control plane's, or one host's. */
export interface Sealed {
  readonly $sealed: string;
}

/** Whether a spec has one among its fields. */
export const hasSealed = (spec: unknown): boolean =>
  typeof spec === "object" && spec !== null && Object.values(spec).some(isSealed);

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as Partial<Sealed>).$sealed === "string";
