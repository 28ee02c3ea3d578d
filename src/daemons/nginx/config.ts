/**
 * nginx's configuration language as a small tree and one printer.
 * Source: `ngx_conf_read_token` in src/core/ngx_conf_file.c.
 */
export type NginxNode = Directive | Block | Comment | Raw;

export interface Directive {
  readonly node: "directive";
  readonly name: string;
  readonly args: readonly Argument[];
}
export interface Block {
  readonly node: "block";
  readonly name: string;
  readonly args: readonly Argument[];
  readonly body: readonly NginxNode[];
}
interface Comment {
  readonly node: "comment";
  readonly text: string;
}
/** An operator's own line, passed on as it is and left to nginx's checker. */
interface Raw {
  readonly node: "raw";
  readonly line: string;
}

/** A plain string is text: it is quoted and its `$` mean nothing. */
export type Argument = string | Expression;

/** Text of ours in which `$` starts a variable. */
export interface Expression {
  readonly expression: string;
}

/** `directive("server_name", "shop.example.com")` */
export const directive = (name: string, ...args: Argument[]): Directive => ({ node: "directive", name, args });

/** `block("location", ["/"], [directive(...)])` */
export const block = (name: string, args: readonly Argument[], body: readonly NginxNode[]): Block => ({
  node: "block",
  name,
  args,
  body,
});

export const comment = (text: string): Comment => ({ node: "comment", text });
export const raw = (line: string): Raw => ({ node: "raw", line });
export const expression = (text: string): Expression => ({ expression: text });

/** nginx cannot escape `$`; the base configuration defines this variable to stand for it. */
export const dollarVariable = "upkeep_dollar";

/** Plain text inside an {@link expression}: its dollars are replaced by the variable that stands for one. */
export const verbatim = (text: string): string => text.replaceAll("$", `\${${dollarVariable}}`);

export function printNginx(nodes: readonly NginxNode[], indent = ""): string {
  let text = "";
  for (const node of nodes) text += printNode(node, indent);
  return text;
}

function printNode(node: NginxNode, indent: string): string {
  switch (node.node) {
    case "comment":
      return `${indent}# ${oneLine(node.text)}\n`;
    case "raw":
      return `${indent}${oneLine(node.line)}\n`;
    case "directive":
      return `${indent}${words(node)};\n`;
    case "block":
      return `${indent}${words(node)} {\n${printNginx(node.body, `${indent}    `)}${indent}}\n`;
  }
}

function words({ name, args }: Directive | Block): string {
  let text = name;
  for (const argument of args) text += ` ${printArgument(argument)}`;
  return text;
}

const needsNoQuotes = /^[A-Za-z0-9_.:/*@%+,=!|^~?[\]()-]+$/;

function printArgument(argument: Argument): string {
  if (typeof argument === "string") {
    if (argument.includes("$")) throw new Error(`nginx would replace a variable in: ${argument}`);
    return quote(argument, needsNoQuotes);
  }
  return quote(argument.expression, /^[A-Za-z0-9_.:/*@%+,=!|^~?[\]()$-]+$/);
}

/** Inside double quotes nginx takes `\\` and `\"` for `\` and `"`, but also `\t \r \n`: every backslash is doubled. */
function quote(text: string, plain: RegExp): string {
  if (plain.test(text)) return text;
  return `"${oneLine(text).replace(/[\\"]/g, "\\$&")}"`;
}

function oneLine(text: string): string {
  if (/[\n\r\0]/.test(text)) throw new Error("a line of configuration cannot hold a line break or NUL");
  return text;
}
