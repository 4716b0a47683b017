// The conditions of a list: words of the address on one side, the query of the API on the other. Pure.

import { iso } from "./format.js";
import { OPEN } from "./status.js";

/** Lengths of time that conditions can have, in milliseconds. */
export const SPANS = {
  "10m": 600000, "1h": 3600000, "6h": 21600000, "24h": 86400000, "7d": 7 * 86400000, "30d": 30 * 86400000,
};
export const SPAN_NAMES = { "10m": "10 minutes", "1h": "1 hour", "6h": "6 hours", "24h": "24 hours", "7d": "7 days",
  "30d": "30 days" };

/** The lists that people want most. */
export const VIEWS = [
  { name: "All", words: {}, title: "All instances, newest first" },
  { name: "Failed", words: { status: "Failed" }, title: "Instances that failed, newest first" },
  { name: "Stuck", words: { status: OPEN.join(","), idle: "1h", sort: "waiting" },
    title: "Open, and unchanged for an hour: longest first" },
  { name: "Waiting for events", words: { waits: "event:", sort: "waiting" },
    title: "Somebody has to raise an event: longest waiting first" },
  { name: "Suspended", words: { status: "Suspended" }, title: "Held until they are resumed" },
];

const NAMES = ["status", "name", "prefix", "tag", "parent", "range", "from", "to", "changed", "until", "idle", "waits", "sort"];

/** The words that are conditions, without the place in the list. */
export function conditions(words) {
  return Object.fromEntries(NAMES.filter(name => words[name]).map(name => [name, words[name]]));
}

export const statuses = words => (words.status ?? "").split(",").filter(word => word !== "");

/** Whether two sets of words are the same conditions. */
export function same(one, other) {
  return JSON.stringify(conditions(one)) === JSON.stringify(conditions(other));
}

const ago = (span, now) => (SPANS[span] ? iso(now - SPANS[span]) : undefined);

/** The conditions that a count and a histogram know, too. */
export function countQuery(words, now = Date.now()) {
  return {
    status: words.status, name: words.name, prefix: words.prefix, tag: words.tag,
    createdFrom: words.from ?? ago(words.range, now), createdTo: words.to,
  };
}

/** The conditions of a list. */
export function listQuery(words, now = Date.now()) {
  return {
    ...countQuery(words, now), parent: words.parent, updatedFrom: words.changed,
    updatedTo: words.until ?? ago(words.idle, now), waitsFor: words.waits,
    sort: words.sort ?? (words.waits ? "created" : undefined), after: words.after,
  };
}

/** Whether a count has all of the conditions: then it says how many a list has. */
export const isCounted = words => !words.idle && !words.waits && !words.parent && !words.changed && !words.until;

/** The conditions of a purge; `null` if one would be lost. */
export function purgeQuery(words, status, now = Date.now()) {
  if (!isCounted(words)) return null;
  const { name, prefix, tag, createdFrom, createdTo } = countQuery(words, now);
  return JSON.parse(JSON.stringify({ status, name, prefix, tag, createdFrom, createdTo }));
}

/** The conditions in words, for a confirmation. */
export function inWords(words) {
  const texts = [];
  if (words.status) texts.push(statuses(words).join(" or "));
  if (words.name) texts.push(`orchestration ${words.name}`);
  if (words.prefix) texts.push(`ID beginning with ${words.prefix}`);
  if (words.tag) texts.push(`tag ${words.tag}`);
  if (words.parent) texts.push(`called by ${words.parent}`);
  if (words.range) texts.push(`created in the last ${SPAN_NAMES[words.range] ?? words.range}`);
  if (words.from) texts.push(`created since ${words.from}`);
  if (words.to) texts.push(`created until ${words.to}`);
  if (words.changed) texts.push(`changed last since ${words.changed}`);
  if (words.until) texts.push(`changed last until ${words.until}`);
  if (words.idle) texts.push(`unchanged for ${SPAN_NAMES[words.idle] ?? words.idle}`);
  if (words.waits) texts.push(`waiting for ${words.waits}`);
  return texts.length > 0 ? texts.join(", ") : "no condition: all instances";
}
