/** Where the base and the compile cache are kept: outside of the repository, and worth keeping between runs. */
export const labDirectory: string = process.env.UPKEEP_LAB ?? "/var/cache/upkeep-lab";

/** The repository, as hosts see it. */
export const repositoryInHost = "/opt/upkeep";
