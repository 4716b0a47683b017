// The family of an instance: the one that called it, and those that it called, each with its status.

import * as api from "./api.js";
import { fill, icon, make } from "./dom.js";
import { several } from "./format.js";
import { children } from "./model.js";
import { link } from "./route.js";
import { pill } from "./status.js";
import { nowOf } from "./list.js";

/** How many children are shown at first, how many are asked for at once, and how far up parents are looked for. */
const CHILDREN = 40;
const AT_ONCE = 6;
const ANCESTORS = 12;
/** The number of events in which children are looked for. */
const EVENTS = 5000;

/**
 * @param instance the instance, and what `model` read of its history.
 */
export function tree(instance, found, signal) {
  const root = make("div.tree");
  const gate = limited(AT_ONCE);
  let known = null;

  function show(found) {
    const parent = instance.parentId ?? found.facts.parent?.instanceID;
    const kids = children(found.rows.map(({ event }) => event));
    const looks = JSON.stringify([instance.instanceId, kids.map(({ instanceId }) => instanceId)]);
    if (looks === known) return;
    known = looks;
    const own = node({ instanceId: instance.instanceId, name: instance.name, isHere: true }, Promise.resolve(instance),
      kids);
    const list = make("ul.family", {}, own);
    fill(root, list);
    above(parent).then(parents => {
      // The instance may have called others meanwhile, and was drawn anew.
      if (known !== looks) return;
      // The outermost last; each holds the one before.
      let inner = list;
      for (const one of parents) {
        const element = node(one, Promise.resolve(one), null);
        element.append(inner);
        inner = make("ul.family", {}, element);
      }
      if (parents.length > 0) root.prepend(inner);
    }).catch(() => {});
    if (kids.length > 1) root.append(make("p", {},
      make("a", { href: link("instances", undefined, { parent: instance.instanceId }) }, "Its children as a list")));
    if (kids.length === 0 && !parent) root.append(make("p.soft", {},
      "It has no parent, and has called no other orchestration."));
  }

  const ask = id => gate(() => api.instance(id, signal));

  /** The parents, the nearest first, as far as there are any. */
  async function above(id) {
    const parents = [];
    while (id && parents.length < ANCESTORS && !parents.some(({ instanceId }) => instanceId === id)) {
      const parent = await ask(id).catch(() => null);
      if (!parent) break;
      parents.push(parent);
      id = parent.parentId;
    }
    return parents;
  }

  /** One instance; `kids` are its children if they are known, or `null`. */
  function node({ instanceId, name, isHere, waits = true }, asked, kids) {
    const state = make("span.state", {}, make("span.soft", {}, "…"));
    const now = make("span.now.soft", {});
    const below = make("ul.family", { hidden: true });
    const toggle = make("button.plain.small", {
      type: "button", "aria-expanded": "false", "aria-label": `Children of ${instanceId}`,
      on: { click: () => (below.hidden ? expand() : collapse()) },
    }, icon("i-open"));
    const element = make(`li${isHere ? ".here" : ""}`, {}, make("div.member", {}, toggle, state,
      isHere ? make("b.id", { "aria-current": "true" }, instanceId)
        : make("a.id", { href: link("instances", instanceId) }, instanceId),
      make("span", {}, name), !waits && make("span.tag", {}, "started, not waited for"), now), below);

    asked.then(found => {
      fill(state, pill(found.runtimeStatus));
      fill(now, nowOf(found).filter(Boolean)[0]);
    }, problem => fill(state, make("span.soft", {}, problem.status === 404 ? "purged" : "unknown")));

    async function expand() {
      toggle.setAttribute("aria-expanded", "true");
      below.hidden = false;
      if (kids === null) {
        fill(below, make("li.soft", {}, "Looking…"));
        const { events } = await api.history(instanceId, signal, EVENTS).catch(() => ({ events: [] }));
        kids = children(events);
      }
      list(CHILDREN);
    }

    function collapse() {
      toggle.setAttribute("aria-expanded", "false");
      below.hidden = true;
    }

    function list(most) {
      fill(below, kids.slice(0, most).map(kid => node(kid, ask(kid.instanceId), null)),
        kids.length > most && make("li", {},
          make("button.small", { type: "button", on: { click: () => list(most + CHILDREN) } },
          `Show more of ${several(kids.length, "child", "children")}`)),
        kids.length === 0 && make("li.soft", {}, "It has called nobody."));
    }

    if (kids !== null && kids.length > 0) expand();
    else if (kids !== null) toggle.disabled = true;
    return element;
  }

  show(found);
  return { element: root, show: ({ found }) => show(found) };
}

/** Lets some run at once, and the others wait. */
function limited(most) {
  let running = 0;
  const waiting = [];
  return async act => {
    if (running >= most) await new Promise(resolve => waiting.push(resolve));
    running++;
    try {
      return await act();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
