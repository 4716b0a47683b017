// The conditions above the list: views, statuses with their numbers, and fields.

import { fill, make } from "./dom.js";
import { count, iso, local } from "./format.js";
import { SPAN_NAMES, VIEWS, conditions, same, statuses } from "./filters.js";
import { icon } from "./dom.js";
import { STATUSES, pill } from "./status.js";
import { link } from "./route.js";

/** How long after the last letter a field takes effect. */
const PAUSE = 350;

const short = time => (time ? local(time).replace("T", " ").slice(5, 16) : "");

/** @param change called with the words that change. */
export function filterBar(change, app) {
  let words = {};
  let numbers = null;
  const views = make("ul.views", { "aria-label": "Views" });
  const chips = make("div.chips", { role: "group", "aria-label": "Statuses" });
  const spans = make("div.spans.end", { role: "group", "aria-label": "Created" });
  const names = make("datalist", { id: "names" });
  const inputs = {
    prefix: text("ID begins with", { type: "search", id: "filter-prefix" }),
    name: text("Orchestration", { list: "names", type: "search" }),
    waits: text("Waits for", { placeholder: "event:Approval", type: "search" }),
    idle: choice("Unchanged for", [["", "any time"], ...["10m", "1h", "24h", "7d"]
      .map(span => [span, SPAN_NAMES[span]])]),
    tag: text("Tag", { placeholder: "name=value", type: "search" }),
    parent: text("Called by", { placeholder: "instance ID", type: "search" }),
    from: moment("Created from"),
    to: moment("Created until"),
    changed: moment("Changed last from"),
    until: moment("Changed last until"),
    sort: choice("Order", [["", "newest first"], ["waiting", "longest unchanged first"]]),
  };
  const more = make("details.more", {}, make("summary", {}, "More conditions"),
    make("div.fields", {}, ["tag", "parent", "from", "to", "changed", "until", "sort"].map(name => inputs[name].element)));
  const clear = make("a.button.small", { href: link("instances") }, "Clear");
  const element = make("div.filters", {}, views, chips,
    make("form.fields", { role: "search", "aria-label": "Conditions", on: { submit: event => event.preventDefault() } },
      ["prefix", "name", "waits", "idle"].map(name => inputs[name].element), names), more);

  function text(label, attributes) {
    let timer = null;
    const input = make("input", {
      type: "text", spellcheck: "false", autocapitalize: "none", autocomplete: "off", ...attributes,
      on: {
        input: () => {
          clearTimeout(timer);
          timer = setTimeout(take, PAUSE);
        },
        change: take,
      },
    });
    const name = () => Object.keys(inputs).find(key => inputs[key].input === input);
    function take() {
      clearTimeout(timer);
      const value = input.value.trim();
      const isRight = name() !== "tag" || value === "" || /^[^=]+=/.test(value);
      input.setAttribute("aria-invalid", String(!isRight));
      if (isRight && value !== (words[name()] ?? "")) change({ [name()]: value || undefined });
    }
    return { input, element: make("label.field", {}, make("span", {}, label), input),
      show: value => { if (document.activeElement !== input) input.value = value ?? ""; } };
  }

  function choice(label, options) {
    const input = make("select", {
      on: { change: () => change({ [Object.keys(inputs).find(key => inputs[key].input === input)]: input.value
        || undefined }) },
    }, options.map(([value, text]) => make("option", { value }, text)));
    return { input, element: make("label.field", {}, make("span", {}, label), input),
      show: value => { input.value = value ?? ""; } };
  }

  function moment(label) {
    const input = make("input", {
      type: "datetime-local", step: 1,
      on: {
        change: () => {
          const name = Object.keys(inputs).find(key => inputs[key].input === input);
          change({ ...(name === "from" || name === "to" ? { range: undefined } : {}), [name]: input.value === "" ? undefined : iso(new Date(input.value)) });
        },
      },
    });
    return { input, element: make("label.field", {}, make("span", {}, label), input),
      show: value => { input.value = value ? local(value) : ""; } };
  }

  function showChips() {
    const chosen = statuses(words);
    fill(chips, STATUSES.map(status => {
      const isChosen = chosen.includes(status);
      const next = isChosen ? chosen.filter(one => one !== status) : [...chosen, status];
      return make(`button.chip.of-${status}`, {
        type: "button", "aria-pressed": String(isChosen), data: { status },
        on: { click: () => change({ status: next.join(",") || undefined }) },
      }, pill(status), make("b.count", {}, numbers
        ? `${count(numbers.counts[status] ?? 0)}${numbers.atLeast ? "+" : ""}` : "–"));
    }), make("span.soft.count", {}, numbers ? `${count(numbers.total)}${numbers.atLeast ? "+" : ""} in all` : ""),
      !same(words, {}) && clear);
  }

  function show(next) {
    words = next;
    fill(views, VIEWS.map(view => make("li", {}, make("a", {
      href: link("instances", undefined, view.words), title: view.title, "aria-current": same(words, view.words)
        ? "true" : undefined,
    }, view.name))));
    fill(spans, [["", "any time"], ["1h", "1 h"], ["6h", "6 h"], ["24h", "24 h"], ["7d", "7 d"], ["30d", "30 d"]]
      .map(([span, label]) => make("button.small", {
      type: "button", "aria-pressed": String((words.range ?? "") === span
        && (span !== "" || !(words.from || words.to))),
      "aria-label": span === "" ? "Created at any time" : `Created in the last ${SPAN_NAMES[span]}`,
      on: { click: () => change({ range: span || undefined, from: undefined, to: undefined }) },
    }, label)), (words.from || words.to) && make("button.small", {
      type: "button", "aria-pressed": "true", on: { click: () => change({ from: undefined, to: undefined }) },
    }, `${short(words.from) || "…"} – ${short(words.to) || "now"}`, icon("i-close")));
    fill(names, (app.hub?.orchestrations ?? []).map(value => make("option", { value })));
    for (const [name, input] of Object.entries(inputs)) input.show(words[name]);
    if (["tag", "parent", "changed", "until"].some(name => conditions(words)[name])) more.open = true;
    showChips();
  }

  return {
    element, spans, show,
    showCounts(answer) {
      numbers = answer;
      showChips();
    },
  };
}
