// What needs a person: failures, nobody who serves, partitions without an owner, dead letters. Silent when all is well.

import * as api from "./api.js";
import { fill, icon, make } from "./dom.js";
import { iso, several } from "./format.js";
import { link } from "./route.js";

const REFRESH = 30000;
const DAY = 86400000;

/** What needs a person now, each with the place where it can be mended. Parts that do not answer are left out. */
async function findings(app) {
  const yesterday = iso(Date.now() - DAY);
  const [failed, activities, partitions, queues, hub] = await Promise.all([
    api.histogram({ status: "Failed", createdFrom: yesterday, buckets: 1 }), api.activities({ unserved: "true" }), api.partitions(),
    api.queues(), api.hub(),
  ].map(question => question.catch(() => null)));
  const found = [];
  const failures = (failed?.buckets ?? []).reduce((sum, { ended }) => sum + (ended?.Failed ?? 0), 0);
  if (failures > 0) {
    found.push({ sign: "s-failed",
      text: `${failed.atLeast ? "At least " : ""}${several(failures, "instance")} failed in the last 24 h`,
      // As the number is: of the day before this moment, and not changing from one reading to the next.
      href: link("instances", undefined, { status: "Failed", changed: iso(Math.floor((Date.now() - DAY) / 60000) * 60000) }) });
  }
  for (const { name, messages = 0 } of activities?.activities ?? []) {
    if (messages > 0) found.push({ sign: "k-activity", text: `Nobody serves ${name}: ${several(messages, "call waits", "calls wait")}`,
      href: link("instances", undefined, { waits: `activity:${name}`, sort: "waiting" }) });
  }
  if (partitions?.withoutOwner.length > 0) {
    found.push({ sign: "s-failed",
      text: `No host owns partition ${partitions.withoutOwner.join(", ")}: what is in it stands still`,
      href: link("system") });
  }
  const damaged = (partitions?.partitions ?? []).filter(({ damaged }) => Object.values(damaged ?? {})
    .some(rows => rows > 0));
  if (damaged.length > 0) found.push({ sign: "s-failed",
    text: `Damaged rows in partition ${damaged.map(({ partition }) => partition).join(", ")}`, href: link("system") });
  for (const { destination, rows } of hub?.parked ?? []) {
    found.push({ sign: "k-sent", text: `${several(rows, "row waits", "rows wait")} for ${destination}`, href: link("system") });
  }
  const dead = queues?.queues.find(({ queue }) => queue === `${app.hub?.hub ?? hub?.hub}.dead`)?.messages ?? 0;
  if (dead > 0) found.push({ sign: "s-terminated", text: several(dead, "dead letter"), href: link("dead") });
  return { found, dead };
}

/** The strip above the list. It belongs to the frame, which has the number of dead letters from it on every page. */
export function attention(app) {
  const list = make("ul.attention", { "aria-label": "Needs attention" });

  async function load() {
    if (document.hidden) return;
    const { found, dead } = await findings(app);
    app.showDead(dead);
    const looks = JSON.stringify(found);
    if (list.dataset.looks === looks) return;
    list.dataset.looks = looks;
    list.hidden = found.length === 0;
    fill(list, found.map(({ sign, text, href }) => make("li", {}, make("a", { href }, icon(sign),
      make("span", {}, text)))));
  }

  list.hidden = true;
  load();
  setInterval(load, REFRESH);
  return { element: list, load };
}
