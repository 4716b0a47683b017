// One instance: what it waits for and what can be done about it, then how it came to that.

import * as api from "./api.js";
import { feed } from "./console.js";
import { deedsFor, perform } from "./deeds.js";
import { fill, make, throttled } from "./dom.js";
import { failureView } from "./failure.js";
import { follow } from "./followed.js";
import { at, length, moment, plain, since } from "./format.js";
import { history } from "./history.js";
import { payload } from "./json.js";
import { model } from "./model.js";
import { copyButton, empty, problemBox } from "./notes.js";
import { go, keptList, link } from "./route.js";
import { sequence } from "./sequence.js";
import { isOpen, kind, pill } from "./status.js";
import { timeline } from "./timeline.js";
import { tree } from "./tree.js";
import { awaitedEvents, groupedWaits, whereIs } from "./waits.js";

const CHANGES = 700;
/** What is open is asked for this often even when nothing tells of a change: hosts may publish failures only. */
const REFRESH = 5000;
/** What has ended is asked for only each time after so many: somebody may start it again. */
const ENDED_TURNS = 6;
const TABS = [["timeline", "Timeline"], ["sequence", "Sequence"], ["history", "History"], ["data", "Input and output"],
  ["tree", "Family"], ["console", "Console"]];
const MOST_WAITS = 12;

