// In a narrow window the rows of these tables become cards, and each cell says what it is.

import { fill, make } from "./dom.js";

/**
 * A table of cards.
 *
 * @param label the name of the table.
 * @param heads the heads of its columns.
 * @returns the element, its body, `row()` for an empty row, and `put(row, cells)` to fill one.
 */
export function cards(label, heads) {
  // A cell that is laid out as a block is no cell any more, unless its role says so.
  const body = make("tbody", { role: "rowgroup" });
  const element = make("table.cards", { role: "table", "aria-label": label },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
      heads.map(text => make("th", { role: "columnheader", scope: "col" }, text)))), body);
  return {
    element, body,
    row: () => make("tr", { role: "row" }, heads.map(text => make("td", { role: "cell", data: { label: text } }))),
    /** Fills the cells of a row, unless it looks so already: somebody may be selecting its text. */
    put(row, cells) {
      cells.forEach((cell, index) => fill(row.children[index], make("div", {}, cell)));
    },
  };
}

/** Whether an element was last drawn for something else. Remembers what it is drawn for now. */
export function isNews(element, looks) {
  const text = JSON.stringify(looks);
  if (element.dataset.looks === text) return false;
  element.dataset.looks = text;
  return true;
}
