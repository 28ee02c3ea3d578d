import { closest, distance } from "fastest-levenshtein";

/** `; did you mean "aliases"?` where something is near enough. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return "";
  const nearest = closest(
    word.toLowerCase(),
    candidates.map((each) => each.toLowerCase()),
  );
  const candidate = candidates.find((each) => each.toLowerCase() === nearest)!;
  return distance(word.toLowerCase(), nearest) <= Math.max(2, word.length / 3) ? `; did you mean "${candidate}"?` : "";
}
