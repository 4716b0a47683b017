// The schedules of the hub: when each is due, how its last runs ended, and what can be done.

import * as api from "./api.js";
import { ruleWords } from "./cron.js";
import { fill, keep, make, throttled } from "./dom.js";
import { count, several, since } from "./format.js";
import { empty, problemBox } from "./notes.js";
import { go, link } from "./route.js";
import { cards, isNews } from "./rows.js";
import { OVERLAPS, catchUpWords, deedButtons, deedsFor, edit, perform, statePill } from "./scheduledeeds.js";
import { isOpen, mark } from "./status.js";

const PAGE = 50;
const CHANGES = 1000;
const REFRESH = 5000;
/** What is asked for again by itself waits so many times as long as it took. */
const PATIENCE = 4;
/** The runs that are shown of each schedule, and the questions for them that are under way at once. */
const RUNS = 5;
const AT_ONCE = 4;
/** How long after the last letter a field takes effect. */
const PAUSE = 350;

const STATES = { active: "Active", paused: "Paused" };

export function open(main, route, app) {
  const call = new AbortController();
  let words = route.words;
  let all = null;
  let isLoading = false;
  let restUntil = 0;
  /** The last runs by schedule, with what the schedule said when they were read. */
  const lastRuns = new Map();

  const table = cards("Schedules", ["Schedule", "Due", "Next", "Last runs", "Rules", "State", "Do"]);
  const state = make("div");
  const foot = make("footer.paging", {});
  const chips = make("div.chips", { role: "group", "aria-label": "States" });
  let timer = null;
  const search = make("input", {
    type: "search", id: "schedule-words", spellcheck: "false", autocapitalize: "none", autocomplete: "off",
    on: {
      input: () => {
        clearTimeout(timer);
        timer = setTimeout(take, PAUSE);
      }, change: take,
    },
  });
  const button = make("button.main", { type: "button", on: { click: create } }, "Create…");
  fill(main, make("div.head", {}, make("h1", {}, "Schedules"), make("span.end", {}, button)),
    make("section.leaf", { "aria-label": "List" },
      make("div.filters", {}, chips, make("form.fields", { role: "search", "aria-label": "Conditions",
        on: { submit: event => event.preventDefault() } },
      make("label.field", {}, make("span", {}, "ID or orchestration"), search))),
      state, table.element, foot));
  table.element.hidden = true;
  fill(state, make("p.loading", {}, "Asking…"));

  /** A field that leaves the page with the focus in it says that it has changed: that is nothing to follow. */
  function take() {
    clearTimeout(timer);
    timer = null;
    const value = search.value.trim();
    if (!call.signal.aborted && value !== (words.words ?? "")) change({ words: value || undefined });
  }

  const change = changed => go(link("schedules", undefined, { ...words, page: undefined, ...changed }));

  async function load() {
    if (document.hidden || isLoading) return;
    isLoading = true;
    const began = Date.now();
    try {
      ({ schedules: all } = await api.schedules(call.signal));
      restUntil = Date.now() + PATIENCE * (Date.now() - began);
      show();
      await readRuns();
    } catch (problem) {
      if (problem.name !== "AbortError") fill(state, problemBox(problem, load));
    } finally {
      isLoading = false;
    }
  }

  const again = () => Date.now() >= restUntil && !document.querySelector("dialog") && load();

  /** Reads the last runs of the schedules on this page, where there may be news of them. */
  async function readRuns() {
    const rest = onPage().filter(schedule => {
      const known = lastRuns.get(schedule.id);
      return !known || known.of !== stamp(schedule) || known.runs.some(({ runtimeStatus }) => isOpen(runtimeStatus));
    });
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (rest.length > 0) {
        const schedule = rest.shift();
        const { instances } = await api.scheduleRuns(schedule.id, { limit: RUNS }, call.signal);
        lastRuns.set(schedule.id, { of: stamp(schedule), runs: instances });
      }
    }));
    show();
  }

  const stamp = ({ runs, running, lastRun }) => JSON.stringify([runs, running, lastRun]);

  const matching = () => all.filter(({ id, schedule, paused }) => {
    const text = (words.words ?? "").toLowerCase();
    return (!words.state || (words.state === "paused") === paused)
      && (id.toLowerCase().includes(text) || schedule.orchestration.toLowerCase().includes(text));
  });
  const first = () => PAGE * Math.max(0, (parseInt(words.page, 10) || 1) - 1);
  const onPage = () => matching().slice(first(), first() + PAGE);

  function show() {
    const found = matching();
    button.disabled = !app.may("start");
    button.title = app.may("start") ? "" : "Your key needs the scope 'start'.";
    if (timer === null && search.value.trim() !== (words.words ?? "")) search.value = words.words ?? "";
    if (isNews(chips, [words.state, all.map(({ paused }) => paused)])) {
      fill(chips, Object.entries(STATES).map(([name, text]) => make("button.chip", {
        type: "button", "aria-pressed": String(words.state === name), data: { state: name },
        on: { click: () => change({ state: words.state === name ? undefined : name }) },
      }, make("span", {}, text), make("b.count", {}, count(all.filter(({ paused }) => paused === (name === "paused")).length)))));
    }
    fill(state, found.length === 0 && nothing());
    table.element.hidden = found.length === 0;
    keep(table.body, onPage(), ({ id }) => id, table.row, update);
    const from = first();
    fill(foot, make("span.soft", {}, found.length > PAGE ? `${from + 1} to ${Math.min(from + PAGE, found.length)} of ` : "",
      several(found.length, "schedule")),
    make("span.end", {},
      from > 0 && make("a.button", { href: link("schedules", undefined, { ...words, page: from / PAGE }) }, "Before"),
      from + PAGE < found.length && make("a.button", { href: link("schedules", undefined, { ...words,
        page: from / PAGE + 2 }) }, "Next")));
  }

  function nothing() {
    return words.words || words.state
      ? empty("No schedule meets these conditions", "", make("a.button", { href: link("schedules") }, "Show all"))
      : empty("This hub has no schedules", "A schedule starts an orchestration every so often, or at times of day.",
        make("code", {}, `warren schedule create nightly Report --cron '30 2 * * *' --hub ${app.hub?.hub ?? "warren"}`));
  }

  function update(row, status) {
    const { id, schedule, next, paused, running, queued, skipped, problem } = status;
    const known = lastRuns.get(id);
    if (!isNews(row, [status, known?.runs.map(one => [one.instanceId, one.runtimeStatus]), app.me?.scopes])) return;
    const focused = row.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
    table.put(row, [
      [make("a.id", { href: link("schedules", id) }, id), make("span.below.soft", {}, schedule.orchestration)],
      [ruleWords(schedule), schedule.cron !== undefined && make("span.below.soft", {}, make("code", {}, schedule.cron), " ",
        schedule.timeZone)],
      paused ? make("span.soft", {}, "–") : next ? since(next) : make("span.soft", {}, "none"),
      [known ? make("span.runs", {}, known.runs.map(run => make("a", {
        href: link("instances", run.instanceId), title: `${run.instanceId}: ${run.runtimeStatus}`,
        "aria-label": `${run.instanceId}: ${run.runtimeStatus}`,
      }, mark(run.runtimeStatus)))) : make("span.soft", {}, "…"),
      make("span.below.soft", {}, [several(status.runs, "run"), skipped > 0 && `${count(skipped)} skipped`,
        running.length > 0 && `${count(running.length)} under way`, queued && "1 queued"].filter(Boolean).join(", "))],
      [make("span.rule", {}, "overlap: ", OVERLAPS[schedule.overlap] ?? schedule.overlap),
        make("span.below.soft", {}, `catch-up: ${catchUpWords(schedule)}`),
        problem && make("span.below.failure", {}, problem)],
      statePill(status),
      make("span.small-deeds", {}, deedButtons(deedsFor(status).slice(0, 2), app, name => act(name, status), true)),
    ]);
    if (focused) (row.querySelector(`[data-deed="${CSS.escape(focused)}"]`) ?? row.querySelector("a.id")).focus();
  }

  async function act(name, status) {
    if (await perform(name, status, app) !== undefined) load();
  }

  async function create() {
    if (await edit(app) !== undefined) load();
  }

  const soon = throttled(CHANGES, load);
  const refresh = setInterval(again, REFRESH);
  load();
  return {
    title: "Schedules",
    live({ instanceId = "" }) {
      const owner = instanceId.slice(0, instanceId.indexOf(":"));
      if (owner === "schedule" || all?.some(({ id }) => id === owner)) soon();
    },
    opened: soon,
    met: () => all && show(),
    update(next) {
      words = next.words;
      if (!all) return;
      show();
      readRuns().catch(() => {});
    },
    close() {
      call.abort();
      clearTimeout(timer);
      soon.stop();
      clearInterval(refresh);
    },
  };
}
