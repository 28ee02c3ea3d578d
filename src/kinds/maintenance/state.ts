import { keyOf } from "../../daemons/maintenance.ts";
import { ownDirectory, systemFile } from "../../daemons/system-items.ts";
import type { MaintenanceLink } from "../../model/facts.ts";
import type { FileItem, Item } from "../../model/item.ts";
import { type Answers, type Form, forms, versionOf } from "./answers.ts";
import { doorDirectories } from "./door.ts";
import type { Layout } from "./layout.ts";
import { activeFile } from "./lighttpd.ts";
import { versionDigits } from "./varnish.ts";

/**
 * What servers look at while they run: one empty file for each switch that is on, the answers, and one empty file for each
 * cookie that lets in. None of it makes a server read its configuration again.
 */
export function stateItems(
  layout: Layout,
  answers: Answers,
  servers: readonly string[],
  on: boolean,
  links: readonly MaintenanceLink[],
): Item[] {
  const { directory, keys } = layout;
  const linkKeys = [...new Set(links.map(({ site }) => keyOf(site)))];
  const answerItems = servers.flatMap((server) => answersOf[server]?.(layout, answers) ?? []);
  const unique = [...new Map(answerItems.map((item) => [item.path, item])).values()];
  return [
    ownDirectory(directory),
    ownDirectory(`${directory}/on`),
    // To be entered by who knows what is in it; not to be read.
    ownDirectory(`${directory}/links`, 0o711),
    ...linkKeys.map((key) => ownDirectory(`${directory}/links/${key}`, 0o711)),
    ...doorDirectories(layout, links),
    ...unique,
    ...(on ? keys.map(({ name }) => systemFile(`${directory}/on/${name}`, "")) : []),
    ...(on && servers.includes("lighttpd") ? [systemFile(activeFile(layout), "")] : []),
    ...links.map(
      ({ site, cookie }): FileItem => ({
        ...systemFile(`${directory}/links/${keyOf(site)}/${cookie}`, ""),
        secret: true,
      }),
    ),
  ];
}

type StatePath = Extract<Item, { path: string }>;

const eachForm = (item: (form: Form) => StatePath): StatePath[] => (Object.keys(forms) as Form[]).map(item);

const plain = ({ directory }: Layout, { bodies }: Answers): StatePath[] =>
  eachForm((form) => systemFile(`${directory}/answer.${form}`, bodies[form]));

const retryText = ({ directory }: Layout, { retryAfter }: Answers): StatePath =>
  systemFile(`${directory}/answer.retry`, retryAfter);

/** For servers that can tell a file's name and not what is in it. */
const retryName = ({ directory }: Layout, { retryAfter }: Answers): StatePath[] => [
  ownDirectory(`${directory}/retry`),
  systemFile(`${directory}/retry/${retryAfter}`, ""),
];

/** How each server can be told its answers. */
const answersOf: Readonly<Record<string, (layout: Layout, answers: Answers) => StatePath[]>> = {
  apache2: (layout, answers) => [...plain(layout, answers), retryText(layout, answers)],
  nginx: (layout, answers) => [
    ...plain(layout, answers),
    ...retryName(layout, answers),
    { type: "link", path: `${layout.directory}/retry-after`, target: `retry/${answers.retryAfter}`, removable: true },
  ],
  caddy: (layout, answers) => [...plain(layout, answers), ...retryName(layout, answers)],
  lighttpd: (layout, answers) => [...plain(layout, answers), retryText(layout, answers)],
  haproxy: (layout, answers) => [...plain(layout, answers), retryText(layout, answers)],
  varnish: versioned,
};

/** One set of files for each version; which one is current is said by a link to the files that stand for its digits. */
function versioned({ directory }: Layout, answers: Answers): StatePath[] {
  const version = versionOf(answers, versionDigits);
  const digits = [...version].flatMap((digit, place) => (digit === "1" ? [place] : []));
  return [
    ownDirectory(`${directory}/answers`),
    ...eachForm((form) => systemFile(`${directory}/answers/${version}.${form}`, answers.bodies[form])),
    systemFile(`${directory}/answers/${version}.retry`, answers.retryAfter),
    ownDirectory(`${directory}/versions`),
    ownDirectory(`${directory}/versions/${version}`),
    ...digits.map((place) => systemFile(`${directory}/versions/${version}/${place}`, "")),
    { type: "link", path: `${directory}/now`, target: `versions/${version}`, removable: true },
  ];
}
