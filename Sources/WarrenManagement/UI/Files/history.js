// The history as a table: every event as it was recorded.

import { fill, make } from "./dom.js";
import { brief, clock, day, length, several } from "./format.js";
import { failureView } from "./failure.js";
import { block } from "./json.js";
import { copyButton } from "./notes.js";
import { kind } from "./status.js";

/** How many rows are laid out at first, and with each press of the button. */
const ROWS = 200;

const KINDS = [
  ["fail", /Failed$|Terminated$/], ["activity", /^Task/], ["child", /^SubOrch|^Orchestration/], ["timer", /^Timer/],
  ["sent", /^EventSent/],
  ["event", /^EventRaised/], ["life", /./],
];

const kindOf = type => KINDS.find(([, form]) => form.test(type))[0];

/** @param found what `model` read. */
export function history(found, instance, more) {
  let most = ROWS;
  let last = found;
  let isMore = more;
  const open = new Set();
  const body = make("tbody", {});
  const foot = make("div.paging");
  const words = make("input", { type: "search", placeholder: "Name, number or data",
    "aria-label": "Only events with this text", on: { input: () => { most = ROWS; show(last); } } });
  const turns = make("input", { type: "checkbox", on: { change: () => show(last) } });

  function show(next) {
    last = next;
    const wanted = words.value.toLowerCase();
    const rows = last.rows.filter(({ event }) => (turns.checked || event.type !== "OrchestratorStarted")
      && (wanted === "" || JSON.stringify(event).toLowerCase().includes(wanted)));
    let before = null;
    fill(body, rows.slice(0, most).map(row => {
      const element = [line(row, before), open.has(row.index) && details(row)];
      before = row.at;
      return element;
    }));
    fill(foot, make("span.soft", {},
      `${several(rows.length, "event")}${wanted === "" ? "" : " with this text"}.`,
      isMore && " The history is longer: the rest is shown by 'warren status --history'."),
      make("span.end", {}, rows.length > most
        && make("button", { type: "button", on: { click: () => { most += ROWS; show(last); } } },
        `Show ${Math.min(ROWS, rows.length - most)} more`),
        copyButton(() => JSON.stringify(last.rows.map(({ event }) => event), null, 1), "the history as JSON")));
  }

  function line({ index, at, event, of }, before) {
    const button = make("button.plain.small", {
      type: "button", "aria-expanded": String(open.has(index)), "aria-label": `Data of event ${index}`,
      data: { focus: String(index) },
      on: {
        click: () => {
          if (!open.delete(index)) open.add(index);
          show(last);
          body.querySelector(`[data-index="${index}"] button`)?.focus();
        },
      },
    }, open.has(index) ? "−" : "+");
    const gap = before === null || at - before < 1 ? "" : `+${length(at - before)}`;
    return make("tr", { data: { index } }, make("td.tight.number.soft", {}, `${index}`),
      make("td.tight", {}, make("time", { title: day(at) }, clock(at, true))),
      make("td.tight.soft.number", {}, gap), make("td.tight", {}, kind(kindOf(event.type), event.type)),
      make("td", {}, make("span.cut-off", {}, summary(event, of))), make("td.tight", {}, button));
  }

  function details({ event }) {
    return make("tr.opened", {}, make("td", { colspan: 6 }, event.failure && failureView(event.failure),
      block(JSON.stringify(event, null, 2), "The event")));
  }

  fill(body);
  show(found);
  return {
    element: make("div.history", {}, make("div.history-tools", {}, words, make("label.check", {}, turns,
      "Beginnings of turns")),
      make("div.scroll", {}, make("table", {},
        make("thead", {}, make("tr", {}, ["#", "Time", "After", "Event", "What", "Data"]
        .map(text => make("th", { scope: "col" }, text)))), body)), foot),
    show: next => {
      isMore = next.more;
      show(next.found);
    },
  };
}

/** An event in one line. */
function summary(event, of) {
  const parts = [];
  if (event.name) parts.push(make("b", {}, event.name));
  else if (of && of !== "timer") parts.push(of);
  if (event.id !== undefined) parts.push(make("span.soft", {}, ` #${event.id}`));
  if (event.retryOf !== undefined) parts.push(` again, as #${event.retryOf}`);
  if (event.instanceID && event.type !== "ExecutionStarted") parts.push(make("span.id", {}, ` ${event.instanceID}`));
  if (event.fireAt) parts.push(` until ${event.fireAt}`);
  if (event.timestamp) parts.push(event.timestamp);
  if (event.status) parts.push(` ${event.status}`);
  if (event.reason) parts.push(` ${event.reason}`);
  if (event.failure) parts.push(` ${event.failure.type}: ${event.failure.message}`);
  const data = event.result ?? event.output ?? event.input;
  if (data !== undefined && data !== null) parts.push(make("code.soft", {}, ` ${brief(data, 160)}`));
  return parts;
}
