/** What strangers wrote ends no line of a journal and moves no cursor. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, "?");
