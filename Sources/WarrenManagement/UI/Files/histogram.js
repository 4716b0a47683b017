// Starts over time, above the ground; what failed or was terminated in the same time, below it.

import { draw, fill, make } from "./dom.js";
import { clock, count, day, moment, several } from "./format.js";

const HEIGHT = 108;
const GROUND = 74;
/** What is shown below the ground. */
export const ENDINGS = ["Failed", "Terminated", "Canceled"];

const sum = (counts = {}) => Object.values(counts).reduce((all, one) => all + one, 0);

/**
 * The picture of a histogram. The arrow keys move from bar to bar; the Enter key, or a click, chooses the time of one,
 * and dragging that of several. Below the ground it is the time in which they failed or were ended; with the keys, Shift and
 * Enter.
 *
 * @param choose called with the times between which instances were created, or, if the third argument is true, ended.
 */
export function chart(choose) {
  const root = make("div.histogram", {});
  const words = make("p.reading", { "aria-hidden": "true" });
  let last = null;
  let at = null;
  let from = null;
  let isBelow = false;

  function show(answer) {
    last = answer;
    const { buckets } = answer;
    const most = Math.max(1, ...buckets.map(({ counts }) => sum(counts)));
    const mostBelow = Math.max(1, ...buckets.map(({ ended }) => sum(ended)));
    const wide = 100 / buckets.length;
    const bars = buckets.flatMap(({ counts, ended }, index) => {
      const all = sum(counts);
      const bad = sum(ended);
      const place = { x: `${index * wide + wide * 0.08}%`, width: `${wide * 0.84}%` };
      const up = Math.max(all > 0 ? 2 : 0, (GROUND - 8) * all / most);
      const failed = ended?.Failed ?? 0;
      const down = height => Math.max(height > 0 ? 3 : 0, (HEIGHT - GROUND - 3) * height / mostBelow);
      return [
        all > 0 && draw("rect.up", { ...place, y: GROUND - up, height: up }),
        bad > 0 && draw("rect.ended", { ...place, y: GROUND, height: down(bad) }),
        failed > 0 && draw("rect.down", { ...place, y: GROUND, height: down(failed) }),
      ];
    });
    fill(svg, bars.filter(Boolean), draw("line.ground", { x1: 0, x2: "100%", y1: GROUND, y2: GROUND }), cursor);
    fill(axis, ticks(answer).map(({ text, share }) => make("span", { look: { left: `${share * 100}%` } }, text)));
    const total = buckets.reduce((all, { counts }) => all + sum(counts), 0);
    const bad = buckets.reduce((all, { ended }) => all + (ended?.Failed ?? 0), 0);
    summary = `${answer.atLeast ? "At least " : ""}${several(total, "start")} and ${several(bad, "failure")} in this time`;
    track.setAttribute("aria-valuemax", buckets.length - 1);
    move(at === null ? null : Math.min(at, buckets.length - 1));
  }

  let summary = "";
  const cursor = draw("rect.cursor", { y: 0, height: HEIGHT, width: 0 });
  const svg = draw("svg", { "aria-hidden": "true", focusable: "false", height: HEIGHT, width: "100%" });
  const axis = make("div.axis", { "aria-hidden": "true" });
  const track = make("div.track", {
    tabindex: 0, role: "slider", "aria-label": "Starts and failures over time", "aria-valuemin": 0, "aria-valuenow": 0,
    title: "Click a bar, or drag over several, to see what was started then; below the line, what failed then",
    on: { keydown, pointermove, pointerdown, pointerup, pointerleave: () => from === null && move(null),
      blur: () => move(null), focus: () => at === null && last && move(last.buckets.length - 1) },
  }, svg);

  const time = index => moment(last.buckets[index].start);
  const end = index => time(index) + last.width * 1000;

  function reading(index) {
    const { counts, ended = {} } = last.buckets[index];
    const now = Object.entries(counts).map(([status, one]) => `${count(one)} ${status}`);
    const then = Object.entries(ended).map(([status, one]) => `${count(one)} ${status.toLowerCase()} then`);
    const started = sum(counts);
    const parts = [started > 0 && `${several(started, "start")}, now ${now.join(", ")}`, ...then].filter(Boolean);
    const wide = last.width >= 43200 ? "" : `–${clock(end(index)).slice(0, 5)}`;
    return `${day(time(index), false)}${wide}: ${parts.length > 0 ? parts.join("; ") : "nothing was started, nothing failed"}`;
  }

  /** Marks a bar, or those from where a drag began; none for `null`. */
  function move(index) {
    at = index;
    const text = index === null || !last ? summary : reading(index);
    words.textContent = text;
    track.setAttribute("aria-valuetext", text);
    if (index === null || !last) {
      cursor.setAttribute("width", 0);
      return;
    }
    track.setAttribute("aria-valuenow", index);
    const [first, behind] = [Math.min(from ?? index, index), Math.max(from ?? index, index) + 1];
    cursor.setAttribute("x", `${first * 100 / last.buckets.length}%`);
    cursor.setAttribute("width", `${(behind - first) * 100 / last.buckets.length}%`);
  }

  const under = event => {
    const box = track.getBoundingClientRect();
    return Math.max(0, Math.min(last.buckets.length - 1,
      Math.floor((event.clientX - box.left) / box.width * last.buckets.length)));
  };

  function pointermove(event) {
    if (last) move(under(event));
  }

  function pointerdown(event) {
    if (!last || event.button !== 0) return;
    from = under(event);
    isBelow = event.clientY - track.getBoundingClientRect().top > GROUND;
    track.setPointerCapture(event.pointerId);
    move(from);
  }

  function pointerup(event) {
    if (from === null || !last) return;
    const to = under(event);
    const [first, final] = [Math.min(from, to), Math.max(from, to)];
    from = null;
    choose(time(first), end(final), isBelow);
  }

  function keydown(event) {
    if (!last) return;
    const here = at ?? last.buckets.length - 1;
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last.buckets.length - 1 }[event.key];
    if (next !== undefined) move(Math.max(0, Math.min(last.buckets.length - 1, next)));
    else if (event.key === "Enter") choose(time(here), end(here), event.shiftKey);
    else return;
    event.preventDefault();
  }

  fill(root, track, axis, make("div.under", {}, words, make("p.legend", {}, make("span.up", {}, "started"),
    make("span.down", {}, "failed"),
    make("span.ended", {}, "terminated"), "below the line: when it ended, on a scale of its own")));
  return { element: root, show };
}

/** Where the axis has a text: at round times of the reader's clock. */
function ticks({ from, to }) {
  const [begin, end] = [moment(from), moment(to)];
  const steps = [60, 120, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000]
    .map(step => step * 1000);
  const step = steps.find(one => (end - begin) / one <= 7) ?? (end - begin) / 6;
  const zone = new Date(begin).getTimezoneOffset() * 60000;
  const found = [];
  for (let time = Math.ceil((begin - zone) / step) * step + zone; time < end; time += step) {
    const share = (time - begin) / (end - begin);
    if (share > 0.03 && share < 0.97) found.push({ share, text: step >= 86400000
      ? day(time, false).replace(/ \d\d:\d\d$/, "") : clock(time).slice(0, 5) });
  }
  return found;
}
