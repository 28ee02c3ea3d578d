/*
 * How the reader fares with what it was told to look at: what of it has begun, what cannot be looked at and why. It is said
 * whenever it changes, all of it.
 */

/** What is said. */
export interface ReaderState {
  /** Of which configuration this is. */
  readonly turn: number;
  /** Files of records of which not everything has begun. */
  readonly waiting: readonly string[];
  readonly troubles: readonly Trouble[];
}

export interface Trouble {
  /** What cannot be looked at: a path, the journal. */
  readonly about: string;
  /** The files of records that want it. */
  readonly files: readonly string[];
  readonly why: string;
}

export interface ReaderStateBook {
  /** Another configuration: nothing of the last one counts. Said once `begun` is called. */
  begin(turn: number): void;
  begun(): void;
  /** It will be said how this fares. */
  wait(about: string, files: readonly string[]): void;
  well(about: string): void;
  trouble(about: string, files: readonly string[], why: string): void;
}

export function openReaderState(say: (state: ReaderState) => void): ReaderStateBook {
  let turn = 0;
  let isBegun = false;
  let last = "";
  /** Without a reason, it has not begun yet. */
  const open = new Map<string, { readonly files: readonly string[]; readonly why?: string }>();

  function changed() {
    if (!isBegun) return;
    const all = [...open];
    const state: ReaderState = {
      turn,
      waiting: [...new Set(all.flatMap(([, { files, why }]) => (why === undefined ? files : [])))],
      troubles: all.flatMap(([about, { files, why }]) => (why === undefined ? [] : [{ about, files, why }])),
    };
    const text = JSON.stringify(state);
    if (text === last) return;
    last = text;
    say(state);
  }

  return {
    begin(next) {
      turn = next;
      isBegun = false;
      open.clear();
    },
    begun() {
      isBegun = true;
      changed();
    },
    wait(about, files) {
      open.set(about, { files });
      changed();
    },
    well(about) {
      if (open.delete(about)) changed();
    },
    trouble(about, files, why) {
      open.set(about, { files, why });
      changed();
    },
  };
}
