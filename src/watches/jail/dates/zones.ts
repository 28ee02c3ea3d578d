/** Hours east of Greenwich of the abbreviations that logs use. Of those that mean several zones, the one that was first. */
const abbreviations: Readonly<Record<string, number>> = {
  ...{ UTC: 0, GMT: 0, WET: 0, WEST: 1, BST: 1, CET: 1, CEST: 2, MEZ: 1, MESZ: 2, EET: 2, EEST: 3, MSK: 3, MSD: 4 },
  ...{ IST: 5.5, IDT: 3, TRT: 3, GST: 4, PKT: 5, NPT: 5.75, ICT: 7, WIB: 7, WITA: 8, WIT: 9, SGT: 8, HKT: 8, PHT: 8 },
  ...{ KST: 9, JST: 9, AWST: 8, ACST: 9.5, ACDT: 10.5, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13, FJT: 12, SAST: 2 },
  ...{ CAT: 2, EAT: 3, WAT: 1, BRT: -3, BRST: -2, ART: -3, CLT: -4, CLST: -3, COT: -5, PET: -5, BOT: -4, VET: -4 },
  ...{ NST: -3.5, NDT: -2.5, AST: -4, ADT: -3, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
  ...{ AKST: -9, AKDT: -8, HST: -10, SST: -11, CHST: 10, YEKT: 5, OMST: 6, KRAT: 7, IRKT: 8, YAKT: 9, VLAT: 10 },
};

/** Letters as in the armed forces: A to M without J are east, N to Y west, Z is Greenwich. */
function ofLetter(letter: string): number | undefined {
  if (letter === "Z") return 0;
  const east = "ABCDEFGHIKLM".indexOf(letter);
  const west = "NOPQRSTUVWXY".indexOf(letter);
  return east >= 0 ? east + 1 : west >= 0 ? -(west + 1) : undefined;
}

/** Minutes east of Greenwich: of `+0200`, `-03:30`, `CEST`, `UTC+02`; `undefined` where nobody knows. */
export function minutesEast(zone: string): number | undefined {
  const [, name = "", sign, hours = "0", minutes = "0"] = /^([A-Z]*)(?:([+-])(\d\d):?(\d\d)?)?$/i.exec(zone) ?? [];
  if (name === "" && sign === undefined) return undefined;
  const letters = name.toUpperCase();
  const base = letters === "" ? 0 : letters.length === 1 ? ofLetter(letters) : abbreviations[letters];
  if (base === undefined) return undefined;
  return base * 60 + (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
