import type { Words } from "./en.ts";

export const hosts: Words["hosts"] = {
  title: "Server",
  none: "Noch keine Server",
  noneSays: "Auf der Maschine der Steuerung: upkeep host add NAME, auf der neuen: upkeep install agent.",
  here: "verbunden",
  away: "nichts zu hören",
  neverJoined: "noch nicht beigetreten",
  seen: "Zuletzt gehört",
  generation: "Generation",
  more: "Die Maschine",
  system: "System",
  uptime: "Läuft seit",
  load: "Last",
  processors: (count) => (count === 1 ? "1 Prozessor" : `${count} Prozessoren`),
  memory: "Speicher",
  free: (free, total) => `${free} von ${total} frei`,
  daemons: "Serverprogramme",
  runs: "läuft",
  isDown: "läuft nicht",
  generations: "Generationen",
  backTitle: (host, number) => `${host}: zurück zu Generation ${number}?`,
  backNothing: "Nichts Angegebenes hat diesen Server seitdem geändert.",
  backLoses:
    "Jeder Eintrag, der diesen Server seitdem geändert hat, wird wieder so angegeben, wie er war, auf allen Servern, die ihn haben. Der Verlauf behält, was jetzt angegeben ist.",
  generationStates: {
    open: "unterbrochen",
    committed: "noch nicht erwiesen",
    live: "live",
    undone: "zurückgenommen",
  },
  days: (days) => (days === 1 ? "1 Tag" : `${days} Tage`),
};
