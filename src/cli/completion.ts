import { kinds } from "../kinds/index.ts";
import { type Command, globalOptions } from "./command.ts";
import { commands } from "./commands.ts";

/** A completion script for `bash`, `zsh` or `fish`, made from the table of commands. */
export function completionScript(shell: string): string | undefined {
  const scripts: Readonly<Record<string, () => string>> = { bash, zsh, fish };
  return scripts[shell]?.();
}

const optionsOf = (command: Command): string[] =>
  Object.keys({ ...command.options, ...globalOptions }).map((name) => `--${name}`);

function wordsFor({ completes }: Command): string[] {
  switch (completes) {
    case "kinds":
      return kinds.map(({ name }) => name);
    case "shells":
      return ["bash", "zsh", "fish"];
    case "lab hosts":
      return ["up", "down", "exec", "cut", "heal", "kill"];
    default:
      return [];
  }
}

function bash(): string {
  const cases = commands.map(
    (command) => `    ${command.name}) words="${[...wordsFor(command), ...optionsOf(command)].join(" ")}" ;;`,
  );
  return `_upkeep() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} help" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "\${COMP_WORDS[1]}" in
    ${commands
      .filter(({ completes }) => completes === "files")
      .map(({ name }) => name)
      .join("|")}) COMPREPLY+=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _upkeep upkeep`;
}

const single = (text: string): string => text.replaceAll("'", "'\\''");

function zsh(): string {
  const list = commands.map(({ name, summary }) => `    '${name}:${single(summary)}'`);
  const cases = commands.map((command) => {
    const words = [...wordsFor(command), ...optionsOf(command)].join(" ");
    return `    ${command.name}) compadd -- ${words}${command.completes === "files" ? "; _files" : ""} ;;`;
  });
  return `#compdef upkeep
_upkeep() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join("\n")}
  esac
}
# Read from $fpath, this is the function itself; sourced, it has to be made known.
if [[ $funcstack[1] == _upkeep ]]; then _upkeep "$@"; else compdef _upkeep upkeep; fi`;
}

function fish(): string {
  const lines = commands.flatMap((command) => [
    `complete -c upkeep -n __fish_use_subcommand -a ${command.name} -d '${single(command.summary)}'`,
    ...Object.entries({ ...command.options, ...globalOptions }).map(
      ([name, { says }]) =>
        `complete -c upkeep -n '__fish_seen_subcommand_from ${command.name}' -l ${name} -d '${single(says)}'`,
    ),
    ...wordsFor(command).map(
      (word) => `complete -c upkeep -n '__fish_seen_subcommand_from ${command.name}' -a ${word}`,
    ),
  ]);
  return ["complete -c upkeep -f -n __fish_use_subcommand", ...lines].join("\n");
}
