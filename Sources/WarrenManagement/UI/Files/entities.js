// The entities of the hub: by name and key, with their states and locks.

import * as api from "./api.js";
import { cleanUp, signal } from "./entitydeeds.js";
import { fill, keep, make } from "./dom.js";
import { brief, iso, local, several, since } from "./format.js";
import { empty, problemBox } from "./notes.js";
import { go, link } from "./route.js";
import { cards, isNews } from "./rows.js";

const PAGE = 50;
/** For how long a page that is not half full is added to before it is shown. */
const MORE = 1500;
const REFRESH = 5000;
/** What is asked for again by itself waits so many times as long as it took. */
const PATIENCE = 4;
/** How long after the last letter a field takes effect. */
const PAUSE = 350;

export function open(main, route, app) {
  let words = route.words;
  let call = null;
  let page = null;
  let restUntil = 0;
  let isClosed = false;

  const table = cards("Entities", ["Entity", "State", "Locked by", "Last operation", "Created"]);
  const state = make("div");
  const foot = make("footer.paging", {});
  const inputs = {
    name: text("Name", { id: "entity-name" }), prefix: text("Key begins with", { id: "entity-prefix" }),
    from: moment("Last operation from"), to: moment("Last operation until"),
  };
  const deleted = make("input", { type: "checkbox", on: { change: () => change({ deleted: deleted.checked ? "true" : undefined }) } });
  const send = make("button.main", { type: "button", on: { click: () => signal({ name: words.name ?? "" }).then(after) } },
    "Signal…");
  const clean = make("button", { type: "button", on: { click: () => cleanUp().then(after) } }, "Clean up…");
  fill(main, make("div.head", {}, make("h1", {}, "Entities"), make("span.end", {}, clean, send)),
    make("section.leaf", { "aria-label": "List" },
      make("form.filters", { role: "search", "aria-label": "Conditions", on: { submit: event => event.preventDefault() } },
        make("div.fields", {}, Object.values(inputs).map(({ element }) => element)),
        make("label.check", {}, deleted, "Those without a state, too")),
      state, make("div.scroll", {}, table.element), foot));
  table.element.hidden = true;

  const change = changed => go(link("entities", undefined, { ...words, after: undefined, ...changed }));
  const nameOf = input => Object.keys(inputs).find(key => inputs[key].input === input);

  function text(label, attributes) {
    let timer = null;
    const input = make("input", {
      type: "search", spellcheck: "false", autocapitalize: "none", autocomplete: "off", ...attributes,
      on: {
        input: () => {
          clearTimeout(timer);
          timer = setTimeout(take, PAUSE);
        }, change: take,
      },
    });
    /** A field that leaves the page with the focus in it says that it has changed: that is nothing to follow. */
    function take() {
      clearTimeout(timer);
      timer = null;
      const value = input.value.trim();
      if (!isClosed && value !== (words[nameOf(input)] ?? "")) change({ [nameOf(input)]: value || undefined });
    }
    const title = make("span", {}, label);
    return { input, title, element: make("label.field", {}, title, input),
      show: value => { if (timer === null && input.value.trim() !== (value ?? "")) input.value = value ?? ""; } };
  }

  function moment(label) {
    const input = make("input", { type: "datetime-local", step: 1, on: { change: () => change({
      [nameOf(input)]: input.value === "" ? undefined : iso(new Date(input.value)) }) } });
    return { input, element: make("label.field", {}, make("span", {}, label), input),
      show: value => { input.value = value ? local(value) : ""; } };
  }

  function showConditions() {
    for (const [name, input] of Object.entries(inputs)) input.show(words[name]);
    inputs.prefix.title.textContent = words.name ? "Key begins with" : "Name begins with";
    deleted.checked = words.deleted === "true";
    for (const [button, scope] of [[send, "raise"], [clean, "control"]]) {
      button.disabled = !app.may(scope);
      button.title = app.may(scope) ? "" : `Your key needs the scope '${scope}'.`;
    }
  }

  /** A page. Hosts may give less than was asked for, even nothing, and say that there is more: then it is asked for. */
  async function load() {
    call?.abort();
    const mine = call = new AbortController();
    const began = Date.now();
    const query = { name: words.name, prefix: words.prefix, updatedFrom: words.from, updatedTo: words.to,
      deleted: words.deleted, include: "state" };
    try {
      const answer = await api.entities({ ...query, limit: PAGE, after: words.after }, mine.signal);
      while (answer.next && answer.entities.length < PAGE / 2 && Date.now() < began + MORE) {
        const next = await api.entities({ ...query, limit: PAGE - answer.entities.length, after: answer.next }, mine.signal);
        answer.entities.push(...next.entities);
        answer.next = next.next;
      }
      restUntil = Date.now() + PATIENCE * (Date.now() - began);
      page = answer;
      show();
    } catch (problem) {
      if (problem.name !== "AbortError") fill(state, problemBox(problem, load));
    }
  }

  function show() {
    const { entities, next, incomplete = [] } = page;
    const isFiltered = words.name || words.prefix || words.from || words.to;
    fill(state, incomplete.length > 0 && make("div.warning", { role: "status" },
      `Missing here are the entities of partitions that did not answer: ${incomplete.join(", ")}.`),
    entities.length === 0 && (next ? empty("Nothing so far", "Hosts have looked at many. They go on from there when you ask for more.")
      : isFiltered ? empty("No entity meets these conditions", "", make("a.button", { href: link("entities") }, "Show all"))
        : empty("This hub has no entities", "One comes to exist with its first operation.")));
    table.element.hidden = entities.length === 0;
    keep(table.body, entities, ({ name, key }) => `${name}@${key}`, table.row, (row, entity) => {
      if (!isNews(row, entity)) return;
      const { name, key, exists, lockedBy } = entity;
      table.put(row, [
        [make("a.id", { href: link("entities", [name, api.keyPart(key)]) }, key === "" ? "(empty key)" : key),
          make("span.below.soft", {}, name)],
        exists ? make("code.cut-off", {}, brief(entity.state === undefined ? "…" : JSON.stringify(entity.state), 300))
          : make("span.soft", {}, "no state"),
        lockedBy ? make("a.id", { href: link("instances", lockedBy) }, lockedBy) : make("span.soft", {}, "–"),
        since(entity.lastOperationTime), since(entity.createdTime),
      ]);
    });
    if (isNews(foot, [entities.length, next, words])) {
      fill(foot, make("span.soft", {}, next || words.after ? `${several(entities.length, "entity", "entities")} on this page`
        : several(entities.length, "entity", "entities")),
      make("span.end", {}, words.after && make("a.button", { href: link("entities", undefined, { ...words, after: undefined }) },
        "To the beginning"),
      next && make("a.button", { id: "older", href: link("entities", undefined, { ...words, after: next }) }, "Older")));
    }
  }

  /** What was asked of an entity is done a moment later. */
  function after(done) {
    if (done === undefined) return;
    load();
    setTimeout(() => !isClosed && load(), 500);
  }

  const again = () => !document.hidden && Date.now() >= restUntil && !document.querySelector("dialog") && load();
  const timer = setInterval(again, REFRESH);
  showConditions();
  fill(state, make("p.loading", {}, "Asking…"));
  load();
  return {
    title: "Entities",
    opened: again,
    met: showConditions,
    update(next) {
      words = next.words;
      // The ways to other pages were those of other conditions.
      foot.replaceChildren();
      delete foot.dataset.looks;
      showConditions();
      load();
    },
    close() {
      isClosed = true;
      call?.abort();
      clearInterval(timer);
    },
  };
}
