// Asks the server. Everything that this page knows of `/api/v1` is here.

const BASE = new URL("../api/v1/", location.href.replace(/#.*$/, "")).pathname;
const KEY = "warren-key";

/** The number of history events that one page takes in. A longer history is shown up to here, and says so. */
export const MOST_EVENTS = 20000;

/** What the server refused, in its own words, or that it could not be reached (`status` 0). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body.code ?? "";
    this.field = body.field;
    this.remedy = body.remedy;
  }
}

let key = null;
try {
  key = sessionStorage.getItem(KEY);
} catch {
  // Without storage the key is asked for after every reload.
}

export const hasKey = () => key !== null;

/** Keeps a key for this tab, until it is closed; `null` forgets it. */
export function setKey(text) {
  key = text;
  try {
    if (text === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, text);
  } catch {
    // See above.
  }
}

let askForKey = async () => false;
let asking = null;
let isGivenUp = false;

/** Sets what is called when the server wants a key, or another one: it resolves to whether there is one now. */
export function whenLocked(act) {
  askForKey = act;
}

/**
 * Asks for a key once, however many requests want one at the same time. Whoever gives none is not asked again: streams
 * try again and again.
 */
function unlock(problem) {
  if (isGivenUp) return false;
  asking ??= askForKey(problem).then(isGiven => {
    isGivenUp = !isGiven;
    return isGiven;
  }).finally(() => {
    asking = null;
  });
  return asking;
}

function address(path, query = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") words.set(name, value);
  }
  const text = words.toString();
  return BASE + path.map(encodeURIComponent).join("/") + (text === "" ? "" : `?${text}`);
}

/** Requests, asks for a key if the server wants one, and throws a `Problem` unless the answer is a good one. */
export async function request(method, path, { query, body, signal, accept = "application/json" } = {}) {
  for (;;) {
    const sent = key;
    const headers = { Accept: accept };
    if (sent !== null) headers.Authorization = `Bearer ${sent}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(address(path, query), {
        method, headers, signal, cache: "no-store", credentials: "omit", redirect: "error",
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem(0, { code: "unreachable", detail: "The server does not answer.",
        remedy: "Is it running? The page asks again." });
    }
    if (answer.ok) return answer;
    const problem = new Problem(answer.status, await answer.json().catch(() => ({})));
    // Another request may have got a key meanwhile: then this one tries that.
    if (answer.status === 401 && (key !== sent || await unlock(problem))) continue;
    throw problem;
  }
}

const get = async (path, query, signal) => (await request("GET", path, { query, signal })).json();
const post = async (path, body) => {
  const answer = await request("POST", path, { body });
  return answer.status === 204 ? null : answer.json();
};

// ---- Instances

export const instances = (query, signal) => get(["instances"], query, signal);
export const counts = (query, signal) => get(["counts"], query, signal);
export const histogram = (query, signal) => get(["histogram"], query, signal);
export const instance = (id, signal) => get(["instances", id], {}, signal);

export const start = body => post(["instances"], body);
export const raise = (id, event, data) => post(["instances", id, "events", event], data);
export const terminate = (id, reason, all) => post(["instances", id, "terminate"], because(reason, all));
export const suspend = (id, reason, all) => post(["instances", id, "suspend"], because(reason, all));
export const resume = (id, reason, all) => post(["instances", id, "resume"], because(reason, all));
export const rewind = (id, reason) => post(["instances", id, "rewind"], because(reason));
export const restart = (id, newId) => post(["instances", id, "restart"], { newId });
export const purge = id => request("DELETE", ["instances", id]);
export const purgeMatching = conditions => post(["purge"], conditions);

const because = (reason, recursive) => ({ ...(reason ? { reason } : {}), ...(recursive ? { recursive } : {}) });

/**
 * Reads the history of an instance's present generation, which comes as lines.
 *
 * @param most the number of events after which to stop.
 * @returns the events, and whether there are more.
 */
export async function history(id, signal, most = MOST_EVENTS) {
  const answer = await request("GET", ["instances", id, "history"], { signal, accept: "application/jsonl" });
  const events = [];
  for await (const line of lines(answer.body)) {
    if (line.trim() === "") continue;
    if (events.length === most) return { events, more: true };
    events.push(JSON.parse(line));
  }
  return { events, more: false };
}

/** The lines of a body. A reader that stops early ends the transfer. */
export async function* lines(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = parts.pop();
      yield* parts;
    }
    if (rest !== "") yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}

// ---- Schedules

export const schedules = signal => get(["schedules"], {}, signal);
export const schedule = (id, signal) => get(["schedules", id], {}, signal);
export const scheduleRuns = (id, query, signal) => get(["schedules", id, "runs"], query, signal);
export const createSchedule = body => post(["schedules"], body);
export const updateSchedule = (id, body) => request("PUT", ["schedules", id], { body });
export const deleteSchedule = id => request("DELETE", ["schedules", id]);
/** `pause`, `resume`, `trigger`. */
export const steerSchedule = (id, verb) => post(["schedules", id, verb]);

// ---- Entities

/** The part of a path that stands for a key: `$` is the empty one. */
export const keyPart = key => (key === "" ? "$" : key);

export const entities = (query, signal) => get(["entities"], query, signal);
export const entity = (name, key, signal) => get(["entities", name, keyPart(key)], {}, signal);
export const deleteEntity = (name, key) => request("DELETE", ["entities", name, keyPart(key)]);
export const cleanEntities = () => post(["entities", "clean"], {});
export async function signalEntity(name, key, operation, input, at) {
  await request("POST", ["entities", name, keyPart(key), operation], { body: input, query: { at } });
}

// ---- Dead letters

export const letters = (query, signal) => get(["dead-letters"], query, signal);
export const letter = (id, signal) => get(["dead-letters", id], {}, signal);
export const redriveLetters = selection => post(["dead-letters", "redrive"], selection);
export const purgeLetters = selection => post(["dead-letters", "purge"], selection);

// ---- The system

export const hub = signal => get(["hub"], {}, signal);
export const me = signal => get(["me"], {}, signal);
export const partitions = signal => get(["partitions"], {}, signal);
export const hosts = signal => get(["hosts"], {}, signal);
export const queues = signal => get(["queues"], {}, signal);
export const activities = (query, signal) => get(["activities"], query, signal);
