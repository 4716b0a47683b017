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
/** How much closer a press of a key or a button comes, how far it moves, and the closest of all. */
const ZOOM = 2;
const STEP = 0.25;
const CLOSEST = { time: 1, turn: 1 };

/** @param found what `model` read. @param instance the instance, for what it waits for now. */
export function timeline(found, instance) {
  let byTurn = false;
  /** The part that is shown: from and to, as moments or as turns; all of it for `null`. */
  let part = null;
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
    on: { click: () => { byTurn = value; look(null); } },
  }, text)));
  const buttons = Object.entries({ out: ["−", "Show more of the time"], in: ["+", "Show less of the time, but closer"],
    all: ["All", "Show all of the time"] }).map(([name, [text, label]]) => make("button.small", { type: "button", title: label,
    "aria-label": label, data: { zoom: name },
    on: { click: () => (name === "all" ? look(null) : zoom(name === "in" ? ZOOM : 1 / ZOOM)) } }, text));
  const shown = make("p.soft.shown", { role: "status" });
  const selected = make("span.selected", { hidden: true });

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
    const whole = bounds(found, byTurn);
    if (part && part.to > whole.to && part.from <= whole.from) part = null;
    const seen = part ?? whole;
    const place = places(found, byTurn, seen);
    const within = part ? lanes.filter(lane => touches(lane, seen, byTurn, found)) : lanes;
    for (const button of scale.children) button.setAttribute("aria-pressed",
      String((button.dataset.turn === "true") === byTurn));
    // The first text begins at its place, and has to have room.
    const room = innerWidth < 760 ? 0.22 : 0.09;
    fill(axis, ticks(found, byTurn, seen).filter(({ share }, index) => index === 0 || share > room).map(({ share, text }) => make("span", { look: { left: `${share * 100}%` } },
      text)), selected);
    fill(bands, found.pauses.map(pause => box(place(pause.start, pause.turn), place(pause.end ?? found.end,
      pause.endTurn ?? found.turns))).filter(Boolean).map(look => make("span", { look })));
    fill(list, within.slice(0, most).map(lane => row(lane, place, found)));
    fill(more, within.length > most
      && make("button", { type: "button", on: { click: () => { most += LANES; show(last); } } },
      `Show ${Math.min(LANES, within.length - most)} more of ${several(within.length, "lane")}`),
    part && within.length === 0 && make("p.soft", {}, "Nothing happens in this part."));
    for (const button of buttons) button.disabled = button.dataset.zoom !== "in" && !part;
    const text = !part ? "" : `${byTurn ? `turns ${Math.floor(seen.from) + 1} to ${Math.ceil(seen.to)} of ${found.turns}`
      : `${day(seen.from)} and ${length(seen.to - seen.from)} more`}: ${within.length} of ${several(lanes.length, "lane")}`;
    if (shown.textContent !== text) shown.textContent = text;
    root.classList.toggle("none", lanes.length === 0);
  }

  /** Shows a part; `null` or too much for all. */
  function look(next) {
    const whole = bounds(last.found, byTurn);
    const span = next ? Math.max(CLOSEST[byTurn ? "turn" : "time"], next.to - next.from) : Infinity;
    part = null;
    if (span < whole.to - whole.from) {
      const from = Math.max(whole.from, Math.min(whole.to - span, next.from));
      part = { from, to: from + span };
    }
    most = LANES;
    show(last);
  }

  /** Comes so many times closer, or goes away; what is at a share of the width stays there. */
  function zoom(times, share = 0.5) {
    const { from, to } = part ?? bounds(last.found, byTurn);
    const at = from + (to - from) * share;
    look({ from: at - (at - from) / times, to: at + (to - at) / times });
  }

  function move(steps) {
    if (!part) return;
    const by = (part.to - part.from) * steps;
    look({ from: part.from + by, to: part.to + by });
  }

  function toEnd(isLast) {
    if (!part) return;
    const whole = bounds(last.found, byTurn);
    const span = part.to - part.from;
    look(isLast ? { from: whole.to - span, to: whole.to } : { from: whole.from, to: whole.from + span });
  }

  const under = event => {
    const box = axis.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  let begun = null;

  function mark(to) {
    selected.hidden = begun === null;
    if (begun !== null) Object.assign(selected.style, { left: percent(Math.min(begun, to)), width: percent(Math.abs(to - begun)) });
  }

  /** The axis is dragged over to come closer to what lies below it, and pressed twice to see all. */
  const hands = {
    pointerdown(event) {
      if (event.button !== 0) return;
      begun = under(event);
      axis.setPointerCapture(event.pointerId);
      mark(begun);
      event.preventDefault();
      chart.focus({ preventScroll: true });
    },
    pointermove: event => begun !== null && mark(under(event)),
    pointerup(event) {
      if (begun === null) return;
      const [first, final] = [Math.min(begun, under(event)), Math.max(begun, under(event))];
      begun = null;
      mark(0);
      if (final - first < 0.005) return;
      const { from, to } = part ?? bounds(last.found, byTurn);
      look({ from: from + (to - from) * first, to: from + (to - from) * final });
    },
    pointercancel() {
      begun = null;
      mark(0);
    },
    dblclick: () => look(null),
  };

  function wheel(event) {
    // The plain wheel scrolls the page. A pinch on a touchpad comes as a wheel with Control.
    if (event.ctrlKey) zoom(Math.exp(-event.deltaY / 200), under(event));
    else if (part && Math.abs(event.deltaX) > Math.abs(event.deltaY)) move(event.deltaX / 800);
    else return;
    event.preventDefault();
  }

  function keydown(event) {
    if (event.target !== chart || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") zoom(ZOOM);
    else if (event.key === "-") zoom(1 / ZOOM);
    else if (event.key === "0") look(null);
    else if (event.key === "ArrowLeft") move(-STEP);
    else if (event.key === "ArrowRight") move(STEP);
    else if (event.key === "Home" || event.key === "End") toEnd(event.key === "End");
    else return;
    event.preventDefault();
    event.stopPropagation();
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

  for (const [name, act] of Object.entries(hands)) axis.addEventListener(name, act);
  const chart = make("div.chart", { tabindex: 0, role: "group", "aria-label": "Timeline: plus and minus zoom, the arrow keys move, 0 shows all",
    on: { keydown } }, axis, bands, list);
  chart.addEventListener("wheel", wheel, { passive: false });
  fill(root, make("div.head", {}, make("p.soft", {}, "Press a name to see its data and its attempts. Drag over the axis to zoom."),
    make("span.end", {}, make("div.choice", { role: "group", "aria-label": "Zoom" }, buttons), filter, scale)),
    shown, chart, more);
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
    lane.bars = place => lane.marks.filter(mark => isSeen(place(mark.at, mark.turn))).slice(0, 500).map(mark => make(`span.spot.for-${mark.kind}`,
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
      turn,
      bars: place => {
        const look = box(place(begin, turn), place(found.end, found.turns));
        return [look && make("span.bar.for-event.is-open", { look })];
      },
    };
  });
  return [...calls, ...raised.values(), ...awaited].sort((one, other) => one.start - other.start);
}

/** The ends of the scale: moments, or turns. */
const bounds = (found, byTurn) => (byTurn ? { from: 0, to: Math.max(1, found.turns) }
  : { from: found.start, to: Math.max(found.start + 1, found.end) });

/** Where a moment, or the turn in which it was, is in the part that is shown: from 0 to 1 if it is in it. */
function places(found, byTurn, { from, to }) {
  return (time, turn) => ((byTurn ? turn ?? found.turns : time ?? found.end) - from) / (to - from);
}

/** Whether anything of a lane is in a part. */
function touches(lane, { from, to }, byTurn, found) {
  const at = (time, turn) => (byTurn ? turn : time);
  if (lane.marks) return lane.marks.some(mark => at(mark.at, mark.turn) >= from && at(mark.at, mark.turn) <= to);
  const first = lane.attempts?.[0] ?? lane;
  const final = lane.attempts?.at(-1) ?? lane;
  return at(first.start, first.turn ?? found.turns) <= to && at(final.end ?? found.end, final.endTurn ?? found.turns) >= from;
}

const percent = share => `${(share * 100).toFixed(3)}%`;

/** The box between two places as far as it is seen; `null` if it is not. */
function box(from, to) {
  if (to < 0 || from > 1) return null;
  const left = Math.max(0, from);
  return { left: percent(left), width: `max(4px, ${percent(Math.max(0, Math.min(1, to) - left))})` };
}

const isSeen = share => share >= 0 && share <= 1;

function callBars(lane, place, found) {
  const { attempts } = lane;
  const pause = (lane.pauses ?? []).length > 0 && attempts.length > 1
    && box(place(attempts[0].end, attempts[0].endTurn), place(attempts.at(-1).start, attempts.at(-1).turn));
  return [
    pause && make("span.pause", { look: pause }),
    ...attempts.map((attempt, index) => {
      const look = box(place(attempt.start, attempt.turn), place(attempt.end ?? found.end, attempt.endTurn ?? found.turns));
      const outcome = attempt.outcome === "open" && found.ended ? "gone" : attempt.outcome;
      return look && make(`span.bar.for-${lane.kind}.is-${outcome}`, { look,
        title: `${lane.name}${attempts.length > 1 ? `, attempt ${index + 1}` : ""}: ${clock(attempt.start, true)}, ${length((attempt.end ?? found.end) - attempt.start)}`,
      });
    }),
    lane.kind === "timer" && lane.outcome === "open" && lane.fireAt > found.end && isSeen(place(found.end, found.turns))
      && make("span.until", {}, `until ${day(lane.fireAt)}`),
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

function ticks(found, byTurn, { from, to }) {
  const span = to - from;
  if (byTurn) {
    const step = Math.max(1, Math.ceil(span / 8));
    const first = Math.ceil(from / step) * step;
    return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) },
      (_, index) => ({ share: (first + index * step - from) / span, text: `turn ${first + index * step + 1}` }));
  }
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000,
    600000, 900000, 1800000, 3600000,
    7200000, 14400000, 21600000, 43200000, 86400000, 172800000, 604800000, 2592000000, 31536000000];
  const size = Math.max(1, sizes.find(one => span / one <= 6) ?? span / 6);
  const marks = [];
  for (let time = Math.ceil((from - found.start) / size) * size; found.start + time < from + span * 0.97; time += size) {
    marks.push({ share: (found.start + time - from) / span, text: time === 0 ? clock(found.start) : `+${length(time)}` });
  }
  return marks;
}
