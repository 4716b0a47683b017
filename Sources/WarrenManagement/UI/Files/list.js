// The list of instances: what needs a person first, then starts and failures over time, conditions, and one page of rows.

import * as api from "./api.js";
import { BULK, bulk } from "./bulk.js";
import { fill, keep, make, throttled } from "./dom.js";
import { start } from "./deeds.js";
import { countQuery, isCounted, listQuery, same } from "./filters.js";
import { filterBar } from "./filterbar.js";
import { count, iso, plain, since, several } from "./format.js";
import { ENDINGS, chart } from "./histogram.js";
import { empty, problemBox } from "./notes.js";
import { go, link, keepList } from "./route.js";
import { isOpen, pill } from "./status.js";
import { groupedWaits, waitLine } from "./waits.js";

const PAGE = 50;
/** For how long a page that is not half full is added to before it is shown. */
const MORE = 1500;
/** Live changes are shown at once, and then at most this often; without any, the list is read again this often. */
const CHANGES = 1500;
const REFRESH = 10000;
/** What is asked for again by itself waits so many times as long as it took: counts, which are work in a very large hub, and
    lists, which are work where hosts have to look for what instances wait for. */
const PATIENCE = 20;
const LIST_PATIENCE = 4;
/** After so long without an answer the page says that hosts are looking. */
const SLOW = 400;

