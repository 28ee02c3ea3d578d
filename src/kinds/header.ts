/** The first lines of every file: who manages it and how to change it. */
export const headerFor = (kind: string, name: string): readonly string[] => [
  `Managed by Upkeep: ${kind}/${name}. Edits made here are kept aside, reported and undone.`,
  `To change it: upkeep edit ${kind} ${name}`,
];
