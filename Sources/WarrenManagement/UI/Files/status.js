// Statuses, and kinds of tasks, with their signs.

import { icon, make } from "./dom.js";

export const STATUSES = ["Pending", "Running", "Suspended", "Completed", "Failed", "Terminated"];
export const OPEN = ["Pending", "Running", "Suspended"];
export const ENDED = ["Completed", "Failed", "Terminated", "Canceled"];

export const isOpen = status => OPEN.includes(status);

const sign = status => {
  if (status === "Canceled") return "terminated";
  return STATUSES.includes(status) ? status.toLowerCase() : "unknown";
};

const look = status => (STATUSES.includes(status) || status === "Canceled" ? status : "unknown");

/** A status as a pill: sign and word. */
export function pill(status) {
  return make(`span.pill.of-${look(status)}`, {}, icon(`s-${sign(status)}`), status ?? "Unknown");
}

/** The sign of a status, without its word. */
export function mark(status) {
  const element = make(`span.kind.of-${look(status)}`, {}, icon(`s-${sign(status)}`));
  element.append(make("span.unseen", {}, status ?? "Unknown"));
  return element;
}

/** What kinds of tasks there are: activity, timer, event, child, entity, sent, life, fail. */
export function kind(name, ...text) {
  return make(`span.kind.for-${name}`, {}, icon(name === "fail" ? "s-failed" : `k-${name}`), make("span", {}, ...text));
}
