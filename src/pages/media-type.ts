const byExtension: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  css: "text/css",
  gif: "image/gif",
  html: "text/html",
  htm: "text/html",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  mjs: "text/javascript",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  ogv: "video/ogg",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  ttf: "font/ttf",
  txt: "text/plain",
  vtt: "text/vtt",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xhtml: "application/xhtml+xml",
};

/** First bytes of what is often served with a wrong type or a name without an ending. */
const bySignature: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n/, "image/png"],
  [/^GIF8[79]a/, "image/gif"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^RIFF[\s\S]{4}WEBP/, "image/webp"],
  [/^[\s\S]{4}ftypavif/, "image/avif"],
  [/^wOF2/, "font/woff2"],
  [/^wOFF/, "font/woff"],
  [/^OTTO/, "font/otf"],
  [/^\0\x01\0\0/, "font/ttf"],
  [/^\0\0\x01\0/, "image/x-icon"],
  [/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/, "image/svg+xml"],
];

/** The media type of a file, by its name's ending. */
export const typeOfName = (path: string): string =>
  byExtension[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ""] ?? "";

/** What a browser would take it for: what its bytes say, else what came with it. */
export function mediaType(declared: string, body: Uint8Array): string {
  const start = Buffer.from(body.subarray(0, 512)).toString("latin1");
  const found = bySignature.find(([signature]) => signature.test(start))?.[1];
  const isVague = declared === "" || declared === "text/plain" || declared.endsWith("octet-stream");
  return found && (isVague || /^(image|font)\//.test(found)) ? found : declared || "application/octet-stream";
}
