/** From when until when a certificate is good; milliseconds since 1970. */
export interface Validity {
  readonly begins: number;
  readonly ends: number;
}

/** What is renewed by itself has been by then: long before that by those who make certificates of 90 days or of six. */
const soon = { days: 14 * 86_400_000, share: 1 / 4 };

/** How near its end a certificate is: 0 not near, 1 soon, 2 very soon, 3 over. Short-lived ones come near it later. */
export function nearness({ begins, ends }: Validity, now: number): 0 | 1 | 2 | 3 {
  const before = Math.min(soon.days, (ends - begins) * soon.share);
  if (now >= ends) return 3;
  if (now >= ends - before / 4) return 2;
  return now >= ends - before ? 1 : 0;
}

/** `ends on 2026-12-01`, for people. */
export const endOfCertificate = ({ ends }: Pick<Validity, "ends">, now: number): string =>
  `${now >= ends ? "has ended" : "ends"} on ${new Date(ends).toISOString().slice(0, 10)}`;
