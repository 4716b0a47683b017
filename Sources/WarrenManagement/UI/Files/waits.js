// What an instance waits for: `waitsFor` of the API, or, from an older host, texts such as `activity Pay #3`.

import { keyPart } from "./api.js";
import { make } from "./dom.js";
import { since } from "./format.js";
import { link } from "./route.js";
import { kind } from "./status.js";

const FORMS = [
  [/^activity (\S+?) #(\d+)/, ([, name, id]) => ({ kind: "activity", name, id: Number(id) })],
  [/^(?:sub-orchestration|child) (\S+) (.+?) #(\d+)/, ([, name, instanceId, id]) =>
    ({ kind: "child", name, instanceId, id: Number(id) })],
  [/^timer #(\d+) until (\S+)/, ([, id, until]) => ({ kind: "timer", name: "timer", id: Number(id), until })],
  [/^waits for its start at (\S+)/, ([, until]) => ({ kind: "timer", name: "its start", until })],
  [/^event (.+)$/, ([, name]) => ({ kind: "event", name })],
];

/** The waits of an instance as `{kind, name, since?, until?, id?, instanceId?}`, events first: people raise those. */
export function waits(instance) {
  const found = instance.waitsFor?.map(known) ?? (instance.openTasks ?? []).map(parsed);
  const rank = wait => ["event", "activity", "child", "entity", "timer", "life"].indexOf(wait.kind);
  return found.sort((one, other) => rank(one) - rank(other));
}

/** The same with calls of one activity as one, and how many they are: the first stands for all. */
export function groupedWaits(instance) {
  const groups = new Map();
  for (const wait of waits(instance)) {
    const key = wait.kind === "activity" ? `activity ${wait.name}` : `${groups.size}`;
    const first = groups.get(key);
    if (first) first.times++;
    else groups.set(key, { ...wait, times: 1 });
  }
  return [...groups.values()];
}

/** A wait as the API tells it, with a sign that the page has. */
function known(wait) {
  if (wait.kind === "start") return { ...wait, kind: "timer", name: "its start" };
  if (wait.kind === "timer") return { ...wait, name: "timer" };
  return ["event", "activity", "child", "entity"].includes(wait.kind) ? wait : { ...wait, kind: "life",
    name: [wait.kind, wait.name].filter(Boolean).join(" ") };
}

function parsed(text) {
  for (const [form, read] of FORMS) {
    const parts = form.exec(text);
    if (parts) return read(parts);
  }
  return { kind: "life", name: text };
}

/** The names of the events that an instance waits for, each once. */
export function awaitedEvents(instance) {
  return [...new Set(waits(instance).filter(wait => wait.kind === "event").map(wait => wait.name))];
}

/** One wait in one line. */
export function waitLine(wait) {
  const words = { activity: "activity ", event: "event ", child: "child ", entity: "operation " }[wait.kind] ?? "";
  const line = kind(wait.kind, words, make("b", {}, wait.name), wait.times > 1 && ` ×${wait.times}`);
  const text = line.lastChild;
  if (wait.until) text.append(" ", since(wait.until));
  else if (wait.since) text.append(" ", make("span.soft", {}, since(wait.since, { ago: false })));
  if (wait.instanceId) text.append(" ", make("a.id", { href: whereIs(wait) }, wait.instanceId));
  return line;
}

/** The page of the child, or of the entity, that a wait is about. */
export function whereIs({ kind: what, instanceId }) {
  const parts = what === "entity" && /^@([^@]+)@(.*)$/s.exec(instanceId);
  return parts ? link("entities", [parts[1], keyPart(parts[2])]) : link("instances", instanceId);
}
