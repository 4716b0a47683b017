// The timeline: calls, timers, children and events as bars, with their attempts.

import { fill, make } from "./dom.js";
import { clock, day, length, moment, several } from "./format.js";
import { failureView } from "./failure.js";
import { payload } from "./json.js";
import { link } from "./route.js";
import { kind } from "./status.js";
import { waits } from "./waits.js";

/** How many lanes are laid out at first, and with each press of the button. */
const LANES = 120;

/** @param found what `model` read. @param instance the instance, for what it waits for now. */
export function timeline(found, instance) {
  let byTurn = false;
  let onlyOpen = false;
  let most = LANES;
  let last = { found, instance };
  const open = new Set();
  const root = make("div.timeline");
  const axis = make("div.axis", { "aria-hidden": "true" });
  const bands = make("div.bands", { "aria-hidden": "true" });
  const list = make("ol.lanes", {});
  const more = make("div");
  const scale = make("div.choice", { role: "group", "aria-label": "Scale" }, [["Time", false], ["Turn", true]]
    .map(([text, value]) => make("button.small", {
    type: "button", data: { turn: String(value) }, title: value
      ? "Every turn of the orchestrator is equally wide: short ones are seen beside long waits" : "True to time",
    on: { click: () => { byTurn = value; show(last); } },
  }, text)));

  const filter = make("button.small", {
    type: "button", "aria-pressed": "false", on: {
      click: () => {
        onlyOpen = !onlyOpen;
        filter.setAttribute("aria-pressed", String(onlyOpen));
        show(last);
      },
    },
  }, "Only open or failed");

  function show(next) {
    last = next;
    const { found, instance } = next;
    const lanes = lanesOf(found, instance).filter(({ outcome, attempts }) => !onlyOpen || outcome === "open"
      || outcome === "failed" || attempts?.length > 1);
    const place = places(found, byTurn);
    for (const button of scale.children) button.setAttribute("aria-pressed",
      String((button.dataset.turn === "true") === byTurn));
    fill(axis, ticks(found, byTurn).map(({ share, text }) => make("span", { look: { left: `${share * 100}%` } },
      text)));
    fill(bands, found.pauses.map(pause => make("span",
      { look: box(place(pause.start, pause.turn), place(pause.end ?? found.end, pause.endTurn ?? found.turns)) })));
    fill(list, lanes.slice(0, most).map(lane => row(lane, place, found)));
    fill(more, lanes.length > most
      && make("button", { type: "button", on: { click: () => { most += LANES; show(last); } } },
      `Show ${Math.min(LANES, lanes.length - most)} more of ${several(lanes.length, "lane")}`));
    root.classList.toggle("none", lanes.length === 0);
  }

  function row(lane, place, found) {
    const key = `${lane.kind} ${lane.id ?? lane.name}`;
    const details = make("div.lane-details", { hidden: !open.has(key) });
    const button = make("button.plain.lane-name", {
      type: "button", "aria-expanded": String(open.has(key)), "aria-label": spoken(lane, found), data: { focus: key },
      on: {
        click: () => {
          const isOpen = !open.delete(key);
          if (isOpen) open.add(key);
          button.setAttribute("aria-expanded", String(isOpen));
          details.hidden = !isOpen;
          if (isOpen) fill(details, lane.details(lane));
        },
      },
    }, kind(lane.outcome === "failed" ? "fail" : lane.kind, make("b", {}, lane.title), lane.id !== undefined
      && make("span.soft", {}, ` #${lane.id}`)));
    if (open.has(key)) fill(details, lane.details(lane));
    const track = make("div.track", { "aria-hidden": "true" }, lane.bars(place));
    return make("li.lane", {}, button, track, make("span.took.soft", {}, lane.took), details);
  }

  fill(root, make("div.head", {}, make("p.soft", {}, "Press a name to see its data and its attempts."),
    make("span.end", {}, filter, scale)),
    make("div.chart", {}, axis, bands, list), more);
  show(last);
  return { element: root, show };
}

/** Everything that has a lane, in the order in which it began. */
function lanesOf(found, instance) {
  const calls = found.lanes.map(lane => ({
    ...lane, title: lane.kind === "timer" ? "timer" : lane.name, took: took(lane, found), details: callDetails,
    bars: place => callBars(lane, place, found),
  }));
  const raised = new Map();
  for (const mark of found.marks.filter(({ kind }) => kind === "event" || kind === "sent")) {
    const key = `${mark.kind} ${mark.name}`;
    if (!raised.has(key)) raised.set(key, { kind: mark.kind, name: mark.name, title: mark.kind === "sent"
      ? `sent ${mark.name}` : mark.name, start: mark.at, marks: [], details: eventDetails });
    raised.get(key).marks.push(mark);
  }
  for (const lane of raised.values()) {
    lane.took = lane.marks.length === 1 ? clock(lane.start) : `${lane.marks.length} times`;
    lane.bars = place => lane.marks.slice(0, 500).map(mark => make(`span.spot.for-${mark.kind}`,
      { look: { left: percent(place(mark.at, mark.turn)) }, title: `${mark.text}, ${clock(mark.at, true)}` }));
  }
  const awaited = found.ended ? [] : waits(instance).filter(wait => wait.kind === "event").map(wait => {
    const told = moment(wait.since);
    const last = found.rows.findLast(({ event }) => event.type === "OrchestratorStarted");
    const begin = Math.max(found.start, Number.isNaN(told) ? last?.at ?? found.start : told);
    const turn = Number.isNaN(told) ? found.turns - 1 : found.rows.findLast(({ at }) => at <= told)?.turn ?? 0;
    return {
      kind: "event", name: `${wait.name} `, title: `waits for ${wait.name}`, start: begin, outcome: "open",
      took: length(found.end - begin),
      details: () => [make("p", {}, Number.isNaN(told)
      ? "Nobody has raised it yet. It waits at least since the last turn of the orchestrator."
      : `Nobody has raised it since ${day(told)}.`)],
      bars: place => [make("span.bar.for-event.is-open",
        { look: box(place(begin, turn), place(found.end, found.turns)) })],
    };
  });
  return [...calls, ...raised.values(), ...awaited].sort((one, other) => one.start - other.start);
}

