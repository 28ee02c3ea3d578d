/** The things a host is made of. Kinds and daemons render to these; the engine makes them true. */
export type Item = FileItem | InsertionItem | DirectoryItem | LinkItem | AccountItem | PackageItem | ServiceItem;

/** Who may do what with a file or directory. Names, not numbers: the account may not exist yet. */
export interface Rights {
  readonly owner: string;
  readonly group: string;
  /** Permission bits, for example `0o640`. */
  readonly mode: number;
}

/** A regular file that Upkeep owns whole. */
export interface FileItem extends Rights {
  readonly type: "file";
  readonly path: string;
  readonly content: string;
  /** Holds something that no plan may show, for example password hashes. */
  readonly secret?: true;
  /** The daemon that reads it: checked before and reloaded after a change. */
  readonly readBy?: string;
  /** What is told of a change while it runs, instead of reading its configuration again. */
  readonly toldTo?: Listener;
}

/** What takes changes at run time: HAProxy's maps, the kernel's packet filter, Varnish's directors. */
export type Listener = "haproxy" | "nftables" | "varnish";

/** Lines of ours in a file that belongs to someone else, who keeps it: with the last of us, only our lines go. */
export interface InsertionItem {
  readonly type: "insertion";
  readonly path: string;
  /** The whole file with our lines in it. */
  readonly content: string;
  readonly readBy: string;
}

/** A directory. It is never removed with what it holds: the content is the customer's. */
export interface DirectoryItem extends Rights {
  readonly type: "directory";
  readonly path: string;
  /**
   * `root`: its parents belong to root alone, so root may work here.
   * `owner`: a parent belongs to the customer, so it is made with the customer's rights.
   */
  readonly madeBy: "root" | "owner";
  /** If it exists with another owner: take it over, or refuse the resource. */
  readonly ifForeign: "take" | "refuse";
  /** No checker minds when it is missing, so it need not be there for the check. */
  readonly optionalInCheck?: true;
  /** Goes with the resource that asked for it, if nothing is left in it. */
  readonly removable?: true;
  /** And if there is: files of ours that are no items. */
  readonly goesWithContents?: true;
  /** Files put into it when it is made, and never again; who may look into it may read them. */
  readonly seed?: Readonly<Record<string, string>>;
}

/** A symbolic link, such as an enabled Apache module. */
export interface LinkItem {
  readonly type: "link";
  readonly path: string;
  readonly target: string;
  readonly readBy?: string;
  /** Goes with the resource that asked for it; else it stays, as an enabled module does. */
  readonly removable?: true;
}

/** A login with a group of the same name. */
export interface AccountItem {
  readonly type: "account";
  readonly name: string;
  readonly home: string;
  readonly shell: string;
  /** Further accounts that belong to its group, such as the web server's. */
  readonly members: readonly string[];
}

/** A package of the distribution, in whatever version it offers. */
export interface PackageItem {
  readonly type: "package";
  readonly name: string;
}

/** A program that must be running, now and after a boot. */
export interface ServiceItem {
  readonly type: "service";
  /** The unit's name without `.service`. */
  readonly name: string;
  /** How to run it where there is no systemd; a daemon of ours knows that itself. */
  readonly command?: ServiceCommand;
  /** Changes whenever the service has to be restarted. */
  readonly definition?: string;
}

export interface ServiceCommand {
  readonly user: string;
  readonly group: string;
  readonly umask: number;
  readonly argv: readonly [string, ...string[]];
  /** Made for it under `/run`, owned by `user`; systemd removes it when the service stops. */
  readonly runtimeDirectory: string;
  /** Everyone may enter that directory. */
  readonly isOpen?: true;
  /** A socket that it leaves behind when it stops. */
  readonly socket?: string;
}

/** An item as it is remembered: without its content, which is kept apart. */
export type KnownItem =
  | Exclude<Item, FileItem | InsertionItem | DirectoryItem>
  | Omit<FileItem, "content">
  | Omit<InsertionItem, "content">
  | Omit<DirectoryItem, "seed">;

/** `file:/etc/apache2/upkeep/shop.example.com.conf` */
export type ItemKey = `${Item["type"]}:${string}`;

export const itemKey = (item: Item | KnownItem): ItemKey => `${item.type}:${"path" in item ? item.path : item.name}`;

/** Of items that are asked for twice, the first. */
export function once(items: readonly Item[]): Item[] {
  const seen = new Set<ItemKey>();
  return items.filter((item) => {
    const key = itemKey(item);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Items that go away with the last resource that asked for them; the others are left for people to remove. */
export const isRemovable = (item: Item | KnownItem): boolean =>
  item.type === "file" ||
  item.type === "insertion" ||
  (item.type === "service" && item.command !== undefined) ||
  ((item.type === "link" || item.type === "directory") && item.removable === true);

/** The daemon that an item belongs to, if any. */
export const readerOf = (item: Item): string | undefined =>
  item.type === "file" || item.type === "insertion" || item.type === "link" ? item.readBy : undefined;
