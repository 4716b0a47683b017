// Reads a history: which calls there were, with their attempts, and when. Pure.

import { moment } from "./format.js";

const ANSWERS = {
  TaskCompleted: "done", TaskFailed: "failed", SubOrchestrationCompleted: "done", SubOrchestrationFailed: "failed",
  TimerFired: "done",
};

/**
 * A history as lanes and marks.
 *
 * A history has one time for each turn, in its `OrchestratorStarted`: what stands between two of them happened at the
 * time of the first.
 *
 * @param events as the API gives them.
 * @param now the time at which what is open ends in pictures.
 * @returns `rows`: each event with its time and number; `lanes`: activities, timers and children, with attempts and
 *   outcome; `marks`: events, suspensions and what else happened at one moment; `facts`: the first event; `end`.
 */
export function model(events, now = Date.now()) {
  const rows = [];
  const lanes = [];
  const marks = [];
  const pauses = [];
  const byID = new Map();
  let facts = {};
  let time = NaN;
  let turn = -1;
  let fired = [];
  let ended = null;

  function lane(kind, event, more = {}) {
    const one = { kind, id: event.id, name: event.name ?? kind, input: event.input, start: time, turn, end: null,
      outcome: "open", attempts: [], ...more };
    one.attempts.push({ id: event.id, start: time, turn, end: null, outcome: "open" });
    byID.set(event.id, one);
    lanes.push(one);
    return one;
  }

  function again(event) {
    const one = byID.get(event.retryOf);
    if (!one) return lane("activity", event);
    // The timer that led to this attempt is the pause between two attempts, no lane of its own.
    const pause = fired.pop();
    if (pause && pause.start >= (one.attempts.at(-1).end ?? Infinity)) {
      lanes.splice(lanes.indexOf(pause), 1);
      one.pauses = [...one.pauses ?? [], { start: pause.start, end: pause.end }];
    }
    Object.assign(one, { end: null, outcome: "open", failure: undefined });
    one.attempts.push({ id: event.id, start: time, turn, end: null, outcome: "open" });
    byID.set(event.id, one);
    return one;
  }

  function answered(event) {
    const one = byID.get(event.id);
    if (!one) return;
    const attempt = one.attempts.find(({ id }) => id === event.id);
    const outcome = ANSWERS[event.type];
    Object.assign(attempt, { end: time, endTurn: turn, outcome, failure: event.failure });
    Object.assign(one, { end: time, outcome, result: event.result, failure: event.failure });
    if (event.type === "TimerFired") fired.push(one);
  }

  events.forEach((event, index) => {
    switch (event.type) {
      case "OrchestratorStarted":
        time = moment(event.timestamp);
        turn++;
        fired = [];
        break;
      case "ExecutionStarted": facts = event; break;
      case "TaskScheduled":
        if (event.retryOf === undefined) lane("activity", event);
        else again(event);
        break;
      case "SubOrchestrationCreated": lane("child", event, { instanceId: event.instanceID }); break;
      case "TimerCreated": lane("timer", event, { name: "timer", fireAt: moment(event.fireAt) }); break;
      case "EventSent": marks.push({ kind: "sent", at: time, turn, name: event.name,
        text: `event ${event.name} to ${event.instanceID}`, event }); break;
      case "OrchestrationStarted": marks.push({ kind: "child", at: time, turn, name: event.name,
        text: `started ${event.name} as ${event.instanceID}`, event }); break;
      case "EventRaised": marks.push({ kind: "event", at: time, turn, name: event.name, text: `event ${event.name}`,
        event }); break;
      case "ExecutionSuspended":
        pauses.push({ start: time, turn, end: null, reason: event.reason });
        marks.push({ kind: "life", at: time, turn, name: "suspended", text: `suspended${because(event.reason)}`,
          event });
        break;
      case "ExecutionResumed":
        if (pauses.length > 0) Object.assign(pauses.at(-1), { end: time, endTurn: turn });
        marks.push({ kind: "life", at: time, turn, name: "resumed", text: `resumed${because(event.reason)}`, event });
        break;
      case "ExecutionTerminated": marks.push({ kind: "fail", at: time, turn, name: "terminated",
        text: `terminated${because(event.reason)}`, event }); break;
      case "ExecutionCompleted":
        ended = { at: time, turn, status: event.status };
        marks.push({ kind: event.status === "Failed" ? "fail" : "life", at: time, turn, name: event.status,
          text: `ended: ${event.status}`, event });
        break;
      case "ContinuedAsNew": ended = { at: time, turn, status: "ContinuedAsNew" }; break;
      default: if (ANSWERS[event.type]) answered(event);
    }
    rows.push({ index, at: time, turn: Math.max(0, turn), event, of: ANSWERS[event.type] ? byID.get(event.id)?.name
      : undefined });
  });

  const end = ended?.at ?? now;
  for (const one of lanes) {
    // Nobody waits for what was open when the instance ended.
    if (ended && one.outcome === "open") one.outcome = "given up";
  }
  const first = rows.find(({ at }) => !Number.isNaN(at))?.at ?? now;
  return { rows, lanes, marks, pauses, facts, start: first, end: Math.max(first, end), turns: turn + 1, ended };
}

const because = reason => (reason ? `: ${reason}` : "");

/** The children of an instance, from its events: those that it called, and those that it started without waiting. */
export function children(events) {
  return events.filter(({ type }) => type === "SubOrchestrationCreated" || type === "OrchestrationStarted")
    .map(({ type, name, instanceID, id }) => ({ name, instanceId: instanceID, id,
      waits: type === "SubOrchestrationCreated" }));
}
