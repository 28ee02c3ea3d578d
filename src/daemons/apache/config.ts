/**
 * Apache's configuration language as a small tree and one printer.
 * Source: https://httpd.apache.org/docs/2.4/configuring.html, and `ap_getword_conf` in server/util.c.
 */
export type ApacheNode = Directive | Section | Comment | Raw;

export interface Directive {
  readonly node: "directive";
  readonly name: string;
  readonly args: readonly Argument[];
}
export interface Section {
  readonly node: "section";
  readonly name: string;
  readonly args: readonly Argument[];
  readonly body: readonly ApacheNode[];
}
interface Comment {
  readonly node: "comment";
  readonly text: string;
}
/** An operator's own line, passed on as it is and left to Apache's checker. */
interface Raw {
  readonly node: "raw";
  readonly line: string;
}

/** A plain string is quoted as Apache unquotes it. */
export type Argument = string | Bare;

/** An argument of mod_rewrite, which reads its line by rules of its own: no quote, no space, backslashes kept. */
export interface Bare {
  readonly bare: string;
}

/** `directive("ServerName", "shop.example.com")` */
export const directive = (name: string, ...args: Argument[]): Directive => ({ node: "directive", name, args });

/** `section("VirtualHost", ["*:80"], [directive(...)])` */
export const section = (name: string, args: readonly Argument[], body: readonly ApacheNode[]): Section => ({
  node: "section",
  name,
  args,
  body,
});

export const comment = (text: string): Comment => ({ node: "comment", text });
export const raw = (line: string): Raw => ({ node: "raw", line });
export const bare = (text: string): Bare => ({ bare: text });

export function printApache(nodes: readonly ApacheNode[], indent = ""): string {
  let text = "";
  for (const node of nodes) text += printNode(node, indent);
  return text;
}

function printNode(node: ApacheNode, indent: string): string {
  switch (node.node) {
    case "comment":
      return `${indent}# ${oneLine(node.text)}\n`;
    case "raw":
      return `${indent}${oneLine(node.line)}\n`;
    case "directive":
      return `${indent}${words(node)}\n`;
    case "section":
      return `${indent}<${words(node)}>\n${printApache(node.body, `${indent}    `)}${indent}</${node.name}>\n`;
  }
}

function words({ name, args }: Directive | Section): string {
  let text = name;
  for (const argument of args) text += ` ${printArgument(argument)}`;
  return text;
}

function printArgument(argument: Argument): string {
  if (typeof argument === "string") return quote(argument);
  if (!/^[^\s"'\0]+$/.test(argument.bare) || argument.bare.endsWith("\\"))
    throw new Error(`cannot stand bare: ${argument.bare}`);
  return argument.bare;
}

const needsNoQuotes = /^[A-Za-z0-9_.:/*@%+,=!|^-]+$/;

/** Inside double quotes Apache takes `\\` and `\"` for `\` and `"`, and everything else as it stands. */
function quote(text: string): string {
  if (needsNoQuotes.test(text)) return text;
  // `${NAME}` is replaced before any quoting is looked at, so nothing can protect it.
  if (text.includes("${")) throw new Error(`Apache would replace a variable in: ${text}`);
  return `"${oneLine(text).replace(/[\\"]/g, "\\$&")}"`;
}

function oneLine(text: string): string {
  if (/[\n\r\0]/.test(text)) throw new Error("a line of configuration cannot hold a line break or NUL");
  return text;
}
