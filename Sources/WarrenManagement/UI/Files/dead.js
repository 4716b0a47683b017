// Dead letters: why they were refused, what to do, and publishing them again.

import * as api from "./api.js";
import * as commands from "./commands.js";
import { commandSection, confirm } from "./dialogs.js";
import { fill, make } from "./dom.js";
import { at, bytes, count, several, since } from "./format.js";
import { block } from "./json.js";
import { empty, note, problemBox } from "./notes.js";
import { go, link } from "./route.js";

/** How many letters are visited. Each visit counts as a delivery: they are read when the page opens, and on demand. */
const MOST = 500;

export function open(main, route, app) {
  let words = route.words;
  let found = null;
  const call = new AbortController();
  const marked = new Set();
  const opened = new Map();
  const summary = make("span.soft");
  const reasons = make("div.chips", { role: "group", "aria-label": "Reasons" });
  const deeds = make("div.bulk", { role: "group", "aria-label": "For dead letters" });
  const list = make("ol.letters", {});
  const state = make("div");
  fill(main, make("div.head", {}, make("h1", {}, "Dead letters"), summary,
    make("span.end", {}, make("button", { type: "button", on: { click: load } }, "Read again"))),
    make("p.soft", {}, "Messages that could not be taken, oldest first. None has had an effect, unless it says so."),
    make("section.leaf", { "aria-label": "Dead letters" }, make("div.filters", {}, reasons), deeds, state, list));

  async function load() {
    try {
      found = await api.letters({ limit: MOST }, call.signal);
      for (const id of [...marked]) if (!found.letters.some(letter => letter.id === id)) marked.delete(id);
      fill(state);
      show();
    } catch (problem) {
      if (problem.name !== "AbortError") fill(state, problemBox(problem, load));
    }
  }

  const chosen = () => found.letters.filter(({ reason }) => !words.reason || reason === words.reason);

  function show() {
    const letters = chosen();
    app.showDead(found.waiting);
    summary.textContent = found.waiting > found.seen ? `The oldest ${count(found.seen)} of ${count(found.waiting)}`
      : several(found.waiting, "letter");
    const byReason = new Map();
    for (const { reason } of found.letters) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
    fill(reasons, [...byReason].sort(([, one], [, other]) => other - one).map(([reason, number]) => make("button.chip",
      {
      type: "button", "aria-pressed": String(words.reason === reason),
      on: { click: () => go(link("dead", undefined, { reason: words.reason === reason ? undefined : reason })) },
    }, make("span", {}, reason), make("b.count", {}, count(number)))));
    fill(list, letters.map(row));
    if (letters.length === 0) fill(state, empty(found.letters.length === 0 ? "There are no dead letters"
      : "None with this reason", found.letters.length === 0 ? "Every message that came was taken." : ""));
    showDeeds();
  }

  function showDeeds() {
    const isMarked = marked.size > 0;
    const letters = isMarked ? found.letters.filter(({ id }) => marked.has(id)) : chosen();
    const selection = isMarked ? { ids: [...marked] } : words.reason ? { reason: words.reason } : { all: true };
    deeds.hidden = found.letters.length === 0;
    fill(deeds, make("span", {}, isMarked ? make("b", {}, several(marked.size, "marked letter")) : words.reason
      ? `All with the reason ${words.reason}:` : "All letters:"),
      make("button.small", { type: "button", disabled: letters.length === 0 || !app.may("admin"),
        on: { click: () => redrive(selection, letters) } }, "Publish again…"),
      make("button.small.danger", { type: "button", disabled: letters.length === 0 || !app.may("admin"),
        on: { click: () => purge(selection, letters) } }, "Remove…"),
      !app.may("admin") && make("span.soft", {}, "Your key needs the scope 'admin'."));
  }

  function row(letter) {
    const box = make("input", {
      type: "checkbox", "aria-label": `Mark the letter ${letter.id}`, checked: marked.has(letter.id),
      on: {
        change: () => {
          if (box.checked) marked.add(letter.id);
          else marked.delete(letter.id);
          showDeeds();
        },
      },
    });
    const body = make("div.letter-body");
    const details = make("details", { open: opened.has(letter.id),
      on: { toggle: () => toggled(details, letter, body) } },
      make("summary", {}, "The message"), body);
    return make("li.letter", {}, box, make("div.letter-main", {},
      make("div.letter-head", {}, make("b", {}, letter.reason), letter.at && since(letter.at),
        make("code", {}, `${letter.exchange || "the default exchange"} → ${letter.routingKey}`),
        make("span.soft", {}, bytes(letter.bodyBytes)), make("span.id.soft", {}, letter.id)),
      make("p", {}, letter.detail), make("p.remedy", {}, letter.remedy),
      !letter.canRedrive && make("p.wrong", {}, `It cannot be published again: ${letter.stays}.`),
      details));
  }

  async function toggled(details, letter, body) {
    if (!details.open) {
      opened.delete(letter.id);
      return;
    }
    if (!opened.has(letter.id)) {
      fill(body, make("p.soft", {}, "Reading…"));
      try {
        opened.set(letter.id, await api.letter(letter.id, call.signal));
      } catch (problem) {
        fill(body, problemBox(problem));
        return;
      }
    }
    const whole = opened.get(letter.id);
    const facts = [["Refused", letter.at && at(letter.at)], ["By", letter.host], ["Partition", letter.partition],
      ["Queue", letter.queue], ["Message ID", letter.messageId],
      ["Correlation ID", letter.correlationId], ["Content type", letter.contentType], ["User", letter.userId],
      ["App", letter.appId], ["Type", letter.type], ["Deliveries", letter.deliveryCount]];
    const instance = letter.headers["warren-instance-id"];
    fill(body, make("dl.facts", {}, [...facts, ...Object.entries(letter.headers)]
      .filter(([, value]) => value !== undefined && value !== null && value !== "")
      .map(([name, value]) => [make("dt", {}, name), make("dd", {}, value instanceof Node ? value : make("code", {},
        String(value)))])),
    instance && make("p", {}, "Instance ", make("a.id", { href: link("instances", instance) }, instance)),
    whole.body !== undefined ? block(pretty(whole.body), "The body") : whole.bodyBase64 !== undefined
      && block(whole.bodyBase64, "The body, in base 64"));
  }

  function pretty(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }

  async function redrive(selection, letters) {
    const able = letters.filter(({ canRedrive }) => canRedrive).length;
    const lines = commandSection();
    lines.show(commands.deadLetters("redrive", selection));
    const result = await confirm({
      title: `Publish ${several(able, "letter")} again?`, verb: "Publish again",
      parts: [make("p", {}, "Each goes to its exchange, under its own message ID. What hosts take leaves this queue; "
        + "what they refuse again comes back as a new letter."),
        able < letters.length && make("p.warning", {},
          `${several(letters.length - able, "letter")} cannot be published again, and stay.`), lines.element],
      act: () => api.redriveLetters(selection),
    });
    if (!result) return;
    const outcomes = {};
    for (const { outcome } of result.letters) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const refused = result.letters.find(({ outcome }) => outcome === "refused");
    const counted = Object.entries(outcomes).map(([outcome, number]) => `${number} ${outcome}`).join(", ");
    note(`${counted || "Nothing was published"}.${refused?.detail ? ` ${refused.detail}` : ""}`, { bad: !!refused });
    marked.clear();
    load();
  }

  async function purge(selection, letters) {
    const lines = commandSection();
    lines.show(commands.deadLetters("purge", selection));
    const result = await confirm({
      title: `Remove ${several(letters.length, "letter")}?`, verb: "Remove", danger: true,
      parts: [make("p", {}, "They are removed for good, and have no effect any more."), lines.element],
      act: () => api.purgeLetters(selection),
    });
    if (!result) return;
    note(`Removed ${several(result.purged, "letter")}.`);
    marked.clear();
    load();
  }

  load();
  return {
    title: "Dead letters",
    met: () => found && showDeeds(),
    update(next) {
      words = next.words;
      if (found) {
        fill(state);
        show();
      }
    },
    close: () => call.abort(),
  };
}
