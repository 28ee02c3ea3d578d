/** What strangers wrote ends no line of a journal, moves no cursor, and is read in the order in which it stands. */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
