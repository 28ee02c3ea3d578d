/** Of sqlite3.h: SQLITE_BUSY, SQLITE_IOERR and SQLITE_FULL. */
export const [busy, inputOutput, full] = [5, 10, 13] as const;

/** What SQLite says is wrong, without the details that it adds; `undefined` of anything else. */
export function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
}

/** Whether a database could not be read or written: most of the time because a disk is full. */
export const isOfDisk = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === inputOutput || code === full;
};
