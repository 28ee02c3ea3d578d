import { parseFragment } from "parse5";
import { decode } from "./decode.ts";
import type { Fetched } from "./fetcher.ts";
import { attribute, type Element, element, elementsIn, setAttribute } from "./tree.ts";

/**
 * What `<use href="sprite.svg#cart">` takes from another file, which no browser loads from `data:`: the file goes into the
 * page, without size since what is not displayed cannot paint, with identifiers of its own.
 */
export function spriteOf({ body, charset }: Fetched, prefix: string): Element {
  const fragment = parseFragment(decode(body, charset));
  const holder = element("div", { "aria-hidden": "true", style: "position:absolute;width:0;height:0;overflow:hidden" });
  for (const node of fragment.childNodes) {
    holder.childNodes.push(node);
    node.parentNode = holder;
  }
  const ids = new Set(elementsIn(holder).flatMap((each) => attribute(each, "id") ?? []));
  for (const each of elementsIn(holder)) {
    for (const { name, prefix: space, value } of [...each.attrs]) {
      const full = space ? `${space}:${name}` : name;
      const renamed =
        name === "id"
          ? `${prefix}${value}`
          : name === "href" && ids.has(value.slice(1)) && value.startsWith("#")
            ? `#${prefix}${value.slice(1)}`
            : value.replace(/url\(\s*["']?#([^"')]+)["']?\s*\)/g, (whole, id: string) =>
                ids.has(id) ? `url(#${prefix}${id})` : whole,
              );
      if (renamed !== value) setAttribute(each, full, renamed);
    }
  }
  return holder;
}
