// Commit latency, outbox and warm instances, from the Prometheus text of the host that serves this page.

import { fill, make } from "./dom.js";
import { count, length } from "./format.js";

const LINE = /^(\w+)(?:\{(.*)\})? ([^ ]+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The samples of a text as `{name, labels, value}`. */
export function samples(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const parts = line.startsWith("#") ? null : LINE.exec(line);
    if (!parts) continue;
    const labels = {};
    for (const [, name, value] of (parts[2] ?? "").matchAll(LABEL)) labels[name] = value;
    found.push({ name: parts[1], labels, value: Number(parts[3]) });
  }
  return found;
}

/** The buckets of a histogram of one partition: the numbers at or below each bound. */
function buckets(all, name, partition) {
  return all.filter(one => one.name === `${name}_bucket` && one.labels.partition === partition)
    .map(({ labels, value }) => ({ bound: labels.le === "+Inf" ? Infinity : Number(labels.le), value }))
      .sort((one, other) => one.bound - other.bound);
}

/** The bound below which a share of the observations lies, in seconds: as fine as the buckets are. */
export function quantile(share, now, before = []) {
  const added = now.map(({ bound, value }, index) => ({ bound, value: value - (before[index]?.value ?? 0) }));
  const total = added.at(-1)?.value ?? 0;
  if (total <= 0) return null;
  const wanted = share * total;
  const index = added.findIndex(({ value }) => value >= wanted);
  const low = index > 0 ? added[index - 1] : { bound: 0, value: 0 };
  const high = added[index];
  if (high.bound === Infinity) return low.bound;
  return low.bound + (high.bound - low.bound) * (wanted - low.value) / Math.max(1, high.value - low.value);
}

/** A table that compares each reading with the one before: what is shown happened in between, if anything did. */
export function metricsTable() {
  const body = make("tbody");
  const heads = ["Partition", "Commits", "Latency, half below", "99 % below", "Outbox rows", "Oldest of them",
    "Mailbox"];
  const element = make("div.scroll", { tabindex: 0, role: "group", "aria-label": "Partition" },
    make("table", {}, make("thead", {}, make("tr", {}, heads.map((text, index) => make(index > 0 ? "th.number" : "th",
    { scope: "col" }, text)))), body));
  let before = null;

  function summary(text, hub) {
    // A process may run hosts of several hubs.
    const all = samples(text).filter(({ labels }) => labels.hub === undefined || labels.hub === hub);
    const at = Date.now();
    const value = (name, partition) => all.find(one => one.name === name && one.labels.partition === partition)?.value;
    const owned = all.filter(one => one.name === "warren_partition_owned" && one.value === 1)
      .map(({ labels }) => labels.partition);
    const seen = owned.length > 0 ? owned : [...new Set(all.filter(one => one.name === "warren_outbox_rows")
      .map(({ labels }) => labels.partition))];
    const next = { at, commits: {}, buckets: {} };
    fill(body, seen.sort((one, other) => one - other).map(partition => {
      const name = "warren_commit_duration_seconds";
      const now = next.buckets[partition] = buckets(all, name, partition);
      const commits = next.commits[partition] = value(`${name}_count`, partition) ?? 0;
      const added = before ? commits - (before.commits[partition] ?? 0) : 0;
      const base = added > 0 ? before.buckets[partition] : [];
      const time = share => {
        const seconds = quantile(share, now, base);
        return seconds === null ? "–" : length(seconds * 1000);
      };
      const oldest = value("warren_outbox_oldest_seconds", partition) ?? 0;
      return make("tr", {}, make("td", {}, partition.padStart(2, "0")),
        [before ? `${(added / Math.max(1, (at - before.at) / 1000)).toFixed(1)} a second` : count(commits), time(0.5),
          time(0.99),
          count(value("warren_outbox_rows", partition) ?? 0), oldest > 0 ? length(oldest * 1000) : "–",
          count(value("warren_mailbox_depth", partition) ?? 0)]
          .map(cell => make("td.number", {}, cell)));
    }));
    before = next;
    const episodes = source => all.filter(one => one.name === "warren_episodes_total"
      && one.labels.source === source).reduce((sum, one) => sum + one.value, 0);
    const [warm, replay] = [episodes("warm"), episodes("replay")];
    return warm + replay === 0 ? ""
      : `${(100 * warm / (warm + replay)).toFixed(1)} % of the turns found their instance in memory`;
  }

  return { element, summary };
}
