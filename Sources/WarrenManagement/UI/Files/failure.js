// A failure with the failures that caused it.

import { make } from "./dom.js";
import { payload } from "./json.js";

/** How deep causes are shown. */
const DEPTH = 12;

export function failureView(failure, depth = 0) {
  return make("div.failure-view", {},
    make("p", {}, depth > 0 && make("span.soft", {}, "because "), make("b", {}, failure.type), failure.isNonRetriable
      && make("span.tag", {}, "not tried again")),
    make("p.message", {}, failure.message),
    failure.stack && make("details", {}, make("summary", {}, "Where"), make("pre.json", { tabindex: 0 },
      failure.stack)),
    failure.details !== undefined && failure.details !== null && payload("Data of the failure", failure.details),
    depth < DEPTH && (failure.inner ?? []).map(inner => failureView(inner, depth + 1)));
}
