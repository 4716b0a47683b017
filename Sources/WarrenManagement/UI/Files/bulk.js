// One deed for many instances: those that are marked, or all that meet the conditions. First it says how many.

import * as api from "./api.js";
import * as commands from "./commands.js";
import { commandSection, confirm, field, line } from "./dialogs.js";
import { fill, make } from "./dom.js";
import { count, iso, several } from "./format.js";
import { countQuery, inWords, isCounted, listQuery, purgeQuery, statuses } from "./filters.js";
import { note } from "./notes.js";
import { ENDED, OPEN, pill } from "./status.js";

/** How many requests are under way at once, and how many instances a page of them has. */
const AT_ONCE = 6;
const PAGE = 200;
/** How far the preview counts where the server cannot: in pages of 1,000. */
const MOST_PAGES = 10;
/** From this number on, the number has to be typed. */
const TYPED = 20;

export const BULK = {
  terminate: { verb: "Terminate", done: "terminated", statuses: OPEN, danger: true, reason: true,
    act: (id, { reason }) => api.terminate(id, reason) },
  suspend: { verb: "Suspend", done: "suspended", statuses: ["Pending", "Running"], reason: true,
    act: (id, { reason }) => api.suspend(id, reason) },
  resume: { verb: "Resume", done: "resumed", statuses: ["Suspended"], reason: true, act: (id, { reason }) =>
    api.resume(id, reason) },
  restart: { verb: "Retry", done: "started again", statuses: ["Failed", "Terminated", "Canceled"],
    act: id => api.restart(id, false) },
  purge: { verb: "Purge", done: "purged", statuses: ENDED, danger: true, act: id => api.purge(id) },
};

const TEXTS = {
  terminate: "They end now and cannot go on. The reason becomes their output.",
  suspend: "What arrives for them is kept until they are resumed.",
  resume: "They take what was kept meanwhile, and go on.",
  restart: "Each starts again from its beginning, under its own ID and with its own input; its history is replaced.",
  purge: "They are removed with their histories and outputs. Nothing brings them back.",
};

/**
 * Asks, says how many, and does it.
 *
 * @param marked the instances that are marked; none for all that meet the conditions.
 * @param words the conditions of the list.
 * @returns whether anything was done.
 */
export function bulk(name, marked, words) {
  const deed = BULK[name];
  const wanted = statuses(words).length > 0 ? deed.statuses.filter(status => statuses(words).includes(status))
    : deed.statuses;
  const from = marked.length > 0 ? markedSource(marked, deed) : listSource(name, words, wanted);
  const preview = make("div.preview", { "aria-live": "polite" }, make("p.loading", {}, "Counting…"));
  const reason = line({ maxlength: 4096 });
  const typed = line({ inputmode: "numeric", "aria-label": "How many" });
  const typing = make("div", { hidden: true });
  const lines = commandSection("At a terminal:");
  const progress = make("div", { "aria-live": "polite" });
  let total = null;
  let stopped = false;

  const change = () => lines.show(from.lines?.(reason.value) ?? []);
  reason.addEventListener("input", change);
  from.preview().then(found => {
    total = found.total;
    fill(preview, make("p", {}, make("strong.count", {},
      `${found.atLeast ? "At least " : ""}${several(total, "instance")}`),
      ` will be ${deed.done}.`, found.others > 0
        && ` ${count(found.others)} of the marked ones cannot be: they are left alone.`),
    make("div.tags", {}, Object.entries(found.counts).filter(([, number]) => number > 0)
      .map(([status, number]) => make("span.check", {}, pill(status), make("span.count", {}, count(number))))));
    typing.hidden = total <= TYPED;
    fill(typing, field(`Type ${total} to confirm`, typed));
    if (from.lines) change();
  }, problem => fill(preview, make("p.wrong", {}, `They could not be counted: ${problem.message}`)));

  return confirm({
    title: `${deed.verb} ${marked.length > 0 ? several(marked.length, "marked instance") : "all that the list shows"}`,
    verb: deed.verb, danger: deed.danger,
    parts: [
      marked.length === 0 && make("p.soft", {}, `Conditions: ${inWords(words)}.`), make("p", {}, TEXTS[name]), preview,
      deed.reason && field("Reason", reason), typing, from.lines && lines.element, progress,
    ].filter(Boolean),
    check: () => {
      if (total === null) return "Wait until they are counted.";
      if (total === 0) return "There are none.";
      return total > TYPED && typed.value.replace(/\D/g, "") !== String(total) ? `Type ${total} to confirm.` : null;
    },
    act: async () => {
      const stop = make("button", { type: "button", on: { click: () => { stopped = true; } } },
        "Stop after those under way");
      const bar = make("progress", { max: Math.max(1, total), value: 0, "aria-label": "Progress" });
      fill(progress, bar, make("p.head", {}, stop));
      const ended = await from.run(deed, { reason: reason.value }, done => {
        bar.value = done;
      }, () => stopped);
      const refused = ended.failed > 0 ? ` ${several(ended.failed, "was", "were")} refused: ${ended.problem.message}`
        : "";
      note(`${several(ended.done, "instance")} ${deed.done}.${refused}${stopped ? " Stopped." : ""}`,
        { bad: ended.failed > 0 });
    },
  }).then(Boolean);
}

