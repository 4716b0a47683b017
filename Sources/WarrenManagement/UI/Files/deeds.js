// What can be done to one instance. Each deed has a dialog that says what will happen, and the lines for a terminal.

import * as api from "./api.js";
import * as commands from "./commands.js";
import { commandSection, confirm, field, line } from "./dialogs.js";
import { fill, make } from "./dom.js";
import { parse } from "./json.js";
import { note } from "./notes.js";
import { link } from "./route.js";
import { isOpen } from "./status.js";
import { awaitedEvents } from "./waits.js";

const CONTROLS = {
  suspend: {
    verb: "Suspend", done: "Suspended", act: api.suspend, all: "Suspend the instances that it called, too",
    text: "What arrives for it is kept, in order, until it is resumed. Its activities go on.",
  },
  resume: {
    verb: "Resume", done: "Resumed", act: api.resume, all: "Resume the instances that it called, too",
    text: "It takes what was kept meanwhile, and goes on.",
  },
  terminate: {
    verb: "Terminate", done: "Terminated", act: api.terminate, danger: true,
    all: "Terminate the instances that it called, too",
    text: "It ends now and cannot go on. Its activities go on to their end; their results are not used. "
      + "The reason becomes its output.",
  },
  rewind: {
    verb: "Rewind", done: "Rewound", act: api.rewind,
    text: "It goes on with the history that it has, without what failed: failed activities and children run again, and "
      + "nothing that succeeded does.",
  },
};

/** The deeds that fit the status of an instance, and the scope of the key that each needs. */
export function deedsFor(instance) {
  const status = instance.runtimeStatus;
  if (!isOpen(status)) return [
    ...(status === "Failed" ? [{ name: "rewind", verb: "Rewind", scope: "control" }] : []),
    { name: "restart", verb: "Start again", scope: "start" }, { name: "purge", verb: "Purge", scope: "control",
      danger: true },
  ];
  return [
    { name: "raise", verb: "Raise event", scope: "raise", main: awaitedEvents(instance).length > 0 },
    status === "Suspended" ? { name: "resume", verb: "Resume", scope: "control", main: true } : { name: "suspend",
      verb: "Suspend", scope: "control" },
    { name: "terminate", verb: "Terminate", scope: "control", danger: true },
  ];
}

/** Opens the dialog of a deed; resolves to something true if it was done. */
export function perform(name, instance, event) {
  if (name === "raise") return raise(instance, event);
  if (name === "restart") return restart(instance);
  if (name === "purge") return purge(instance);
  return control(name, instance);
}

function control(name, { instanceId }) {
  const { verb, done, act, text, danger, all } = CONTROLS[name];
  const children = make("input", { type: "checkbox" });
  const reason = line({ maxlength: 4096, placeholder: "for those who look later" });
  const lines = commandSection();
  const change = () => lines.show(commands.control(name, instanceId, reason.value, children.checked));
  reason.addEventListener("input", change);
  children.addEventListener("change", change);
  change();
  return confirm({
    title: `${verb} ${instanceId}?`, verb, danger, parts: [
      make("p", {}, text), field("Reason", reason), ...(all ? [make("label.check", {}, children, all)] : []),
      lines.element,
    ],
    act: async () => {
      await act(instanceId, reason.value, children.checked);
      note(`${done} ${instanceId}.`);
    },
  });
}

/** Raises an event: those that the instance waits for are offered, and any other may be named. */
export function raise(instance, event) {
  const { instanceId } = instance;
  const awaited = awaitedEvents(instance);
  const name = line({ maxlength: 100, required: true, value: event ?? awaited[0] ?? "",
    "aria-label": "Name of the event", id: "raise-name" });
  const data = make("textarea", { spellcheck: "false", rows: 5, placeholder: "null", id: "raise-data" });
  const wrong = make("span.wrong");
  const hint = make("p.soft");
  const lines = commandSection();
  const choices = make("div.choice", { role: "group", "aria-label": "Events that it waits for" });
  const presets = make("div.choice", { role: "group", "aria-label": "Fill in data" }, ["true", "false", "null", "{}"]
    .map(text =>
    make("button.small", { type: "button", on: { click: () => set(data, text) } }, text)));

  function set(control, text) {
    control.value = text;
    change();
    control.focus();
  }

  function change() {
    const { value, error } = parse(data.value);
    const json = error ? data.value : JSON.stringify(value);
    data.setAttribute("aria-invalid", error !== undefined);
    wrong.textContent = error ?? "";
    const isAwaited = awaited.some(one => one.toLowerCase() === name.value.toLowerCase());
    hint.textContent = name.value === "" ? "" : isAwaited ? "The instance waits for it, and goes on at once."
      : "The instance does not wait for it now. It is kept until it does.";
    fill(choices, awaited.map(one => make("button.small", {
      type: "button", "aria-pressed": String(one.toLowerCase() === name.value.toLowerCase()),
      on: { click: () => set(name, one) },
    }, one)));
    lines.show(commands.raise(instanceId, name.value || "NAME", json));
  }

  name.addEventListener("input", change);
  data.addEventListener("input", change);
  change();
  return confirm({
    title: `Raise an event to ${instanceId}`, verb: "Raise",
    parts: [
      make("div.field", {}, make("span", {}, awaited.length > 0 ? "It waits for"
        : "It waits for no event now. Name of the event:"), choices, name, hint),
      make("div.field", {}, make("label", { for: "raise-data" }, "Data, as JSON"), data, wrong, presets), lines.element,
    ],
    check: () => {
      if (name.value === "") return "Name the event.";
      if (/[/\x00-\x1f]/.test(name.value)) return "An event's name has no '/' and no control characters.";
      return parse(data.value).error ? "The data is no JSON." : null;
    },
    act: async () => {
      await api.raise(instanceId, name.value, parse(data.value).value);
      note(`Raised ${name.value} to ${instanceId}.`);
    },
  });
}

