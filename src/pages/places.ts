import { defaultTreeAdapter } from "parse5";
import { closingOf, openingOf, type Place } from "./fill.ts";
import {
  attribute,
  type Document,
  element,
  elementsIn,
  firstOf,
  type Parent,
  prepend,
  setText,
  textOf,
} from "./tree.ts";

/**
 * Marks where a page says what is going on (`data-upkeep="message"`) and until when (`data-upkeep="until"`), so that
 * `fillPage` can put words there. A page without such places gets them where its own words end.
 */
export function markPlaces(document: Document): void {
  for (const place of ["message", "until"] as const) {
    const places = elementsIn(document).filter((each) => attribute(each, "data-upkeep") === place);
    for (const each of places) {
      // A place is never empty: an empty one is one that we have added.
      if (each.childNodes.length === 0 || textOf(each) === "") setText(each, "\u00a0");
      mark(each, place);
    }
    const words = firstOf(document, "main") ?? firstOf(document, "body");
    if (places.length === 0 && words) {
      for (const text of [openingOf(place), closingOf(place)])
        defaultTreeAdapter.appendChild(words, defaultTreeAdapter.createCommentNode(text));
    }
  }
  const head = firstOf(document, "head");
  if (head && !firstOf(head, "title")) prepend(head, element("title", {}, ""));
}

function mark(parent: Parent, place: Place): void {
  prepend(parent, defaultTreeAdapter.createCommentNode(openingOf(place)));
  defaultTreeAdapter.appendChild(parent, defaultTreeAdapter.createCommentNode(closingOf(place)));
}
