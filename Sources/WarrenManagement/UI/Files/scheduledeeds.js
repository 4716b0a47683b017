// The commands for schedules, and the words for their rules. Each command has a dialog, and the lines for a terminal.

import * as api from "./api.js";
import * as commands from "./commands.js";
import { cronWords, everySeconds, everyText, everyWords } from "./cron.js";
import { commandSection, confirm, field, line } from "./dialogs.js";
import { icon, make } from "./dom.js";
import { iso, local } from "./format.js";
import { parse } from "./json.js";
import { note } from "./notes.js";
import { link } from "./route.js";

/** The overlap rules: what happens at a due time while the run before goes on. */
export const OVERLAPS = {
  skip: "skip the time", allow: "run beside it", queue: "run once when it has ended", terminate: "terminate it, and run",
};

/** The catch-up rules: what happens for times that passed while no host could act. */
export const CATCH_UPS = {
  none: "nothing", one: "one run, for the last of them", all: "a run for each of the last",
};

export const catchUpWords = ({ catchUp, catchUpLimit }) => `${CATCH_UPS[catchUp] ?? catchUp}${
  catchUp === "all" ? ` ${catchUpLimit ?? 100}` : ""}`;

/** Whether a schedule is active, paused or over, as a pill. */
export function statePill({ paused, ended }) {
  const [look, sign, word] = ended ? ["Completed", "completed", "Ended"] : paused ? ["Suspended", "suspended", "Paused"]
    : ["Running", "running", "Active"];
  return make(`span.pill.of-${look}`, {}, icon(`s-${sign}`), word);
}

const CONTROLS = {
  trigger: {
    verb: "Run now", done: "Triggered",
    text: "One run begins at once, by the overlap rule; the next due time stays. A paused schedule runs, too.",
  },
  pause: {
    verb: "Pause", done: "Paused",
    text: "It is due no more until it is resumed. A run that is under way goes on. "
      + "Times that pass meanwhile are not caught up.",
  },
  resume: {
    verb: "Resume", done: "Resumed",
    text: "The next time is the first one from now. Runs from before are not waited for.",
  },
  delete: {
    verb: "Delete", done: "Deleted", danger: true,
    text: "It is due no more, and its ID is free. A run that is under way goes on, and the instances of former runs stay.",
  },
};

/** The deeds that fit a schedule, and the scope of the key that each needs. */
export function deedsFor({ paused, ended }) {
  if (ended) return [{ name: "create", verb: "Create again", scope: "start" }];
  return [
    { name: "trigger", verb: "Run now", scope: "control" },
    paused ? { name: "resume", verb: "Resume", scope: "control", main: true }
      : { name: "pause", verb: "Pause", scope: "control" },
    { name: "update", verb: "Edit", scope: "control" },
    { name: "delete", verb: "Delete", scope: "control", danger: true },
  ];
}

/** Buttons for deeds. What the key of the page may not do is disabled, and says which scope is missing. */
export function deedButtons(deeds, app, act, small = false) {
  return deeds.map(({ name, verb, scope, danger, main: isMain }) => make(
    `button${isMain && !small ? ".main" : danger ? ".danger" : ""}${small ? ".small" : ""}`, {
      type: "button", data: { deed: name }, disabled: !app.may(scope), title: app.may(scope) ? undefined
        : `Your key needs the scope '${scope}'.`, on: { click: () => act(name) },
    }, `${verb}…`));
}

/** Opens the dialog of a deed; resolves to something true if it was done. */
export function perform(name, status, app) {
  if (name === "update" || name === "create") return edit(app, { ...status, isNew: name === "create" });
  const { verb, done, text, danger } = CONTROLS[name];
  const lines = commandSection();
  lines.show(commands.steerSchedule(name, status.id));
  return confirm({
    title: `${verb}: ${status.id}?`, verb, danger, parts: [make("p", {}, text), lines.element],
    act: async () => {
      await (name === "delete" ? api.deleteSchedule(status.id) : api.steerSchedule(status.id, name));
      note(`${done} ${status.id}.`);
    },
  });
}

/**
 * Creates a schedule, or replaces one.
 *
 * @param id the ID of the schedule, and `schedule` it as it is now; both are absent for a first one.
 */
