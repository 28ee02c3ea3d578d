import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fetchAny } from "../../host/fetch.ts";
import { UserError } from "../../model/problem.ts";
import { type Built, buildPage } from "../../pages/build.ts";
import { type Missing, nameOf } from "../../pages/fetcher.ts";
import { languages } from "../../pages/languages.ts";
import { typeOfName } from "../../pages/media-type.ts";
import { newPage } from "../../pages/new.ts";
import type { Invocation, Run } from "../command.ts";

export const run: Run = async (invocation) => {
  const [verb, source] = invocation.positionals;
  if (verb === "new") return save(newPage(await wordsOf(invocation)), [], invocation);
  if (verb !== "build" || source === undefined)
    throw new UserError("say `upkeep page build SOURCE -o FILE` or `upkeep page new -o FILE`");
  return build(source, invocation);
};

async function build(source: string, invocation: Invocation): Promise<0> {
  const { options, terminal } = invocation;
  const url = /^https?:/i.test(source) ? new URL(source) : pathToFileURL(resolve(source));
  terminal.progress(`reading ${source}`);
  const until = untilOf(options);
  const built = await buildPage(url, fetchAny, {
    scripts: options["no-scripts"] !== true,
    ...(typeof options.title === "string" && { title: options.title }),
    ...(typeof options.message === "string" && { message: options.message }),
    ...(until && { until }),
  }).catch((error: Error) => {
    throw new UserError(`${source}: ${error.message}`);
  });
  terminal.progress(undefined);
  const complaints = built.missing.map((each) => ({ message: describe(each) }));
  if (options.lenient === true) for (const { message } of complaints) terminal.remark(`left out: ${message}`);
  else if (complaints.length > 0)
    throw new UserError([...complaints, { message: "nothing was written; --lenient leaves these out" }]);
  refuseLarge(built, sizeOf(options["max-size"] ?? "1MB"));
  return save(built.html, built.missing, invocation);
}

const describe = ({ reference, where: { file, line, column }, why }: Missing): string =>
  `${file}:${line}:${column}: ${reference} cannot be embedded: ${why}`;

function refuseLarge({ html, sizes }: Built, limit: number): void {
  const bytes = Buffer.byteLength(html);
  if (bytes <= limit) return;
  const table = sizes.slice(0, 10).map(({ url, bytes: part }) => `  ${readable(part).padStart(9)}  ${nameOf(url)}`);
  throw new UserError(
    `the page would be ${readable(bytes)}, more than --max-size ${readable(limit)}; nothing was written. The largest parts:\n${table.join("\n")}`,
  );
}

const readable = (bytes: number): string =>
  bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} kB`;

function sizeOf(text: string | boolean): number {
  const { number, unit = "" } = /^(?<number>\d+(?:\.\d+)?)\s*(?<unit>k|m)?i?b?$/i.exec(String(text))?.groups ?? {};
  if (number === undefined) throw new UserError(`--max-size ${text} is not a size; say 500k or 2MB`);
  return Number(number) * ({ k: 1 << 10, m: 1 << 20 }[unit.toLowerCase()] ?? 1);
}

function untilOf({ until }: Invocation["options"]): Date | undefined {
  if (typeof until !== "string") return undefined;
  const date = new Date(until);
  if (Number.isNaN(date.getTime()))
    throw new UserError(`--until ${until} is not a time; say 2026-11-21T14:00+01:00 (ISO 8601)`);
  return date;
}

async function wordsOf({ options }: Invocation): Promise<Parameters<typeof newPage>[0]> {
  const chosen = typeof options.languages === "string" ? options.languages.split(",") : Object.keys(languages);
  const unknown = chosen.filter((each) => !(each in languages));
  if (unknown.length > 0)
    throw new UserError(`there are no words in ${unknown.join(", ")}; there are: ${Object.keys(languages).join(", ")}`);
  const until = untilOf(options);
  const text = (name: "title" | "message" | "contact") =>
    typeof options[name] === "string" ? { [name]: options[name] } : {};
  return {
    languages: chosen,
    ...text("title"),
    ...text("message"),
    ...text("contact"),
    ...(until && { until }),
    ...(typeof options.logo === "string" && { logo: logoFrom(options.logo) }),
  };
}

function logoFrom(path: string) {
  try {
    return { type: typeOfName(path), body: readFileSync(path) };
  } catch (error) {
    throw new UserError(`--logo ${path}: ${(error as Error).message}`);
  }
}

function save(html: string, missing: readonly Missing[], { options, json, terminal }: Invocation): 0 {
  const bytes = Buffer.byteLength(html);
  if (typeof options.output === "string") {
    writeFileSync(options.output, html);
    terminal.print(
      json
        ? JSON.stringify({ file: resolve(options.output), bytes, leftOut: missing.map(describe) }, undefined, 2)
        : `${options.output}: ${readable(bytes)}, loads nothing from outside`,
    );
  } else process.stdout.write(html);
  return 0;
}
