// One entity: its state, who has locked it, who waits for it, and what can be asked of it.

import * as api from "./api.js";
import { fill, keep, make } from "./dom.js";
import { remove, signal } from "./entitydeeds.js";
import { at, since } from "./format.js";
import { payload } from "./json.js";
import { copyButton, empty, problemBox } from "./notes.js";
import { go, link } from "./route.js";
import { cards, isNews } from "./rows.js";
import { pill } from "./status.js";
import { icon } from "./dom.js";

const REFRESH = 3000;
/** What was asked of an entity is done a moment later: it is read again after these times. */
const SOON = [250, 1000];
/** Who waits is looked for in all open instances: a reader takes at most a twentieth of the hosts' time for it. */
const PATIENCE = 20;
const MOST_WAITING = 50;

export function open(main, route, app) {
  const [name, part] = route.parts;
  const key = part === "$" ? "" : part;
  const id = `@${name}@${key}`;
  const call = new AbortController();
  let entity = null;
  let waiting = null;
  let isLoading = false;
  let askAt = 0;

  const trouble = make("div");
  const head = make("header.instance-head");
  const stateBox = make("section.leaf", { "aria-label": "State" });
  const facts = make("section.leaf", { "aria-label": "Facts" });
  const table = cards("Who waits", ["Status", "Instance", "Operation", "Waiting"]);
  const taken = make("section.leaf", { "aria-label": "Requests" });
  const empties = make("div");
  const queue = make("section.leaf", { "aria-label": "Who waits" }, make("header", {}, make("h2", {}, "Orchestrations that wait for it")),
    empties, table.element);
  fill(main, make("nav.crumbs", { "aria-label": "Where" }, make("a", { href: "#/entities" }, "Entities"), " / ",
    make("a", { href: link("entities", undefined, { name }) }, name), " / ", make("span.id", {}, key || "(empty key)")),
    head, trouble, make("div.now-row", {}, stateBox, facts), taken, queue);
  taken.hidden = stateBox.hidden = facts.hidden = table.element.hidden = true;

  async function load() {
    if (isLoading || call.signal.aborted) return;
    isLoading = true;
    try {
      await Promise.all([find().then(found => {
        entity = found;
        fill(trouble);
        show();
      }), askWhoWaits()]);
    } catch (problem) {
      if (problem.name !== "AbortError") fill(trouble, problemBox(problem, load));
    } finally {
      isLoading = false;
    }
  }

  /** The entity; `null` if there is none. One that has no state is in lists only: it may be locked. */
  async function find() {
    try {
      return await api.entity(name, key, call.signal);
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      const { entities } = await api.entities({ name, prefix: key, deleted: "true", limit: 100 }, call.signal);
      return entities.find(one => one.key === key) ?? null;
    }
  }

  async function askWhoWaits() {
    const began = Date.now();
    if (began < askAt) return;
    const { instances, next } = await api.instances({ waitsFor: `entity:${id}`, limit: MOST_WAITING }, call.signal);
    askAt = Date.now() + PATIENCE * (Date.now() - began);
    waiting = { instances, more: next !== undefined };
    showWaiting();
  }

  function show() {
    const what = entity?.lockedBy ? ["Suspended", "suspended", "Locked"] : entity?.exists ? ["Running", "running", "Exists"]
      : ["unknown", "unknown", "No state"];
    if (isNews(head, [what, app.me?.scopes])) {
      const focused = head.contains(document.activeElement) ? document.activeElement.dataset.deed : null;
      fill(head, make("div.instance-title", {}, make(`span.pill.of-${what[0]}`, {}, icon(`s-${what[1]}`), what[2]),
        make("h1.id", {}, key || "(empty key)"), copyButton(key, "the key")),
      make("div.deeds", { role: "group", "aria-label": "Commands" },
        deed("signal", "Signal", "raise", signal, ".main"), deed("delete", "Delete state", "control", remove, ".danger")));
      if (focused) head.querySelector(`[data-deed="${CSS.escape(focused)}"]`)?.focus();
    }
    stateBox.hidden = facts.hidden = entity === null;
    taken.hidden = !entity?.queued;
    if (entity === null) {
      fill(trouble, make("section.leaf", {}, empty("This hub has no such entity",
        "It comes to exist with its first operation. Names compare without regard to case, keys letter by letter.")));
      return;
    }
    if (isNews(stateBox, [entity.exists, entity.state])) {
      fill(stateBox, make("header", {}, make("h2", {}, "State")), make("div.inside", {}, entity.exists
        && entity.state !== undefined ? payload("As JSON", entity.state)
        : empty("It has no state", "It was deleted, or is only locked.")));
    }
    if (entity.queued && isNews(taken, [entity.queued, entity.queue])) {
      const rest = entity.queued - entity.queue.length;
      fill(taken, make("header", {}, make("h2", {}, `Requests that wait or run (${entity.queued})`)), make("div.inside", {},
        make("ol", {}, entity.queue.map(({ operation, sender, sinceTime }) => make("li", {},
          make("b", {}, operation === "@lock" ? "lock" : operation), " from ",
          sender ? make("a.id", { href: link("instances", sender) }, sender) : "a client or another entity",
          sinceTime && make("span.soft", {}, " for ", since(sinceTime, { ago: false }))))),
        rest > 0 && make("p.soft", {}, `and ${rest} more`)));
    }
    if (isNews(facts, { ...entity, state: undefined })) {
      fill(facts, make("header", {}, make("h2", {}, "Facts")), make("div.inside", {}, make("dl.facts", {}, [
        ["Name", make("a", { href: link("entities", undefined, { name }) }, name)],
        ["Key", make("code", {}, key || "(empty)")],
        ["Locked by", entity.lockedBy ? make("a.id", { href: link("instances", entity.lockedBy) }, entity.lockedBy) : "nobody"],
        ["Last operation", [at(entity.lastOperationTime), " ", make("span.soft", {}, since(entity.lastOperationTime))]],
        ["Created", at(entity.createdTime)],
        ["ID", make("code", {}, id)],
      ].map(([title, ...value]) => [make("dt", {}, title), make("dd", {}, ...value)]))));
    }
  }

  function deed(word, verb, scope, perform, look) {
    return make(`button${look}`, { type: "button", data: { deed: word }, disabled: !app.may(scope), title: app.may(scope)
      ? undefined : `Your key needs the scope '${scope}'.`, on: { click: async () => {
        if (await perform({ name, key }) === undefined) return;
        for (const time of SOON) setTimeout(load, time);
      } } }, `${verb}…`);
  }

  function showWaiting() {
    const { instances, more } = waiting;
    fill(empties, instances.length === 0 ? make("p.inside.soft", {}, more ? "Hosts have not found any so far."
      : "No orchestration waits for an operation of it or for its lock.")
      : more && make("p.inside.soft", {}, `The ${instances.length} that wait longest; there may be more.`));
    table.element.hidden = instances.length === 0;
    keep(table.body, instances, ({ instanceId }) => instanceId, table.row, (row, instance) => {
      const waits = (instance.waitsFor ?? []).filter(wait => wait.kind === "entity" && wait.instanceId === id);
      const ahead = entity?.queue?.findIndex(({ sender }) => sender === instance.instanceId) ?? -1;
      if (!isNews(row, [instance.runtimeStatus, waits, ahead])) return;
      table.put(row, [pill(instance.runtimeStatus),
        [make("a.id", { href: link("instances", instance.instanceId) }, instance.instanceId),
          make("span.below.soft", {}, instance.name)],
        [...new Set(waits.map(wait => wait.name ?? "lock"))].join(", ") || "–",
        [waits[0]?.since ? since(waits[0].since, { ago: false }) : "–",
          ahead > 0 && make("span.below.soft", {}, `${ahead} ahead`)]]);
    });
  }

  function keys(event) {
    if (event.key === "u") go(link("entities", undefined, { name }));
    else if (event.key === "e" && app.may("raise")) head.querySelector("[data-deed=signal]")?.click();
    else return false;
    return true;
  }

  const timer = setInterval(() => !document.hidden && load(), REFRESH);
  load();
  return {
    title: `${name} ${key}`,
    keys,
    live({ instanceId }) {
      if (instanceId === entity?.lockedBy || waiting?.instances.some(one => one.instanceId === instanceId)) load();
    },
    opened: load,
    met: () => entity && show(),
    update() {},
    close() {
      call.abort();
      clearInterval(timer);
    },
  };
}