export function open(main, route, app) {
  const id = route.id;
  const call = new AbortController();
  let words = route.words;
  let instance = null;
  let read = null;
  let stream = null;
  let view = null;
  let viewName = null;
  let viewRead = null;
  let unserved = new Set();
  let isLoading = false;
  let again = false;

  const trouble = make("div");
  const head = make("header.instance-head");
  const spoken = make("p.unseen", { role: "status" });
  const nowBox = make("section.leaf.now-box", { "aria-label": "Now" });
  const aside = make("section.leaf", { "aria-label": "Facts" });
  const panel = make("div", { role: "tabpanel", id: "panel", tabindex: -1 });
  const tabs = make("div", { role: "tablist", "aria-label": "Views", on: { keydown: turn } },
    TABS.map(([name, text]) => make("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel", data: { tab: name },
    on: { click: () => show(name) },
  }, text)));
  const leaf = make("section.leaf", { "aria-label": "Details", hidden: true }, tabs, panel);
  fill(main, make("nav.crumbs", { "aria-label": "Where" }, make("a", { href: "#/instances", on: { click: back } },
    "Instances"), " / ", make("span.id", {}, id)),
    head, spoken, trouble, make("div.now-row", {}, nowBox, aside), leaf);
  nowBox.hidden = aside.hidden = true;

  /** Back to the list as it was, if that is where the reader came from. */
  function back(event) {
    event.preventDefault();
    go(keptList());
  }

  async function load() {
    if (isLoading) {
      again = true;
      return;
    }
    isLoading = true;
    try {
      const next = await api.instance(id, call.signal);
      const isChanged = !instance || next.lastUpdatedTime !== instance.lastUpdatedTime
        || next.executionId !== instance.executionId || next.runtimeStatus !== instance.runtimeStatus;
      instance = next;
      await readHistory(isChanged);
      fill(trouble);
      showAll();
    } catch (problem) {
      if (problem.name === "AbortError") return;
      gone(problem);
    } finally {
      isLoading = false;
      if (again) {
        again = false;
        soon();
      }
    }
  }

  /** Takes what the stream has brought. Where that has not grown although the instance has changed, the history is read. */
  async function readHistory(isChanged) {
    if (isOpen(instance.runtimeStatus) && stream?.isOver !== false) {
      stream?.close();
      stream = follow(id, () => soon());
    }
    const streamed = stream?.events();
    if (streamed && (!read || streamed.events.length !== read.events.length)) read = streamed;
    else if (isChanged || !read) read = await api.history(id, call.signal);
  }

  function gone(problem) {
    if (problem.status !== 404) {
      fill(trouble, problemBox(problem, load));
      return;
    }
    instance = null;
    fill(head, make("h1", {}, id));
    nowBox.hidden = aside.hidden = leaf.hidden = true;
    fill(trouble, make("section.leaf", {}, empty("This hub has no such instance",
      "It was purged, or its ID is another one. IDs are compared letter by letter.",
      make("a.button", { href: link("instances", undefined, { prefix: id.slice(0, Math.max(3, id.length - 3)) }) },
        "Look for IDs that begin alike"))));
  }

  const found = () => model(read.events);

  function showAll() {
    const history = found();
    showHead();
    showNow(history);
    showFacts(history);
    leaf.hidden = false;
    show(words.tab ?? "timeline", history);
  }

  function showHead() {
    const looks = JSON.stringify([instance.runtimeStatus, awaitedEvents(instance).length > 0, app.me?.scopes]);
    if (head.dataset.looks === looks) return;
    const focused = head.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
    head.dataset.looks = looks;
    if (head.firstChild) spoken.textContent = `The status is ${instance.runtimeStatus}.`;
    fill(head, make("div.instance-title", {}, pill(instance.runtimeStatus), make("h1.id", {}, id),
      copyButton(id, "the instance ID")),
      make("div.deeds", { role: "group", "aria-label": "Commands" }, deedsFor(instance)
        .map(({ name, verb, scope, danger, main: isMain }) =>
        make(`button${isMain ? ".main" : danger ? ".danger" : ""}`, {
        type: "button", data: { deed: name }, disabled: !app.may(scope), title: app.may(scope) ? undefined
          : `Your key needs the scope '${scope}'.`, on: { click: () => act(name) },
      }, `${verb}…`))));
    if (focused) (head.querySelector(`[data-deed="${CSS.escape(focused)}"]`)
      ?? head.querySelector("button:not(:disabled)"))?.focus();
  }

  async function act(name, event) {
    if (await perform(name, instance, event) === undefined) return;
    if (name === "purge") go(keptList());
    else load();
  }

  function showNow(history) {
    nowBox.hidden = false;
    const tasks = isOpen(instance.runtimeStatus) ? groupedWaits(instance) : [];
    const further = instance.furtherWaits ?? 0;
    const looks = JSON.stringify([instance.runtimeStatus, tasks, further, instance.failure, instance.output,
      [...unserved]]);
    if (nowBox.dataset.looks === looks) return;
    nowBox.dataset.looks = looks;
    nowBox.className = `leaf now-box of-${instance.runtimeStatus}`;
    const title = { Running: "It waits for", Pending: "It has not begun", Suspended: "It is suspended",
      Completed: "It has completed", Failed: "Why it failed", Terminated: "It was terminated" };
    const text = instance.runtimeStatus === "Running" && tasks.length === 0 ? "It is at work"
      : title[instance.runtimeStatus] ?? instance.runtimeStatus;
    fill(nowBox, make("header", {}, make("h2", {}, text)), make("div.inside.now-inside", {},
      instance.runtimeStatus === "Suspended" && make("p", {}, history.pauses.at(-1)?.reason
        ? `Reason: ${history.pauses.at(-1).reason}. ` : "", "What arrives is kept. When it is resumed, it waits for:"),
      make("ul.wait-list", {}, tasks.slice(0, MOST_WAITS).map(wait => make("li", {}, waitView(wait, history)))),
      tasks.length + further > MOST_WAITS && make("p.soft", {},
        `and ${tasks.length + further - Math.min(MOST_WAITS, tasks.length)} more`),
      instance.runtimeStatus === "Running" && tasks.length === 0 && make("p.soft", {},
        "It waits for nothing that hosts know of: it runs at this moment, or a message for it is not taken yet."),
      instance.failure && failureView(instance.failure),
      !isOpen(instance.runtimeStatus) && !instance.failure && payload(instance.runtimeStatus === "Terminated" ? "Reason"
        : "Output", instance.output)));
  }

  function waitView(wait, history) {
    const lane = history.lanes.find(({ attempts }) => wait.id !== undefined
      && attempts.some(one => one.id === wait.id));
    const begun = wait.since ?? (lane ? new Date(lane.start).toISOString() : null);
    const words = { activity: "activity ", event: "event ", child: "" }[wait.kind] ?? "";
    return [
      kind(wait.kind, words, make("b", {}, wait.name), wait.times > 1 ? ` ×${wait.times}` : lane?.attempts.length > 1
        && `, attempt ${lane.attempts.length}`,
        wait.until && [" ", since(wait.until), " (", at(wait.until), ")"]),
      wait.instanceId && make("a.id", { href: whereIs(wait) }, wait.instanceId),
      begun && !wait.until && make("span.soft", {}, "for ", since(begun, { ago: false })),
      wait.kind === "event" && make("button.small", { type: "button", disabled: !app.may("raise"),
        on: { click: () => act("raise", wait.name) } }, "Raise…"),
      wait.kind === "activity" && unserved.has(wait.name) && make("span.wrong", {}, "Nobody serves this activity. ",
        make("a", { href: link("system") }, "Look")),
      lane?.attempts.at(-2)?.failure && make("span.cut-off.failure", {},
        `Before: ${lane.attempts.at(-2).failure.type}: ${lane.attempts.at(-2).failure.message}`),
    ];
  }

  function showFacts(history) {
    aside.hidden = false;
    const tags = Object.entries(instance.tags ?? {});
    const parent = instance.parentId ?? history.facts.parent?.instanceID;
    fill(aside, make("header", {}, make("h2", {}, "Facts")), make("div.inside", {}, make("dl.facts", {}, [
      ["Orchestration", make("a", { href: link("instances", undefined, { name: instance.name }) }, instance.name)],
      ["Created", [at(instance.createdTime), " ", make("span.soft", {}, since(instance.createdTime))]],
      ["Changed", [at(instance.lastUpdatedTime), " ", make("span.soft", {}, since(instance.lastUpdatedTime))]],
      isOpen(instance.runtimeStatus) ? null
        : ["Took", length(moment(instance.lastUpdatedTime) - moment(instance.createdTime))],
      instance.version && ["Version", make("span.id", {}, instance.version)],
      instance.suspension && ["Suspended", [suspensionWords(instance.suspension),
        instance.suspension.since && make("span.soft", {}, " ", since(instance.suspension.since))]],
      instance.suspension?.reason && ["Reason", make("span.cut-off", {}, instance.suspension.reason)],
      instance.bodyEnd && ["Body", `${instance.bodyEnd}; it ends when what it waits for has`],
      instance.scheduledStartTime && ["Starts", at(instance.scheduledStartTime)],
      ["Execution", make("span.id", {}, instance.executionId)],
      parent && ["Parent", make("a.id", { href: link("instances", parent) }, parent)],
      instance.customStatus !== null && instance.customStatus !== undefined && ["Custom status",
        make("span.cut-off", {}, plain(instance.customStatus))],
      tags.length > 0 && ["Tags", make("span.tags", {},
        tags.map(([name, value]) => make("a.tag", { href: link("instances", undefined, { tag: `${name}=${value}` }) },
        `${name}=${value}`)))],
      instance.omitted?.length > 0 && ["Left out", `${instance.omitted.join(", ")}: too large for one answer`],
    ].filter(Boolean).map(([name, ...value]) => [make("dt", {}, name), make("dd", {}, ...value)]))));
  }

  // ---- Views

  const VIEWS = {
    timeline: history => timeline(history, instance),
    sequence: history => sequence(history, instance),
    history: shown => history(shown, instance, read.more),
    tree: history => tree(instance, history, call.signal),
    data: () => dataView(),
    console: () => {
      const lines = feed({ instance: id }, { showsInstance: false });
      return { element: make("div", {}, make("div.console-tools", {}, ...lines.tools), lines.element), show: () => {},
        close: lines.close };
    },
  };

  function dataView() {
    const element = make("div.two");
    const show = () => {
      const looks = JSON.stringify([instance.input, instance.output, instance.customStatus, instance.failure]);
      if (element.dataset.looks === String(looks.length) + looks.slice(0, 4000)) return;
      element.dataset.looks = String(looks.length) + looks.slice(0, 4000);
      const left = name => instance.omitted?.includes(name) && make("p.soft", {},
        `The ${name} is too large for one answer. The history has it.`);
      fill(element, make("div", {}, payload("Input", instance.input), left("input")),
        make("div", {}, payload("Output", instance.output), left("output"), instance.customStatus !== null
          && payload("Custom status", instance.customStatus)));
    };
    show();
    return { element, show };
  }

  function show(name, history) {
    if (!read) return;
    if (!TABS.some(([tab]) => tab === name)) name = "timeline";
    for (const tab of tabs.children) {
      const isShown = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    const shown = history ?? found();
    if (viewName === name) {
      refresh(shown);
      return;
    }
    view?.close?.();
    viewName = name;
    viewRead = read;
    view = VIEWS[name](shown);
    fill(panel, view.element);
    if (words.tab !== name && !(words.tab === undefined && name === "timeline")) {
      words = { ...words, tab: name };
      go(link("instances", id, words), true);
    }
  }

  /** Draws a view anew. Without news only what grows with time is, and not under the hands of its reader. */
  function refresh(shown) {
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    if (viewRead === read && (focused || viewName !== "timeline")) return;
    viewRead = read;
    const place = focused?.dataset.focus;
    view.show({ found: shown, instance, more: read.more });
    if (place) panel.querySelector(`[data-focus="${CSS.escape(place)}"]`)?.focus();
  }

  function turn(event) {
    const here = TABS.findIndex(([name]) => name === viewName);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const [name] = TABS[(next + TABS.length) % TABS.length];
    show(name);
    tabs.querySelector(`[data-tab="${name}"]`).focus();
  }

  function keys(event) {
    if (event.key === "u") go(keptList());
    else if (event.key === "e" && instance && isOpen(instance.runtimeStatus) && app.may("raise")) act("raise");
    else return false;
    return true;
  }

  const soon = throttled(CHANGES, load);
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
    if (!document.hidden && (!instance || isOpen(instance.runtimeStatus) || turns % ENDED_TURNS === 0)) load();
  }, REFRESH);
  api.activities({ unserved: "true" }, call.signal).then(({ activities }) => {
    unserved = new Set(activities.map(({ name }) => name));
    if (instance) showAll();
  }).catch(() => {});
  load();
  return {
    title: id,
    keys,
    live(change) {
      if (change.instanceId === id) soon();
    },
    opened: soon,
    met: () => instance && showHead(),
    update(next) {
      words = next.words;
      if (read) show(words.tab ?? "timeline");
    },
    close() {
      call.abort();
      stream?.close();
      soon.stop();
      clearInterval(timer);
      view?.close?.();
    },
  };
}

/** What suspended an instance, and what ends that. */
function suspensionWords({ cause }) {
  switch (cause) {
    case "operator": return "by an operator";
    case "nonDeterminism": return "its code does not agree with its history: deploy code that does, then resume it";
    case "version": return "no host that has it runs its version";
    default: return cause;
  }
}
