/** A whole number with its thousands apart: 12,345. By hand: the language tables of `toLocaleString` are six megabytes. */
export const withThousands = (value: number): string => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