export function edit(app, { id = "", schedule = {}, isNew = true } = {}) {
  const given = schedule.cron === undefined && schedule.every !== undefined ? "every" : "cron";
  const name = line({ maxlength: 64, value: id, disabled: !isNew });
  const orchestration = line({ list: "scheduled", maxlength: 100, value: schedule.orchestration ?? "" });
  const names = make("datalist", { id: "scheduled" }, (app.hub?.orchestrations ?? [])
    .filter(one => !one.startsWith("BuiltIn::")).map(value => make("option", { value })));
  const kinds = Object.fromEntries([["cron", "at times of day, as cron has them"], ["every", "every so often"]]
    .map(([kind, text]) => [kind, { text, input: make("input", { type: "radio", name: "due", value: kind,
      checked: kind === given }) }]));
  const cron = line({ value: schedule.cron ?? "", placeholder: "30 2 * * mon-fri" });
  const zone = line({ list: "zones", value: schedule.timeZone ?? "UTC" });
  const zones = make("datalist", { id: "zones" },
    (Intl.supportedValuesOf?.("timeZone") ?? []).map(value => make("option", { value })));
  const every = line({ value: schedule.every === undefined ? "" : everyText(schedule.every), placeholder: "5m" });
  const words = make("p.soft", { role: "status" });
  const input = make("textarea", { spellcheck: "false", rows: 4, placeholder: "null" });
  input.value = schedule.input === undefined ? "" : JSON.stringify(schedule.input, null, 2);
  const wrong = make("span.wrong");
  const overlap = choice(OVERLAPS, schedule.overlap ?? "skip");
  const catchUp = choice({ ...CATCH_UPS, all: "a run for each of the last ones" }, schedule.catchUp ?? "one");
  const limit = line({ inputmode: "numeric", value: schedule.catchUpLimit ?? 100 });
  const begin = moment(schedule.start);
  const end = moment(schedule.end);
  const paused = make("input", { type: "checkbox", checked: schedule.paused === true });
  const lines = commandSection();
  const cronFields = make("div.fields", {}, field("Minute, hour, day, month, day of the week", cron),
    field("Time zone", zone), zones);
  const everyField = field("Interval", every, "90s, 5m, 12h, 1d; a second or more");
  const limitField = field("At the most", limit, "1 to 100");

  const isCron = () => kinds.cron.input.checked;

  function written() {
    const found = { orchestration: orchestration.value.trim() };
    const { value } = parse(input.value);
    if (value !== null && value !== undefined) found.input = value;
    if (isCron()) Object.assign(found, { cron: cron.value.trim(), timeZone: zone.value.trim() || "UTC" });
    else found.every = everySeconds(every.value);
    if (begin.value()) found.start = begin.value();
    if (end.value()) found.end = end.value();
    found.catchUp = catchUp.value;
    if (catchUp.value === "all") found.catchUpLimit = Number(limit.value);
    found.overlap = overlap.value;
    if (paused.checked && isNew) found.paused = true;
    return found;
  }

  function change() {
    const { error } = parse(input.value);
    input.setAttribute("aria-invalid", error !== undefined);
    wrong.textContent = error ?? "";
    cronFields.hidden = !isCron();
    everyField.hidden = isCron();
    limitField.hidden = catchUp.value !== "all";
    const found = written();
    words.textContent = isCron() ? (found.cron === "" ? "" : cronWords(found.cron) ?? "No words for these fields.")
      : Number.isNaN(found.every) || found.every <= 0 ? "" : everyWords(found.every);
    if (Number.isNaN(found.every)) found.every = 60;
    lines.show(commands.keepSchedule(name.value || "ID", { ...found, orchestration: found.orchestration || "NAME",
      ...(isCron() && found.cron === "" ? { cron: "* * * * *" } : {}) }, isNew));
  }

  for (const control of [name, orchestration, cron, zone, every, input, overlap, catchUp, limit, begin.input, end.input,
    paused, kinds.cron.input, kinds.every.input]) control.addEventListener("input", change);
  change();
  return confirm({
    title: isNew ? "Create a schedule" : `Edit ${id}`, verb: isNew ? "Create" : "Replace",
    parts: [
      field("Schedule ID", name, isNew ? "1 to 64 bytes without / \\ # ? * and ':'"
        : "Its counts stay, and whether it is paused. Runs under way go on."),
      field("Orchestration", orchestration), names,
      make("fieldset.commands", {}, make("legend", {}, "It is due"),
        Object.values(kinds).map(kind => make("label.check", {}, kind.input, kind.text))),
      cronFields, everyField, words, field("Input of every run, as JSON", input), wrong,
      field("While the run before goes on", overlap), field("For times that passed while no host ran", catchUp), limitField,
      make("details.more", { open: begin.value() !== undefined || end.value() !== undefined },
        make("summary", {}, "Beginning and end"),
        make("div.fields", {}, field("Not due before", begin.input), field("Not due after", end.input))),
      isNew && make("label.check", {}, paused, "Create it paused"), lines.element,
    ].filter(Boolean),
    check: () => {
      if (name.value === "") return "Give it an ID.";
      if (orchestration.value.trim() === "") return "Name the orchestration.";
      if (isCron() && cron.value.trim() === "") return "Write five fields, or @daily for example.";
      if (!isCron() && !(everySeconds(every.value) >= 1)) return "The interval is 90s, 5m, 12h or 1d, for example.";
      return parse(input.value).error ? "The input is no JSON." : null;
    },
    act: async () => {
      if (isNew) await api.createSchedule({ id: name.value, ...written() });
      else await api.updateSchedule(id, written());
      note(isNew ? "Created." : `Replaced ${id}.`, isNew
        ? { link: make("a", { href: link("schedules", name.value) }, name.value) } : {});
    },
  });
}

function choice(texts, chosen) {
  return make("select", {}, Object.entries(texts).map(([value, text]) => make("option", { value,
    selected: value === chosen }, text)));
}

/** A field for a time. One that nobody touches keeps its time to the microsecond. */
function moment(given) {
  const first = given ? local(given) : "";
  const input = make("input", { type: "datetime-local", step: 1, value: first });
  return { input, value: () => (input.value === "" ? undefined : input.value === first ? given : iso(new Date(input.value))) };
}
