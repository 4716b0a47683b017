// One schedule: when it is due, by what rules, and its runs.

import * as api from "./api.js";
import { ruleWords } from "./cron.js";
import { fill, keep, make, throttled } from "./dom.js";
import { at, count, since } from "./format.js";
import { payload } from "./json.js";
import { nowOf } from "./list.js";
import { copyButton, empty, problemBox } from "./notes.js";
import { go, link } from "./route.js";
import { cards, isNews } from "./rows.js";
import { OVERLAPS, catchUpWords, deedButtons, deedsFor, edit, perform, statePill } from "./scheduledeeds.js";
import { pill } from "./status.js";

const CHANGES = 700;
const REFRESH = 5000;
const PAGE = 20;

export function open(main, route, app) {
  const { id } = route;
  const call = new AbortController();
  let words = route.words;
  let status = null;
  let isLoading = false;

  const trouble = make("div");
  const head = make("header.instance-head");
  const spoken = make("p.unseen", { role: "status" });
  const dueBox = make("section.leaf.now-box", { "aria-label": "Due" });
  const facts = make("section.leaf", { "aria-label": "Rules" });
  const table = cards("Runs", ["Status", "Run", "Now", "Started", "Changed"]);
  const state = make("div");
  const foot = make("footer.paging", {});
  const runs = make("section.leaf", { "aria-label": "Runs" }, make("header", {}, make("h2", {}, "Runs")), state,
    table.element, foot);
  fill(main, make("nav.crumbs", { "aria-label": "Where" }, make("a", { href: "#/schedules" }, "Schedules"), " / ",
    make("span.id", {}, id)), head, spoken, trouble, make("div.now-row", {}, dueBox, facts), runs);
  dueBox.hidden = facts.hidden = table.element.hidden = true;

  async function load() {
    if (isLoading) return;
    isLoading = true;
    try {
      const [found, page] = await Promise.all([api.schedule(id, call.signal).catch(problem => {
        if (problem.status !== 404) throw problem;
        return null;
      }), api.scheduleRuns(id, { limit: PAGE, after: words.after }, call.signal)]);
      status = found;
      fill(trouble);
      if (found) showAll();
      else gone();
      showRuns(page);
    } catch (problem) {
      if (problem.name !== "AbortError") fill(trouble, problemBox(problem, load));
    } finally {
      isLoading = false;
    }
  }

  function gone() {
    dueBox.hidden = facts.hidden = true;
    delete head.dataset.looks;
    fill(head, make("h1", {}, id));
    fill(trouble, make("section.leaf", {}, empty("This hub has no such schedule",
      "It was deleted and purged, or its ID is another one. Its runs are below as long as they are there.",
      make("button.main", { type: "button", disabled: !app.may("start"), on: { click: () => act("create") } },
        "Create it…"))));
  }

  function showAll() {
    const { schedule } = status;
    if (isNews(head, [status.paused, status.ended, app.me?.scopes])) {
      const focused = head.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
      if (head.firstChild) spoken.textContent = status.ended ? "It has ended." : status.paused ? "It is paused." : "It is active.";
      fill(head, make("div.instance-title", {}, statePill(status), make("h1.id", {}, id), copyButton(id, "the schedule's ID")),
        make("div.deeds", { role: "group", "aria-label": "Commands" }, deedButtons(deedsFor(status), app, act)));
      if (focused) (head.querySelector(`[data-deed="${CSS.escape(focused)}"]`)
        ?? head.querySelector("button:not(:disabled)"))?.focus();
    }
    dueBox.hidden = facts.hidden = false;
    if (isNews(dueBox, status)) {
      fill(dueBox, make("header", {}, make("h2", {}, ruleWords(schedule),
        schedule.cron !== undefined && make("span.soft", {}, `, ${schedule.timeZone}`))), make("div.inside.now-inside", {},
        make("dl.facts", {}, [
          ["Next", status.ended ? "none: it has ended" : status.paused ? "none while it is paused" : status.next
            ? [at(status.next), " ", make("span.soft", {}, since(status.next))] : "none"],
          ["Last", status.last ? [at(status.last), " ", make("span.soft", {}, since(status.last))] : "–"],
          ["Runs", `${count(status.runs)}, ${count(status.skipped)} skipped`],
          status.running.length > 0 && ["Under way", status.running.map(run => [instanceLink(run), " "])],
          status.queued && ["Queued", make("span.id", {}, status.queued)],
        ].filter(Boolean).map(fact)),
        status.problem && make("p.warning", {}, `A command could not be followed: ${status.problem}`)));
    }
    if (isNews(facts, schedule)) {
      fill(facts, make("header", {}, make("h2", {}, "Rules")), make("div.inside.now-inside", {}, make("dl.facts", {}, [
        ["Orchestration", make("a", { href: link("instances", undefined, { name: schedule.orchestration }) },
          schedule.orchestration)],
        schedule.cron === undefined ? ["Interval", `${schedule.every} s`] : ["Cron", make("code", {}, schedule.cron)],
        schedule.cron !== undefined && ["Time zone", schedule.timeZone],
        ["Overlap", `while the run before goes on: ${OVERLAPS[schedule.overlap] ?? schedule.overlap}`],
        ["Catch-up", `for times without a host: ${catchUpWords(schedule)}`],
        schedule.start && ["Not before", at(schedule.start)], schedule.end && ["Not after", at(schedule.end)],
        ["Kept by", instanceLink(`schedule:${id}`)],
      ].filter(Boolean).map(fact)), payload("Input", schedule.input ?? null)));
    }
  }

  function showRuns({ instances, next, incomplete = [] }) {
    fill(state, instances.length === 0 && empty(next ? "Nothing so far" : "It has not run yet", ""),
      incomplete.length > 0 && make("div.warning", { role: "status" },
        `Missing here are the runs of partitions that did not answer: ${incomplete.join(", ")}.`));
    table.element.hidden = instances.length === 0;
    keep(table.body, instances, ({ instanceId }) => instanceId, table.row, (row, run) => {
      if (!isNews(row, run)) return;
      table.put(row, [pill(run.runtimeStatus), instanceLink(run.instanceId), nowOf(run), since(run.createdTime),
        since(run.lastUpdatedTime)]);
    });
    foot.hidden = !words.after && !next;
    if (isNews(foot, [words.after, next])) {
      fill(foot, make("span.end", {},
        words.after && make("a.button", { href: link("schedules", id) }, "To the newest"),
        next && make("a.button", { href: link("schedules", id, { after: next }) }, "Older")));
    }
  }

  async function act(name) {
    const done = status ? await perform(name, status, app) : await edit(app, { id });
    if (done !== undefined) load();
  }

  function keys(event) {
    if (event.key !== "u") return false;
    go("#/schedules");
    return true;
  }

  const soon = throttled(CHANGES, load);
  const timer = setInterval(() => !document.hidden && load(), REFRESH);
  load();
  return {
    title: `Schedule ${id}`,
    keys,
    live({ instanceId = "" }) {
      if (instanceId === `schedule:${id}` || instanceId.startsWith(`${id}:`)) soon();
    },
    opened: soon,
    met: () => status && showAll(),
    update(next) {
      words = next.words;
      load();
    },
    close() {
      call.abort();
      soon.stop();
      clearInterval(timer);
    },
  };
}

const instanceLink = instance => make("a.id", { href: link("instances", instance) }, instance);
const fact = ([name, ...value]) => [make("dt", {}, name), make("dd", {}, ...value)];