/** Shows the list. @returns what the frame calls: `update` with new words, `live` with a change, `close`. */
export function open(main, route, app) {
  let words = route.words;
  let call = null;
  let page = null;
  const marked = new Map();
  let everything = false;
  let isPointed = false;
  let held = null;
  let restUntil = 0;
  let counting = { key: null, call: null, next: 0 };

  const histogram = chart((from, to, isEnd) => go(link("instances", undefined, { ...words, after: undefined,
    ...(isEnd ? { status: ENDINGS.join(","), changed: iso(from), until: iso(to) }
      : { range: undefined, from: iso(from), to: iso(to) }) })));
  const bar = filterBar(change => go(link("instances", undefined, { ...words, after: undefined, ...change })), app);
  const chartTitle = make("h2", {}, "Starts and failures");
  const body = make("tbody", { role: "rowgroup" });
  const all = make("input", { type: "checkbox", "aria-label": "Mark all on this page",
    on: { change: () => markPage(all.checked) } });
  const foot = make("footer.paging", {});
  const stays = make("span.soft", {});
  const state = make("div");
  const bulkBar = make("div.bulk", { role: "group", "aria-label": "For many instances", hidden: true });
  const headings = ["Status", "Instance", "Orchestration", "Now", "Created", "Changed"];
  const table = make("table.instances", { role: "table", "aria-label": "Instances" },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
      make("th.tight", { role: "columnheader", scope: "col" }, all),
      headings.map(text => make("th", { role: "columnheader", scope: "col" }, text)))), body);

  fill(main,
    make("div.head", {}, make("h1", {}, "Instances"), make("span.end", {},
      make("button.main", { type: "button", on: { click: () => start(app.hub?.orchestrations ?? []) } }, "Start…"))),
    app.attention.element,
    make("section.leaf", { "aria-label": "Starts and failures over time" }, make("header", {}, chartTitle, bar.spans),
      make("div.inside", {}, histogram.element)),
    make("section.leaf", { "aria-label": "List" }, bar.element, bulkBar, state, make("div.scroll", {}, table), foot));

  table.addEventListener("pointerenter", event => { isPointed = event.pointerType === "mouse"; });
  table.addEventListener("pointerleave", () => {
    isPointed = false;
    if (held) showPage(held);
  });

  async function load() {
    call?.abort();
    const mine = call = new AbortController();
    const began = Date.now();
    // What was there before stays for a moment: mostly the answer comes at once.
    const slow = page === null && setTimeout(() => {
      table.hidden = true;
      fill(foot);
      fill(state, make("p.loading", {}, "Looking…"));
    }, SLOW);
    try {
      await Promise.all([
        read({ ...listQuery(words), limit: PAGE }, mine.signal).then(answer => {
          clearTimeout(slow);
          restUntil = Date.now() + LIST_PATIENCE * (Date.now() - began);
          showPage(answer);
        }), countAgain(),
      ]);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      fill(state, problemBox(problem, load));
    } finally {
      clearTimeout(slow);
    }
  }

  /** Counts unless that is under way, or was done a moment ago: in a very large hub it is work. */
  async function countAgain() {
    const now = Date.now();
    const key = JSON.stringify(countQuery(words, 0));
    if (counting.key === key && (counting.call || now < counting.next)) return;
    counting.call?.abort();
    const mine = new AbortController();
    counting = { key, call: mine, next: 0 };
    const query = countQuery(words, now);
    try {
      await Promise.all([
        api.counts({ ...query, status: undefined }, mine.signal).then(bar.showCounts),
        api.histogram({
          ...query, createdFrom: query.createdFrom
            ?? iso((words.to ? Date.parse(words.to) : now) - 86400000), buckets: 72,
        }, mine.signal).then(histogram.show),
      ]);
      counting.next = Date.now() + PATIENCE * (Date.now() - now);
    } finally {
      if (counting.call === mine) counting.call = null;
    }
  }

  /** A page. Hosts may give less than was asked for, even nothing, and say that there is more: then it is asked for. */
  async function read(query, signal) {
    const answer = await api.instances(query, signal);
    const end = Date.now() + MORE;
    while (answer.next && answer.instances.length < PAGE / 2 && Date.now() < end) {
      const next = await api.instances({ ...query, after: answer.next, limit: PAGE - answer.instances.length }, signal);
      answer.instances.push(...next.instances);
      answer.next = next.next;
    }
    return answer;
  }

  function showPage(answer) {
    const first = page === null;
    if (!first && isPointed) {
      hold(answer);
      return;
    }
    held = null;
    stays.textContent = "";
    const before = new Set(page?.instances.map(({ instanceId }) => instanceId));
    page = answer;
    fill(state, answer.incomplete?.length > 0 && make("div.warning", { role: "status" },
      `Missing here are the instances of partitions that did not answer: ${answer.incomplete.join(", ")}. `,
      make("a", { href: link("system") }, "Who owns them?")));
    keep(body, answer.instances, ({ instanceId }) => instanceId, row, (element, instance) => {
      update(element, instance);
      element.classList.toggle("fresh", !first && !before.has(instance.instanceId));
    });
    table.hidden = answer.instances.length === 0;
    if (answer.instances.length === 0) fill(state, state.firstChild, nothing(answer.next));
    showFoot();
    showMarks();
  }

  /** Rows do not move under a hand that is about to press: until it leaves, each is brought up to date in its place. */
  function hold(answer) {
    const now = new Map(answer.instances.map(instance => [instance.instanceId, instance]));
    const rows = [...body.children];
    for (const element of rows) if (now.has(element.dataset.key)) update(element, now.get(element.dataset.key));
    const isSame = rows.length === now.size && rows.every(element => now.has(element.dataset.key));
    held = answer;
    stays.textContent = isSame ? "" : "Other instances take their places when the pointer leaves the list.";
    fill(state);
  }

  function nothing(next) {
    if (next) return empty("Nothing so far",
      "Hosts have looked at many instances. They go on from there when you ask for more.");
    const isFiltered = !same(words, {});
    return isFiltered
      ? empty("Nothing meets these conditions",
        "If you look for something that is stuck, drop a condition: the fewer, the more you see.",
        make("a.button", { href: link("instances") }, "Show all"))
      : empty("This hub has no instances yet", "Start one here, from a program, or by publishing a message:",
        make("code", {}, `amqp-publish -u "$URL" -e ${app.hub?.hub ?? "warren"}.start -r NAME -b null`));
  }

  function row(instance) {
    const box = make("input", {
      type: "checkbox", "aria-label": `Mark ${instance.instanceId}`,
      on: { change: () => mark(instance.instanceId, box.checked) },
    });
    return make("tr", { role: "row" }, make("td.tight", { role: "cell" }, box), make("td.tight", { role: "cell" }),
      make("td", { role: "cell" }, make("a.id", { href: link("instances", instance.instanceId) }, instance.instanceId)),
      make("td.what", { role: "cell" }), make("td.now", { role: "cell" }),
      make("td.tight.when", { role: "cell" }), make("td.tight.when", { role: "cell" }));
  }

  function update(element, instance) {
    element.instance = instance;
    // An unchanged row is left alone: somebody may be selecting its text.
    const looks = JSON.stringify(instance);
    if (element.dataset.looks === looks) return;
    element.dataset.looks = looks;
    const [, status, , name, now, created, changed] = element.children;
    fill(status, pill(instance.runtimeStatus));
    fill(name, instance.name);
    fill(now, nowOf(instance));
    fill(created, since(instance.createdTime));
    fill(changed, since(instance.lastUpdatedTime));
  }

  function mark(id, isMarked) {
    const instance = page.instances.find(({ instanceId }) => instanceId === id);
    if (isMarked && instance) marked.set(id, instance);
    else marked.delete(id);
    showMarks();
  }

  function markPage(isMarked) {
    for (const instance of page?.instances ?? []) {
      if (isMarked) marked.set(instance.instanceId, instance);
      else marked.delete(instance.instanceId);
    }
    showMarks();
  }

  function showMarks() {
    for (const element of body.children) {
      const id = element.dataset.key;
      if (marked.has(id)) marked.set(id, element.instance);
      element.querySelector("input").checked = marked.has(id);
      element.classList.toggle("here", marked.has(id));
    }
    const onPage = page?.instances.filter(({ instanceId }) => marked.has(instanceId)).length ?? 0;
    all.checked = onPage > 0 && onPage === page.instances.length;
    all.indeterminate = onPage > 0 && !all.checked;
    if (marked.size === 0) everything = false;
    const key = `${marked.size} ${everything}`;
    if (bulkBar.dataset.looks === key) return;
    bulkBar.dataset.looks = key;
    bulkBar.hidden = marked.size === 0;
    fill(bulkBar, make("span", { role: "status" }, make("b", {}, everything ? "All that meet the conditions"
      : several(marked.size, "marked instance"))),
      Object.entries(BULK).map(([name, { verb, danger }]) => make(`button.small${danger ? ".danger" : ""}`, {
        type: "button", data: { deed: name }, disabled: !app.may(name === "restart" ? "start" : "control"),
        on: { click: () => act(name) },
      }, `${verb}…`)),
      make("button.small", { type: "button", "aria-pressed": String(everything), data: { deed: "everything" },
        on: { click: () => choose(!everything) } }, "All that meet the conditions"),
      make("button.plain.small", { type: "button",
        on: { click: () => { marked.clear(); showMarks(); body.querySelector("a.id")?.focus(); } } }, "Unmark"));
  }

  /** Turns from those that are marked to all that meet the conditions, on this page and behind it, and back. */
  function choose(all) {
    everything = all;
    showMarks();
    bulkBar.querySelector("[data-deed=everything]").focus();
  }

  async function act(name) {
    if (!await bulk(name, everything ? [] : [...marked.values()], words)) return;
    marked.clear();
    // What was done is shown wherever the pointer is, and counted.
    isPointed = false;
    counting.next = 0;
    load();
  }

  function showFoot() {
    const { instances, next } = page;
    const shown = instances.length === 0 ? "" : words.after ? `${several(instances.length, "instance")} further down`
      : `The first ${count(instances.length)}`;
    fill(foot, make("span.soft", {}, next || words.after ? shown : several(instances.length, "instance"),
      !isCounted(words) && instances.length > 0
        && ". The numbers by status do not know “changed”, “waits for” and “called by”."),
    stays,
    make("span.end", {},
      words.after && make("a.button", { href: link("instances", undefined, { ...words, after: undefined }) },
        "To the beginning"),
      next && make("a.button", { href: link("instances", undefined, { ...words, after: next }), id: "older" },
        words.sort === "waiting" ? "Next" : "Older")));
  }

  function keys(event) {
    const links = [...body.querySelectorAll("a.id")];
    const here = links.indexOf(document.activeElement?.closest?.("tr")?.querySelector("a.id"));
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step && (event.key.length === 1 || here >= 0)) {
      links[Math.max(0, Math.min(links.length - 1, here + step))]?.focus();
    } else if (event.key === "x" && here >= 0) {
      const { key } = body.children[here].dataset;
      mark(key, !marked.has(key));
    } else return false;
    return true;
  }

  const title = () => {
    const span = words.from || words.to ? "chosen time" : words.range ? "" : "last 24 h";
    chartTitle.textContent = `Starts and failures${span === "" ? "" : `, ${span}`}`;
  };

  let waiting = null;

  /** Reads again, at once or when enough time has passed, if anybody sees it. */
  function again() {
    clearTimeout(waiting);
    if (document.hidden || document.querySelector("dialog")) return;
    const rest = restUntil - Date.now();
    if (rest <= 0) load();
    else waiting = setTimeout(again, rest);
  }

  const soon = throttled(CHANGES, again);
  const timer = setInterval(again, REFRESH);
  bar.show(words);
  title();
  keepList();
  load();
  return {
    title: "Instances",
    keys,
    live: soon,
    opened: soon,
    update(next) {
      if (!same(words, next.words)) marked.clear();
      words = next.words;
      page = held = null;
      // The ways to other pages were those of other conditions.
      foot.replaceChildren();
      bar.show(words);
      title();
      keepList();
      load();
    },
    close() {
      soon.stop();
      clearInterval(timer);
      clearTimeout(waiting);
      call?.abort();
      counting.call?.abort();
    },
  };
}

/** What an instance does now, or how it ended, in one or two lines. */
export function nowOf(instance) {
  const tasks = isOpen(instance.runtimeStatus) ? groupedWaits(instance) : [];
  const further = instance.furtherWaits ?? 0;
  const { customStatus } = instance;
  const custom = customStatus === null || customStatus === undefined ? null : plain(customStatus);
  return [
    instance.failure && make("span.cut-off.failure", {}, make("b", {}, instance.failure.type),
      `: ${instance.failure.message}`),
    instance.suspension?.reason && make("span.cut-off.failure", {}, instance.suspension.reason.slice(0, 300)),
    tasks.length > 0 && make("span.waits", {}, tasks.slice(0, 2).map(waitLine),
      tasks.length + further > 2 && make("span.soft", {}, `and ${count(tasks.length + further - 2)} more`)),
    instance.omitted?.includes("openTasks") && make("span.soft", {}, "waits for too much to be listed here"),
    custom && make("span.cut-off.soft", {}, custom.slice(0, 300)),
  ];
}
