/** What a maintenance page says, by language (BCP 47). */
export interface Words {
  readonly title: string;
  readonly message: string;
  /** Stands before the time. */
  readonly until: string;
  readonly contact: string;
}

export const languages: Readonly<Record<string, Words>> = {
  en: {
    title: "We will be right back",
    message: "This website is being worked on at the moment. Please come back a little later.",
    until: "Expected back:",
    contact: "Contact:",
  },
  de: {
    title: "Wir sind gleich zurück",
    message: "An dieser Website wird gerade gearbeitet. Bitte schauen Sie etwas später wieder vorbei.",
    until: "Voraussichtlich wieder da:",
    contact: "Kontakt:",
  },
  fr: {
    title: "Nous revenons tout de suite",
    message: "Ce site est en cours de maintenance. Merci de revenir un peu plus tard.",
    until: "Retour prévu :",
    contact: "Contact :",
  },
  es: {
    title: "Volvemos enseguida",
    message: "Estamos trabajando en este sitio web. Vuelva a visitarnos un poco más tarde.",
    until: "Vuelta prevista:",
    contact: "Contacto:",
  },
  it: {
    title: "Torniamo subito",
    message: "Stiamo lavorando su questo sito. Vi preghiamo di tornare un po’ più tardi.",
    until: "Ritorno previsto:",
    contact: "Contatto:",
  },
  nl: {
    title: "We zijn zo terug",
    message: "Er wordt op dit moment aan deze website gewerkt. Kom later nog eens terug.",
    until: "Naar verwachting terug:",
    contact: "Contact:",
  },
  pl: {
    title: "Zaraz wracamy",
    message: "Trwają prace nad tą stroną. Prosimy zajrzeć nieco później.",
    until: "Przewidywany powrót:",
    contact: "Kontakt:",
  },
  pt: {
    title: "Voltamos já",
    message: "Este site está em manutenção. Por favor, volte um pouco mais tarde.",
    until: "Regresso previsto:",
    contact: "Contacto:",
  },
  ja: {
    title: "まもなく再開します",
    message: "現在このサイトはメンテナンス中です。しばらくしてからもう一度お越しください。",
    until: "再開予定：",
    contact: "お問い合わせ：",
  },
};

/** A time as people of a language write it, in UTC, since nobody knows where the reader is. */
export function formatUntil(until: Date, language: string): string {
  const [known = "en"] = Intl.DateTimeFormat.supportedLocalesOf([language]);
  const format = new Intl.DateTimeFormat(known, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return `${format.format(until)} UTC`;
}
