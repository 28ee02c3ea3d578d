/** A whole number with its thousands apart: 12,345. By hand: the language tables of `toLocaleString` are six megabytes. */
export const withThousands = (value: number): string => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

/** `3 kB`, `40 MB`, `1.2 GB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 1 << 20) return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  if (bytes < 1 << 30) return `${Math.round(bytes / (1 << 20))} MB`;
  return `${(bytes / (1 << 30)).toFixed(1)} GB`;
}
