// The lines that do at a terminal what a button does here. `$URL` is the broker's address.

import { shell } from "./format.js";

let hub = "warren";

/** Sets the hub whose exchanges and options the lines name. */
export function setHub(name) {
  hub = name;
}

const line = (...words) => words.filter(word => word !== undefined).join(" ");

function publish(exchange, routingKey, body, { headers = [], type } = {}) {
  return line('amqp-publish -u "$URL" -p', `-e ${hub}.${exchange}`, `-r ${shell(routingKey)}`,
    type && `-C ${type}`, ...headers.map(header => `-H ${shell(header)}`), `-b ${body === "" ? "''" : shell(body)}`);
}

function warren(verb, positional, ...options) {
  const words = positional.map(shell);
  // An ID may begin with a dash; what follows two dashes is no option.
  const names = positional.some(word => word.startsWith("-")) ? ["--", ...words] : words;
  return line("warren", verb, `--hub ${hub}`, ...options, ...names);
}

// A value that begins with a dash would be taken for an option.
const option = (name, value) => (value === undefined || value === "" ? undefined
  : `--${name}${value.startsWith("-") ? "=" : " "}${shell(value)}`);

export function raise(id, event, json) {
  return [publish("event", `${id}/${event}`, json, { type: "application/json" }), warren("raise", [id, event],
    option("data", json))];
}

/** `terminate`, `suspend`, `resume`, `rewind`. */
export function control(verb, id, reason, recursive = false) {
  return [publish("control", `${id}/${verb}`, reason, { headers: recursive ? ["warren-recursive: true"] : [] }),
    warren(verb, [id], recursive ? "--recursive" : undefined, option("reason", reason))];
}

export function purge(id) {
  return [publish("control", `${id}/purge`, ""), warren("purge", [id])];
}

export function start({ orchestration, input, id, ifExists, tags = {} }) {
  const json = input === undefined ? "null" : JSON.stringify(input);
  const labels = Object.entries(tags);
  return [
    publish("start", orchestration, json, {
      type: "application/json",
      headers: [
        ...(id ? [`warren-instance-id: ${id}`] : []), ...(ifExists && id ? [`warren-if-exists: ${ifExists}`] : []),
        ...labels.map(([name, value]) => `warren-tag-${name}: ${value}`),
      ],
    }),
    warren("start", [orchestration], option("id", id), ifExists && id ? `--if-exists ${ifExists}` : undefined,
      ...labels.map(([name, value]) => option("tag", `${name}=${value}`)), option("input", json)),
  ];
}

/** `pause`, `resume`, `trigger`, `delete`. */
export function steerSchedule(verb, id) {
  return [schedulePublish(id, { do: verb }), warren(`schedule ${verb}`, [id])];
}

/** Creates a schedule, or replaces it. `schedule` is as the API takes it. */
export function keepSchedule(id, schedule, isNew) {
  const { paused, ...rest } = schedule;
  return [
    isNew ? publish("start", "BuiltIn::Schedule", JSON.stringify(schedule), {
      type: "application/json",
      headers: [`warren-instance-id: schedule:${id}`, "warren-if-exists: replace-finished"],
    }) : schedulePublish(id, { do: "update", schedule: rest }),
    warren(isNew ? "schedule create" : "schedule update", [id, schedule.orchestration],
      option("every", schedule.every === undefined ? undefined : `${schedule.every}s`), option("cron", schedule.cron),
      option("time-zone", schedule.timeZone), option("from", schedule.start), option("until", schedule.end),
      option("catch-up", schedule.catchUp), option("catch-up-limit", schedule.catchUpLimit?.toString()),
      option("overlap", schedule.overlap), paused && isNew ? "--paused" : undefined,
      schedule.input === undefined ? undefined : option("input", JSON.stringify(schedule.input))),
  ];
}

const schedulePublish = (id, command) => publish("event", `schedule:${id}/command`, JSON.stringify(command),
  { type: "application/json" });

export function signalEntity(name, key, operation, json, at) {
  return [
    publish("entity", `${name}/${key}/${operation}`, json, {
      type: "application/json", headers: at ? [`warren-start-at: ${at}`] : [],
    }),
    warren("entity signal", [name, key, operation], option("data", json === "null" ? undefined : json), option("at", at)),
  ];
}

export const cleanEntities = () => [warren("entity clean", [])];

export function deadLetters(verb, selection) {
  if (selection.ids) return [warren(`dead ${verb}`, selection.ids)];
  return [warren(`dead ${verb}`, [], selection.all ? "--all" : option("reason", selection.reason))];
}

const listing = ({ status = [], name, prefix, tag, createdFrom, createdTo }, from, to) => [
  ...status.map(word => `--status ${word}`), option("name", name), option("prefix", prefix),
  option("tag", tag),
  option(from, createdFrom), option(to, createdTo),
];

export function purgeMatching(conditions) {
  return [warren("purge", [], ...listing(conditions, "after", "before"))];
}

/** What meets the conditions, started again under its own ID with its own input. */
export function restartMatching(conditions) {
  const statuses = (conditions.status ?? []).map(word => `--status ${word.toLowerCase()}`);
  return [line(warren("export", [], ...listing(conditions, "created-from", "created-to"), "--no-history"), "|",
    warren("import", ["-"], ...statuses, "--if-exists restart --children"))];
}

/** A list piped into a command for each. */
export function forEachOf(conditions, verb, ...options) {
  return [line(warren("list", [], ...listing(conditions, "created-from", "created-to"), "--limit 1000000 --json"),
    "| jq -r .instanceId | xargs -r -d '\\n' -I ID", warren(verb, [], ...options, "-- ID"))];
}
