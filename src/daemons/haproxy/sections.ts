export interface Section {
  readonly keyword: string;
  readonly line: number;
  /** It takes requests from visitors, and reads them as HTTP. */
  readonly takesHttp: boolean;
}

/** The sections of HAProxy's file. `mode` comes from the last `defaults` where a section says none; without any it is tcp. */
export function sectionsOf(text: string): Section[] {
  const sections: { keyword: string; line: number; mode: string }[] = [];
  let usual = "tcp";
  for (const [line, content] of text.split("\n").entries()) {
    const [keyword = "", value] = content.trim().split(/\s+/);
    const current = sections.at(-1);
    if (
      /^(global|defaults|frontend|listen|backend|userlist|peers|resolvers|mailers|program|cache|ring|http-errors|fcgi-app|crt-store)$/.test(
        keyword,
      )
    ) {
      if (keyword === "defaults") usual = "tcp";
      sections.push({ keyword, line, mode: usual });
    } else if (keyword === "mode" && value && current) {
      current.mode = value;
      if (current.keyword === "defaults") usual = value;
    }
  }
  return sections.map(({ keyword, line, mode }) => ({
    keyword,
    line,
    takesHttp: mode === "http" && (keyword === "frontend" || keyword === "listen"),
  }));
}
