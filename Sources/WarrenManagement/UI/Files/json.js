// Shows payloads: JSON in colours, as text and nothing else.

import { fill, make } from "./dom.js";
import { bytes } from "./format.js";
import { copyButton } from "./notes.js";

/** How much of a payload is laid out at once. Beyond that, a button shows the rest. */
const MOST_CHARACTERS = 20000;
/** How much of it gets colours; each token is an element. */
const MOST_TOKENS = 4000;

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(true|false|null|-?\d[\d.eE+-]*)|([{}[\],])/g;

/** A payload with its size, a button to copy it, and its text. `undefined` is shown as nothing. */
export function payload(title, value, { note: remark } = {}) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const size = new TextEncoder().encode(JSON.stringify(value) ?? "").length;
  return make("section.data", {},
    make("header", {}, make("h3", {}, title), make("span.soft", {}, remark ?? bytes(size)),
      make("span.end", {}, copyButton(() => JSON.stringify(value, null, 2), title.toLowerCase()))),
    block(text, title));
}

/** A text of JSON as a block. */
export function block(text, label = "JSON") {
  const box = make("pre.json", { tabindex: 0, role: "group", "aria-label": label });
  const show = whole => {
    const part = whole ? text : text.slice(0, MOST_CHARACTERS);
    fill(box, ...coloured(part), part.length < text.length && make("span.mark", {}, "\n… "), part.length < text.length
      && make("button.small", { type: "button", on: { click: () => show(true) } }, `Show all ${bytes(text.length)}`));
  };
  show(false);
  return box;
}

function coloured(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (nodes.length > MOST_TOKENS) break;
    if (match.index > end) nodes.push(text.slice(end, match.index));
    const [whole, string, colon, value] = match;
    if (string !== undefined && colon !== undefined) nodes.push(make("span.name", {}, string), colon);
    else nodes.push(make(string !== undefined ? "span.text" : value !== undefined ? "span.value" : "span.mark", {},
      whole));
    end = match.index + whole.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

/** Reads what a person wrote: `{value}`, or `{error}` in words. Nothing at all is `null`. */
export function parse(text) {
  if (text.trim() === "") return { value: null };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: `This is no JSON: ${error.message}. A text needs quotes: "like this".` };
  }
}
