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