/** Where a moment is, from 0 to 1: in time, or by the turn in which it was. */
function places(found, byTurn) {
  const span = Math.max(1, found.end - found.start);
  const turns = Math.max(1, found.turns);
  return (time, turn) => Math.max(0, Math.min(1, byTurn ? (turn ?? turns) / turns
    : ((time ?? found.end) - found.start) / span));
}

const percent = share => `${(share * 100).toFixed(3)}%`;
const box = (from, to) => ({ left: percent(from), width: `max(4px, ${percent(Math.max(0, to - from))})` });

function callBars(lane, place, found) {
  const pauses = (lane.pauses ?? []).map(({ start, end }) => ({ start, end }));
  return [
    pauses.length > 0 && lane.attempts.length > 1 && make("span.pause", {
      look: box(place(lane.attempts[0].end, lane.attempts[0].endTurn), place(lane.attempts.at(-1).start,
        lane.attempts.at(-1).turn)),
    }),
    ...lane.attempts.map((attempt, index) =>
      make(`span.bar.for-${lane.kind}.is-${attempt.outcome === "open" && found.ended ? "gone" : attempt.outcome}`, {
      look: box(place(attempt.start, attempt.turn), place(attempt.end ?? found.end, attempt.endTurn ?? found.turns)),
      title: `${lane.name}${lane.attempts.length > 1 ? `, attempt ${index + 1}` : ""}: ${clock(attempt.start, true)}, ${length((attempt.end ?? found.end) - attempt.start)}`,
    })),
    lane.kind === "timer" && lane.outcome === "open" && lane.fireAt > found.end && make("span.until", {},
      `until ${day(lane.fireAt)}`),
  ];
}

function took(lane, found) {
  const time = length((lane.end ?? found.end) - lane.start);
  const attempts = lane.attempts.length > 1 ? `${lane.attempts.length}× ` : "";
  return `${attempts}${time}${lane.outcome === "open" ? "…" : ""}`;
}

function spoken(lane, found) {
  if (lane.marks) return `${lane.kind === "sent" ? "sent event" : "event"} ${lane.name}, ${several(lane.marks.length, "time")}`;
  const outcome = { done: "done", failed: "failed", open: "not ended", "given up": "given up" }[lane.outcome];
  const attempts = lane.attempts?.length > 1 ? `, ${lane.attempts.length} attempts` : "";
  return `${lane.kind} ${lane.title}, ${outcome}, ${length((lane.end ?? found.end) - lane.start)}${attempts}`;
}

function callDetails(lane) {
  return [
    lane.instanceId && make("p", {}, "Instance ", make("a.id", { href: link("instances", lane.instanceId) },
      lane.instanceId)),
    lane.fireAt && make("p", {}, "Fires at ", day(lane.fireAt)),
    lane.attempts.length > 1 && make("div.scroll", {},
      make("table", {}, make("thead", {}, make("tr", {}, ["Attempt", "Began", "Took", "Outcome", "Failure"]
      .map(text => make("th", { scope: "col" }, text)))),
      make("tbody", {}, lane.attempts.map((attempt, index) => make("tr", {}, make("td", {}, `${index + 1}`),
        make("td.tight", {}, clock(attempt.start, true)),
        make("td.tight", {}, attempt.end === null ? "–" : length(attempt.end - attempt.start)),
        make("td.tight", {}, attempt.outcome),
        make("td", {}, attempt.failure ? `${attempt.failure.type}: ${attempt.failure.message}` : "")))))),
    lane.failure && failureView(lane.failure),
    lane.input !== undefined && payload("Input", lane.input),
    lane.result !== undefined && payload("Result", lane.result),
  ];
}

const eventDetails = lane => lane.marks.slice(0, 20).map(mark => payload(`${mark.text}, ${day(mark.at)}`,
  mark.event.input ?? null));

function ticks(found, byTurn) {
  if (byTurn) {
    const step = Math.max(1, Math.ceil(found.turns / 8));
    return Array.from({ length: Math.ceil(found.turns / step) },
      (_, index) => ({ share: index * step / found.turns, text: `turn ${index * step + 1}` }));
  }
  const span = found.end - found.start;
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000,
    600000, 900000, 1800000, 3600000,
    7200000, 14400000, 21600000, 43200000, 86400000, 172800000, 604800000, 2592000000, 31536000000];
  const size = sizes.find(one => span / one <= 6) ?? span / 6;
  const marks = [];
  for (let time = 0; time < span * 0.97; time += Math.max(1, size)) marks.push({ share: time / Math.max(1, span),
    text: time === 0 ? clock(found.start) : `+${length(time)}` });
  return marks;
}
