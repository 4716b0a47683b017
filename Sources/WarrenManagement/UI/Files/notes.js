// Short notes in a corner, and problems in place.

import { icon, make } from "./dom.js";

const SECONDS = { good: 6, bad: 15 };

/** Shows a note for some seconds, and lets it be read aloud. The last five stay. */
export function note(text, { bad = false, link: where } = {}) {
  const box = document.getElementById("notes");
  const element = make(`div.note${bad ? ".bad" : ""}`, {}, make("span", {}, text, where && " ", where),
    make("button.plain.small", { type: "button", "aria-label": "Close this note",
      on: { click: () => element.remove() } }, icon("i-close")));
  box.append(element);
  while (box.children.length > 5) box.firstChild.remove();
  setTimeout(() => element.remove(), 1000 * (bad ? SECONDS.bad : SECONDS.good));
}

/** What the server refused, with the remedy. */
export function problemBox(problem, retry) {
  return make("div.problem", { role: "alert" },
    make("b", {}, problem.message),
    problem.field && make("span", {}, "It is about: ", make("code", {}, problem.field)),
    problem.remedy && make("span", {}, problem.remedy),
    retry && make("div", {}, make("button.small", { type: "button", on: { click: retry } }, "Ask again")));
}

/** Copies a text, and says so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    note(`Copied ${what}.`);
  } catch {
    note("The browser does not let this page copy. Mark the text and copy it by hand.", { bad: true });
  }
}

/** A button that copies a text, or what a function gives when it is pressed. */
export function copyButton(text, what) {
  return make("button.plain.small", {
    type: "button", title: `Copy ${what}`, "aria-label": `Copy ${what}`,
    on: { click: () => copy(typeof text === "function" ? text() : text, what) },
  }, icon("i-copy"));
}

/** An empty place that says why it is empty. */
export function empty(title, text, ...deeds) {
  return make("div.empty", {}, icon("s-unknown", "picture"), make("b", {}, title), text && make("p", {}, text),
    ...deeds);
}
