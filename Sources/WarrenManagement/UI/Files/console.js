// Lines of the console, live.

import { fill, make } from "./dom.js";
import { clock, day, moment, several } from "./format.js";
import { listen } from "./live.js";
import { go, link } from "./route.js";

/** The number of lines that are kept. Older ones leave. */
const MOST_LINES = 2000;
const LEVELS = ["debug", "info", "warning", "error"];

/**
 * A view of lines from now on.
 *
 * @param query the conditions of the API: `level`, `name`, `instance`.
 * @param showsInstance whether each line names its instance.
 */
export function feed(query, { showsInstance = true } = {}) {
  const list = make("div.lines", { role: "log", "aria-live": "off", "aria-label": "Console lines, newest last",
    tabindex: 0 });
  const state = make("span.wire", { role: "status" });
  const none = make("p.soft.waiting", {},
    "Nothing was printed since this page was opened. Lines appear here as they are printed.");
  const known = new Set();
  let isPaused = false;
  let words = "";
  let missed = 0;

  function add(line) {
    // A line may be delivered twice, with the same number.
    const id = `${line.instanceId}:${line.executionId}:${line.number}`;
    if (known.has(id)) return;
    known.add(id);
    if (known.size > 2 * MOST_LINES) known.delete(known.values().next().value);
    if (isPaused) {
      missed++;
      show();
      return;
    }
    append(make(`div.row.of-${LEVELS.includes(line.level) ? line.level : "info"}`, {},
      make("time", { datetime: line.time, title: day(moment(line.time)) }, clock(moment(line.time), true)),
      make("span.level", {}, line.level),
      showsInstance && make("a.id", { href: link("instances", line.instanceId), title: line.orchestration },
        line.instanceId),
      make("span.text", {}, line.text)));
  }

  function append(element) {
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    element.hidden = !matches(element);
    list.append(element);
    while (list.children.length > MOST_LINES) list.firstChild.remove();
    none.hidden = true;
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }

  const matches = element => words === "" || element.textContent.toLowerCase().includes(words);

  const show = () => fill(pause, isPaused ? `Go on${missed > 0 ? ` (${several(missed, "line")} not shown)` : ""}`
    : "Pause");

  const pause = make("button.small", {
    type: "button", "aria-pressed": "false", on: {
      click: () => {
        isPaused = !isPaused;
        missed = isPaused ? 0 : missed;
        pause.setAttribute("aria-pressed", String(isPaused));
        show();
        missed = 0;
      },
    },
  });
  const search = make("input", {
    type: "search", placeholder: "Text", "aria-label": "Only lines with this text",
    on: {
      input: () => {
        words = search.value.toLowerCase();
        for (const element of list.children) element.hidden = !matches(element);
      },
    },
  });
  const clear = make("button.small", { type: "button", on: { click: () => { fill(list); none.hidden = false; } } },
    "Clear");
  show();

  const stop = listen(["console"], query, {
    state(word) {
      state.className = `wire ${word === "quiet" ? "" : word}`;
      state.textContent = { live: "Listening", lost: "Reconnecting", quiet: "Paused: the tab is hidden" }[word];
    },
    event(name, data) {
      if (name === "line") add(data);
      else if (name === "lagged") append(make("div.row.of-warning", {}, make("time", {}, clock(Date.now(), true)),
        make("span.level", {}, "gap"),
        make("span.text", {}, `${several(data.missed ?? 0, "line")} came too fast to be shown`)));
    },
  });
  return { tools: [state, search, pause, clear], element: make("div.console", {}, none, list), close: stop };
}

export function open(main, route) {
  let words = route.words;
  let lines = null;
  const level = make("select", { "aria-label": "Level",
    on: { change: () => change({ level: level.value || undefined }) } },
    [["", "all levels"], ["info", "info and above"], ["warning", "warnings and errors"], ["error", "errors"]]
      .map(([value, text]) => make("option", { value }, text)));
  const name = make("input", { type: "search", placeholder: "Orchestration", "aria-label": "Orchestration",
    on: { change: () => change({ name: name.value.trim() || undefined }) } });
  const instance = make("input", { type: "search", placeholder: "Instance ID", "aria-label": "Instance ID",
    on: { change: () => change({ instance: instance.value.trim() || undefined }) } });
  const place = make("div");
  const tools = make("div.console-tools", {});

  const change = next => go(link("console", undefined, { ...words, ...next }));

  function show() {
    lines?.close();
    level.value = words.level ?? "";
    name.value = words.name ?? "";
    instance.value = words.instance ?? "";
    lines = feed({ level: words.level, name: words.name, instance: words.instance });
    fill(tools, level, name, instance, ...lines.tools);
    fill(place, lines.element);
  }

  fill(main, make("div.head", {}, make("h1", {}, "Console")),
    make("p.soft", {}, "A copy of what is printed for people, from now on. Readers of the console's queue miss nothing by it."),
    make("section.leaf", { "aria-label": "Console" }, tools, place));
  show();
  return {
    title: "Console",
    update(next) {
      words = next.words;
      show();
    },
    close: () => lines.close(),
  };
}
