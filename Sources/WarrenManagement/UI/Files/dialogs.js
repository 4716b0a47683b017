// Dialogs: a form, what the button does at a terminal, and the button.

import { fill, make } from "./dom.js";
import { copyButton, problemBox } from "./notes.js";

/** Lines for a terminal, each with a button to copy it. */
export function commandLines(lines) {
  return lines.map(line => make("div.command", {}, make("code", {}, line), copyButton(line, "this line")));
}

/** The lines as a section that can be brought up to date. */
export function commandSection(what = "The same at a terminal; $URL is the broker's address:") {
  const list = make("div.commands", {});
  return { element: list, show: lines => fill(list, make("p", {}, what), ...commandLines(lines)) };
}

let number = 0;

/**
 * Asks for a confirmation, and does what was confirmed while the dialog is open: a refusal is shown in it.
 *
 * @param parts the elements between the title and the buttons.
 * @param verb the text of the button.
 * @param act does it; its result is that of the dialog. A `Problem` keeps the dialog open.
 * @param check returns the reason for which it cannot be done yet, or nothing.
 * @returns the result, or `undefined` if it was given up.
 */
export function confirm({ title, parts = [], verb, danger = false, act, check = () => null }) {
  const id = `dialog-${++number}`;
  const wrong = make("p.wrong", { role: "alert" });
  const trouble = make("div");
  const button = make(`button.main${danger ? ".danger" : ""}`, { type: "submit" }, verb);
  const cancel = make("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel");
  const form = make("form", { method: "dialog", novalidate: true, on: { submit } },
    make("h2", { id }, title), ...parts, wrong, trouble, make("div.deeds", {}, cancel, button));
  const dialog = make("dialog", { "aria-labelledby": id }, form);
  const before = document.activeElement;
  let result;

  async function submit(event) {
    event.preventDefault();
    const reason = check();
    wrong.textContent = reason ?? "";
    if (reason || button.disabled) return;
    fill(trouble);
    button.disabled = true;
    try {
      result = await act() ?? true;
      dialog.close();
    } catch (problem) {
      fill(trouble, problemBox(problem));
    } finally {
      button.disabled = false;
    }
  }

  document.body.append(dialog);
  return new Promise(resolve => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      // What opened it may have been drawn anew.
      if (before?.isConnected) before.focus();
      else document.getElementById("main").focus();
      resolve(result);
    });
    dialog.showModal();
  });
}

/** Shows something, with one button to close it. */
export function show(title, ...parts) {
  const id = `dialog-${++number}`;
  const before = document.activeElement;
  const dialog = make("dialog", { "aria-labelledby": id }, make("form", { method: "dialog" },
    make("h2", { id }, title), ...parts, make("div.deeds", {}, make("button.main", { type: "submit", autofocus: true },
      "Close"))));
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A field with its name, and a hint below. */
export function field(name, control, hint) {
  return make("label.field", {}, make("span", {}, name), control, hint && make("small", {}, hint));
}

/** One line of text. */
export function line(attributes = {}) {
  return make("input", { type: "text", spellcheck: "false", autocapitalize: "none", autocomplete: "off",
    ...attributes });
}