function restart(instance) {
  const { instanceId, name, input, tags } = instance;
  const own = make("input", { type: "radio", name: "as", value: "own" });
  const fresh = make("input", { type: "radio", name: "as", value: "new", checked: true });
  const lines = commandSection();
  const change = () => lines.show(commands.start({
    orchestration: name, input: input ?? null, tags, ...(own.checked ? { id: instanceId, ifExists: "restart" } : {}),
  }));
  own.addEventListener("change", change);
  fresh.addEventListener("change", change);
  change();
  return confirm({
    title: `Start ${name} again?`, verb: "Start again",
    parts: [
      make("p", {}, "The same orchestration with the same input, from its beginning: every activity runs again."),
      make("fieldset.commands", {}, make("legend", {}, "It runs as"),
        make("label.check", {}, fresh, "a new instance, and this one stays as it is"),
        make("label.check", {}, own, "the same instance: its history is replaced")),
      lines.element,
    ],
    act: async () => {
      const { instanceId: id } = await api.restart(instanceId, fresh.checked);
      note("Started.", { link: make("a", { href: link("instances", id) }, id) });
    },
  });
}

function purge({ instanceId }) {
  const lines = commandSection();
  lines.show(commands.purge(instanceId));
  return confirm({
    title: `Purge ${instanceId}?`, verb: "Purge", danger: true,
    parts: [make("p", {}, "It, its history and the instances that it called are removed. Nothing brings them back."),
      lines.element],
    act: async () => {
      await api.purge(instanceId);
      note(`Purged ${instanceId}.`);
    },
  });
}

/** Starts an orchestration. */
export function start(orchestrations) {
  const name = line({ list: "orchestrations", maxlength: 100, required: true });
  const names = make("datalist", { id: "orchestrations" }, orchestrations.map(one => make("option", { value: one })));
  const id = line({ maxlength: 128, placeholder: "a random one" });
  const input = make("textarea", { spellcheck: "false", rows: 6, placeholder: "null" });
  const wrong = make("span.wrong");
  const tags = line({ placeholder: "team=blue, region=eu" });
  const ifExists = make("select", {},
    [["fail", "refuse the start"], ["ignore", "leave it as it is"], ["replace-finished", "start it anew, if it has ended"],
      ["replace-always", "terminate it if it goes on, and start it anew"]]
      .map(([value, text]) => make("option", { value }, text)));
  const lines = commandSection();

  const labels = () => Object.fromEntries(tags.value.split(",").map(text => text.trim().split(/=(.*)/s))
    .filter(([one, value]) => one && value !== undefined)
    .map(([one, value]) => [one.trim(), value.trim()]));

  function change() {
    const { value, error } = parse(input.value);
    input.setAttribute("aria-invalid", error !== undefined);
    wrong.textContent = error ?? "";
    lines.show(commands.start({ orchestration: name.value || "NAME", input: value, id: id.value,
      ifExists: ifExists.value, tags: labels() }));
  }

  for (const control of [name, id, input, tags, ifExists]) control.addEventListener("input", change);
  change();
  return confirm({
    title: "Start an orchestration", verb: "Start",
    parts: [
      field("Orchestration", name), names, field("Instance ID", id, "An ID of your own makes the start repeatable."),
      field("If there is such an instance", ifExists), field("Input, as JSON", input), wrong,
      field("Tags", tags, "name=value, separated by commas"), lines.element,
    ],
    check: () => {
      if (name.value === "") return "Name the orchestration.";
      if (parse(input.value).error) return "The input is no JSON.";
      const written = tags.value.split(",").filter(text => text.trim() !== "").length;
      return written > Object.keys(labels()).length ? "A tag is written name=value." : null;
    },
    act: async () => {
      const body = { orchestration: name.value, input: parse(input.value).value, ifExists: ifExists.value };
      if (id.value !== "") body.id = id.value;
      if (Object.keys(labels()).length > 0) body.tags = labels();
      const { instanceId } = await api.start(body);
      note("Started.", { link: make("a", { href: link("instances", instanceId) }, instanceId) });
    },
  });
}
