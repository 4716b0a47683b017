// What an instance waits for: the API says it as text, such as `event Approval` or `activity ChargeCard #3`.

import { make } from "./dom.js";
import { since } from "./format.js";
import { link } from "./route.js";
import { kind } from "./status.js";

const FORMS = [
  [/^activity (\S+?) #(\d+)/, ([, name, id]) => ({ kind: "activity", name, id: Number(id) })],
  [/^(?:sub-orchestration|child) (\S+) (.+?) #(\d+)/, ([, name, instanceId, id]) => ({ kind: "child", name, instanceId, id: Number(id) })],
  [/^timer #(\d+) until (\S+)/, ([, id, until]) => ({ kind: "timer", name: "timer", id: Number(id), until })],
  [/^waits for its start at (\S+)/, ([, until]) => ({ kind: "timer", name: "its start", until })],
  [/^event (.+)$/, ([, name]) => ({ kind: "event", name })],
];

/** The tasks of an instance as `{kind, name, id?, instanceId?, until?, text}`, events first: a person can raise those. */
export function waits(instance) {
  const found = (instance.openTasks ?? []).map(text => {
    for (const [form, read] of FORMS) {
      const parts = form.exec(text);
      if (parts) return { text, ...read(parts) };
    }
    return { kind: "life", name: text, text };
  });
  const rank = wait => ["event", "activity", "child", "timer", "life"].indexOf(wait.kind);
  return found.sort((one, other) => rank(one) - rank(other));
}

/** The names of the events that an instance waits for, each once. */
export function awaitedEvents(instance) {
  return [...new Set(waits(instance).filter(wait => wait.kind === "event").map(wait => wait.name))];
}

/** One task in one line. */
export function waitLine(wait) {
  const words = { activity: "activity ", event: "event ", child: "child " }[wait.kind] ?? "";
  const line = kind(wait.kind, words, make("b", {}, wait.name));
  const text = line.lastChild;
  if (wait.until) text.append(" ", since(wait.until));
  if (wait.instanceId) text.append(" ", make("a.id", { href: link("instances", wait.instanceId) }, wait.instanceId));
  return line;
}
