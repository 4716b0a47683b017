// The commands for entities. Each has a dialog, and the lines for a terminal.

import * as api from "./api.js";
import * as commands from "./commands.js";
import { commandSection, confirm, field, line } from "./dialogs.js";
import { make } from "./dom.js";
import { iso } from "./format.js";
import { parse } from "./json.js";
import { note } from "./notes.js";
import { link } from "./route.js";

/** Sends an operation; `key` is absent if the entity is still to be named. */
export function signal({ name, key }) {
  const isNamed = key !== undefined;
  const kind = line({ maxlength: 100, value: name, disabled: isNamed });
  const id = line({ maxlength: 128, value: key ?? "", disabled: isNamed });
  const operation = line({ maxlength: 100, id: "operation", autofocus: isNamed });
  const input = make("textarea", { spellcheck: "false", rows: 4, placeholder: "null", id: "operation-input" });
  const time = make("input", { type: "datetime-local", step: 1 });
  const wrong = make("span.wrong");
  const lines = commandSection();

  function change() {
    const { value, error } = parse(input.value);
    input.setAttribute("aria-invalid", error !== undefined);
    wrong.textContent = error ?? "";
    lines.show(commands.signalEntity(kind.value || "NAME", id.value, operation.value || "OPERATION",
      error ? input.value : JSON.stringify(value), at()));
  }

  const at = () => (time.value === "" ? undefined : iso(new Date(time.value)));
  for (const control of [kind, id, operation, input, time]) control.addEventListener("input", change);
  change();
  return confirm({
    title: isNamed ? `Signal ${name} ${key === "" ? "(empty key)" : key}` : "Signal an entity", verb: "Signal",
    parts: [
      field("Name", kind), field("Key", id, isNamed ? undefined : "It comes to exist with its first operation."),
      field("Operation", operation), field("Input, as JSON", input), wrong,
      field("Not before", time, "At once, if it is empty."),
      make("p.soft", {}, "It runs after what the entity has to do already, and nobody hears of its result; if it fails, the state "
        + "stays, and the host's log says so."), lines.element,
    ],
    check: () => {
      if (kind.value === "") return "Name the kind of entity.";
      if (operation.value === "") return "Name the operation.";
      if (/[/\x00-\x1f]/.test(operation.value) || operation.value.startsWith("@")) {
        return "An operation's name has no '/' and no control characters, and does not begin with '@'.";
      }
      return parse(input.value).error ? "The input is no JSON." : null;
    },
    act: async () => {
      await api.signalEntity(kind.value, id.value, operation.value, parse(input.value).value, at());
      note(`Sent ${operation.value}.`, isNamed ? {} : {
        link: make("a", { href: link("entities", [kind.value.toLowerCase(), api.keyPart(id.value)]) }, id.value || "(empty key)"),
      });
    },
  });
}

/** Sends the operation `delete`. */
export function remove({ name, key }) {
  const lines = commandSection();
  lines.show(commands.signalEntity(name, key, "delete", "null"));
  return confirm({
    title: `Delete the state of ${name} ${key === "" ? "(empty key)" : key}?`, verb: "Delete", danger: true,
    parts: [make("p", {}, "The entity gets the operation 'delete', after what it has to do already: its state goes, unless its code "
      + "does something else under this name. Nothing brings the state back."), lines.element],
    act: async () => {
      await api.deleteEntity(name, key);
      note("Sent delete.");
    },
  });
}

/** Removes entities without state, and releases locks that were left. */
export function cleanUp() {
  const lines = commandSection("The same at a terminal:");
  lines.show(commands.cleanEntities());
  return confirm({
    title: "Clean up entities?", verb: "Clean up",
    parts: [make("p", {}, "Entities without a state, a lock and something to do are removed, and locks of orchestrations that have "
      + "ended without releasing them are released. States stay."), lines.element],
    act: async () => {
      const { emptyEntitiesRemoved, orphanedLocksReleased } = await api.cleanEntities();
      note(`Asked ${emptyEntitiesRemoved} to go, and released ${orphanedLocksReleased} locks.`);
    },
  });
}