/** Those that are marked. */
function markedSource(marked, deed) {
  const able = marked.filter(instance => deed.statuses.includes(instance.runtimeStatus));
  return {
    async preview() {
      const counts = {};
      for (const { runtimeStatus } of able) counts[runtimeStatus] = (counts[runtimeStatus] ?? 0) + 1;
      return { total: able.length, counts, others: marked.length - able.length };
    },
    run: (doing, options, progress, isStopped) => each(able.map(({ instanceId }) => instanceId), doing, options,
      progress, isStopped, start()),
  };
}

/** All that meet the conditions, and were created before now: what is started meanwhile is left alone. */
function listSource(name, words, wanted) {
  const bound = { ...words, status: wanted.join(","), to: words.to ?? iso(Date.now()), after: undefined };
  const condition = { ...countQuery(bound), status: wanted };
  const page = (after, limit) => api.instances({ ...listQuery(bound), after, limit });
  const onServer = name === "purge" ? purgeQuery(bound, wanted) : null;

  return {
    async preview() {
      if (wanted.length === 0) return { total: 0, counts: {}, others: 0 };
      if (isCounted(words)) return { others: 0, ...await api.counts(countQuery(bound)) };
      const counts = {};
      let total = 0;
      let after;
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const answer = await page(after, 1000);
        for (const { runtimeStatus } of answer.instances) counts[runtimeStatus] = (counts[runtimeStatus] ?? 0) + 1;
        total += answer.instances.length;
        after = answer.next;
        if (!after) return { total, counts, others: 0 };
      }
      return { total, counts, others: 0, atLeast: true };
    },
    lines: !isCounted(words) ? undefined : reason => {
      if (name === "purge") return commands.purgeMatching(condition);
      if (name === "restart") return commands.restartMatching(condition);
      return commands.forEachOf(condition, name, reason && `--reason '${reason.replaceAll("'", "'\\''")}'`);
    },
    async run(deed, options, progress, isStopped) {
      const state = start();
      if (onServer) {
        state.done = (await api.purgeMatching(onServer)).purged;
        return state;
      }
      let after;
      do {
        const answer = await page(after, PAGE);
        await each(answer.instances.map(({ instanceId }) => instanceId), deed, options, progress, isStopped, state);
        after = answer.next;
      } while (after && !isStopped());
      return state;
    },
  };
}

const start = () => ({ done: 0, failed: 0, problem: null });

/** Does it to each, some at once. What is refused is counted, and the others go on; a server that is gone ends it. */
async function each(ids, deed, options, progress, isStopped, state) {
  const rest = [...ids];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (rest.length > 0 && !isStopped()) {
      const id = rest.shift();
      try {
        await deed.act(id, options);
        state.done++;
      } catch (problem) {
        if (problem.status === 0 || problem.status === 401 || problem.status === 403) throw problem;
        state.failed++;
        state.problem ??= problem;
      }
      progress(state.done + state.failed);
    }
  }));
  return state;
}
