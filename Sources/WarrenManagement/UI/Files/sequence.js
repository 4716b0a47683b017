// The sequence: who asked whom, and when the answer came.

import { draw, fill, make } from "./dom.js";
import { clock, length } from "./format.js";

const STEP = 30;
const LANE = 190;
const TOP = 62;
/** How many messages are drawn at first, and with each press of the button. */
const MESSAGES = 150;
/** How many partners have a line of their own; the others share one. */
const PARTNERS = 14;

/** @param found what `model` read. */
export function sequence(found, instance) {
  let most = MESSAGES;
  const root = make("div.sequence");

  function show(found, instance) {
    const messages = messagesOf(found, instance);
    const names = partners(messages);
    const shown = messages.slice(0, most);
    const width = names.length * LANE;
    const height = TOP + shown.length * STEP + 24;
    const x = name => (Math.max(0, names.findIndex(one => one.key === name)) + 0.5) * LANE;
    const place = key => (names.some(one => one.key === key) ? key : "others");
    const picture = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `Sequence of ${messages.length} messages. The history has the same as a table.` },
      names.map(({ key, title, sub }) => [
        draw("line.life", { x1: x(key), x2: x(key), y1: TOP - 14, y2: height }),
        draw("rect.partner", { x: x(key) - LANE / 2 + 8, y: 6, width: LANE - 16, height: 40, rx: 6 }),
        draw("text.partner-name", { x: x(key), y: 24 }, cut(title, 23)), draw("text.partner-sub", { x: x(key), y: 39 },
          cut(sub, 27)),
        draw("title", {}, title),
      ]),
      shown.map((message, index) => arrow(message, TOP + index * STEP + 16, x(place(message.from)),
        x(place(message.to)))));
    fill(root, make("div.scroll", { tabindex: 0, role: "region", "aria-label": "Sequence" }, picture),
      messages.length > most && make("button",
        { type: "button", on: { click: () => { most += MESSAGES; show(found, instance); } } },
        `Show ${Math.min(MESSAGES, messages.length - most)} more of ${messages.length} messages`));
  }

  show(found, instance);
  return { element: root, show: ({ found, instance }) => show(found, instance) };
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function arrow({ text, at, looks, title }, y, from, to) {
  const isLoop = from === to;
  const path = isLoop ? `M${from} ${y - 6}h26v12h-20` : `M${from} ${y}H${to + (to > from ? -6 : 6)}`;
  const tip = isLoop ? `M${from} ${y + 6}l8-4v8z` : `M${to} ${y}l${to > from ? -8 : 8}-4v8z`;
  const middle = isLoop ? from + 32 : (from + to) / 2;
  const most = isLoop ? 20 : Math.max(18, Math.floor(Math.abs(to - from) / 7.4));
  return draw(`g.message.${looks}`, {}, draw("title", {}, `${clock(at, true)} ${title ?? text}`),
    draw("path.way", { d: path }), draw("path.fill", { d: tip }),
    draw("text", { x: middle, y: isLoop ? y + 4 : y - 5, class: isLoop ? "beside" : "over" }, cut(text, most)));
}

/** The messages in the order of the history. */
function messagesOf(found, instance) {
  const self = "self";
  const calls = new Map();
  const messages = [];
  for (const { event, at } of found.rows) {
    const { type, id, name } = event;
    const call = calls.get(id);
    const after = call && at > call.at ? `, ${length(at - call.at)}` : "";
    switch (type) {
      case "ExecutionStarted": messages.push({ from: "outside", to: self, text: `start ${name}`, at,
        looks: "ask" }); break;
      case "TaskScheduled":
        calls.set(id, { at, to: `activity ${name}`, name });
        messages.push({ from: self, to: `activity ${name}`,
          text: `${name} #${id}${event.retryOf === undefined ? "" : ", again"}`, at, looks: "ask" });
        break;
      case "SubOrchestrationCreated":
        calls.set(id, { at, to: `child ${name}`, name });
        messages.push({ from: self, to: `child ${name}`, text: `call #${id}`, at, looks: "ask",
          title: `call ${event.instanceID}` });
        break;
      case "TimerCreated":
        calls.set(id, { at, to: self, name: "timer" });
        messages.push({ from: self, to: self, text: `timer #${id}`, at, looks: "ask",
          title: `timer until ${event.fireAt}` });
        break;
      case "TaskCompleted": case "SubOrchestrationCompleted": messages.push({ from: call?.to ?? "outside", to: self,
        text: `result #${id}${after}`, at, looks: "answer" }); break;
      case "TaskFailed": case "SubOrchestrationFailed":
        messages.push({ from: call?.to ?? "outside", to: self, text: `✕ ${event.failure?.type ?? "failed"}${after}`, at,
          looks: "failed", title: event.failure?.message });
        break;
      case "TimerFired": messages.push({ from: self, to: self, text: `fired #${id}`, at, looks: "answer" }); break;
      case "EventRaised": messages.push({ from: "outside", to: self, text: `event ${name}`, at,
        looks: "event" }); break;
      case "EventSent": messages.push({ from: self, to: "instances", text: `event ${name}`, at, looks: "event",
        title: `event ${name} to ${event.instanceID}` }); break;
      case "OrchestrationStarted": messages.push({ from: self, to: "instances", text: `start ${name}`, at, looks: "ask",
        title: `start ${event.instanceID}` }); break;
      case "ExecutionSuspended": case "ExecutionResumed": case "ExecutionTerminated": case "ExecutionRewound":
        messages.push({ from: "outside", to: self, text: { ExecutionSuspended: "suspend", ExecutionResumed: "resume",
          ExecutionTerminated: "terminate", ExecutionRewound: "rewind" }[type], at, looks: "event", title: event.reason });
        break;
      case "ExecutionCompleted": messages.push({ from: self, to: "outside", text: event.status === "Failed"
        ? `✕ ${event.failure?.type ?? "failed"}` : event.status, at, looks: event.status === "Failed" ? "failed"
        : "answer" }); break;
      case "ContinuedAsNew": messages.push({ from: self, to: self, text: "continues as new", at,
        looks: "answer" }); break;
      default: break;
    }
  }
  messages.self = { name: instance.name, id: instance.instanceId };
  return messages;
}

/** Who takes part: outside, the instance, then everybody else in the order in which they were asked. */
function partners(messages) {
  const others = [...new Set(messages.flatMap(({ from, to }) => [from, to]))].filter(key => key !== "self"
    && key !== "outside");
  const named = others.slice(0, PARTNERS).map(key => {
    if (key === "instances") return { key, title: "other instances", sub: "" };
    const [sub, title] = key.split(/ (.*)/s);
    return { key, title, sub };
  });
  return [
    { key: "outside", title: "outside", sub: "publishers, callers" }, { key: "self", title: messages.self.name,
      sub: messages.self.id }, ...named,
    ...(others.length > PARTNERS ? [{ key: "others", title: "others", sub: `${others.length - PARTNERS} more` }] : []),
  ];
}
