// The frame: pages by address, keys of the keyboard, the server's key, colours, and the one stream of changes.

import * as api from "./api.js";
import { attention } from "./attention.js";
import { setHub } from "./commands.js";
import { field, line, confirm, show } from "./dialogs.js";
import { fill, icon, make } from "./dom.js";
import { count } from "./format.js";
import { listen } from "./live.js";
import { empty, note } from "./notes.js";
import { go, link, read } from "./route.js";
import * as consolePage from "./console.js";
import * as dead from "./dead.js";
import * as entities from "./entities.js";
import * as entity from "./entity.js";
import * as instance from "./instance.js";
import * as list from "./list.js";
import * as schedule from "./schedule.js";
import * as schedules from "./schedules.js";
import * as system from "./system.js";

const $ = id => document.getElementById(id);
const main = $("main");

const PAGES = [
  { page: "instances", name: "Instances", key: "i", module: list, one: instance, parts: 1 },
  { page: "schedules", name: "Schedules", key: "h", module: schedules, one: schedule, parts: 1 },
  { page: "entities", name: "Entities", key: "e", module: entities, one: entity, parts: 2 },
  { page: "system", name: "System", key: "s", module: system },
  { page: "dead", name: "Dead letters", key: "d", module: dead },
  { page: "console", name: "Console", key: "c", module: consolePage },
];

/** What pages know of the frame. */
const app = {
  hub: null,
  me: null,
  /** Whether the key of this page has a scope; `admin` has all. */
  may: scope => !app.me || app.me.scopes.includes(scope) || app.me.scopes.includes("admin"),
  showDead(number) {
    const badge = $("nav").querySelector("[data-page=dead] .badge");
    badge.hidden = number === 0;
    badge.textContent = number > 999 ? "999+" : count(number);
  },
};

let shown = null;
let now = null;

function navigate() {
  const route = read();
  const place = PAGES.find(({ page }) => page === route.page);
  const module = place?.one && route.parts.length >= place.parts ? place.one : place?.module;
  const id = JSON.stringify(route.parts);
  for (const item of $("nav").querySelectorAll("a")) {
    if (item.dataset.page === route.page) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  if (shown && now.module === module && now.id === id) {
    shown.update(route);
    return;
  }
  const isFirst = now === null;
  shown?.close();
  shown = null;
  fill(main);
  now = { module, id };
  if (module) shown = module.open(main, route, app);
  else fill(main, empty("There is no such page", "", make("a.button", { href: "#/instances" }, "Instances")));
  title();
  scrollTo(0, 0);
  // What had the focus is gone with its page. At first the focus is where the browser has it, before the skip link.
  if (!isFirst && (document.activeElement === document.body
    || !document.activeElement?.isConnected)) main.focus({ preventScroll: true });
}

function title() {
  document.title = [shown?.title, app.hub?.hub, "Warren"].filter(Boolean).join(" · ");
}

// ---- The server

async function meet() {
  try {
    [app.hub, app.me] = await Promise.all([api.hub(), api.me()]);
    setHub(app.hub.hub);
    $("hub").textContent = app.hub.hub;
    const { hub, partitions, durability, version } = app.hub;
    $("hub").title = `Hub ${hub}, ${partitions} partitions, durability ${durability}, Warren ${version}`;
    $("key").hidden = !app.me.keysRequired && !api.hasKey();
    shown?.met?.();
    title();
  } catch (problem) {
    // The pages say it too; when the stream of changes comes back, this is asked again.
    $("hub").textContent = problem.status === 401 ? "locked" : "does not answer";
  }
}

async function askForKey(problem) {
  const key = line({ type: "password", autocomplete: "off", placeholder: "wk_…" });
  const given = await confirm({
    title: "This server wants a key", verb: "Use it",
    parts: [
      make("p", {}, problem.message),
      field("Key", key, "It is kept in this tab until the tab is closed, and sent to this server only."),
      make("p.soft", {}, "A key is made by ", make("code", {}, "warren keys create"),
        ". The scope read is enough to look."),
    ],
    check: () => (key.value.trim() === "" ? "Give a key." : null),
    act: async () => api.setKey(key.value.trim()),
  });
  return given !== undefined;
}

api.whenLocked(askForKey);

$("key").addEventListener("click", async () => {
  if (!api.hasKey()) {
    if (await askForKey(new Error("Give a key, or cancel to look without one."))) location.reload();
    return;
  }
  const done = await confirm({
    title: "Key", verb: "Forget the key",
    parts: [make("p", {}, app.me?.keysRequired === false ? "This server wants no key: it listens to this machine only."
      : `${app.me?.name ?? "The key"} may: ${app.me?.scopes.join(", ") ?? "nothing"}.`)],
    act: async () => api.setKey(null),
  });
  if (done !== undefined) location.reload();
});

const WIRE = { live: "Live", lost: "Reconnecting", quiet: "Paused" };
let greeted = false;

/** Reads everything again: what happened while nothing was heard is not sent later. */
function catchUp() {
  if (greeted && !app.hub) meet();
  if (greeted) shown?.opened?.();
  greeted = true;
}

listen(["events"], {}, {
  state(word) {
    $("wire").className = `wire ${word === "quiet" ? "" : word}`;
    if ($("wire").textContent !== WIRE[word]) $("wire").textContent = WIRE[word];
  },
  // The server says `ready` first, and again when it has lost its own connection meanwhile.
  event(name, data) {
    if (name === "instance") shown?.live?.(data);
    else if (name === "ready" || name === "lagged") catchUp();
  },
});

// ---- Colours

const THEMES = { auto: ["i-auto", "Colours: as the system has them"], light: ["i-sun", "Colours: light"],
  dark: ["i-moon", "Colours: dark"] };

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "auto";
  const [sign, text] = THEMES[theme];
  fill($("theme"), icon(sign));
  $("theme").setAttribute("aria-label", text);
  $("theme").title = text;
}

$("theme").addEventListener("click", () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % names.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("warren-theme", next);
  } catch {
    // Then it holds until the page is left.
  }
  showTheme();
});

// ---- The keyboard

const KEYS = [
  ["/", "Open an instance by its ID"], ["g i", "Instances"], ["g h", "Schedules"], ["g e", "Entities"],
  ["g s", "System"], ["g d", "Dead letters"], ["g c", "Console"],
  ["j  k", "Next, previous instance of the list"], ["Enter", "Open it"], ["x", "Mark it"],
  ["← →", "Move over the histogram, and between tabs"],
  ["e", "Raise an event to the instance, or signal the entity, that is shown"],
  ["u", "From an instance, a schedule or an entity back to the list"], ["?", "This list"],
];

function help() {
  show("Keyboard", make("div.keys", {}, KEYS.flatMap(([keys, text]) =>
    [make("span", {}, keys.split(/ +/).map(key => [make("kbd", {}, key), " "])), make("span", {}, text)])));
}

let going = 0;
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const went = Date.now() - going < 1500 && PAGES.find(({ key }) => key === event.key);
  going = 0;
  if (went) go(link(went.page));
  else if (event.key === "g") going = Date.now();
  else if (event.key === "/") $("jump-id").focus();
  else if (event.key === "?") help();
  else if (!shown?.keys?.(event)) return;
  event.preventDefault();
});
$("help").addEventListener("click", help);

$("jump").addEventListener("submit", event => {
  event.preventDefault();
  const id = $("jump-id").value.trim();
  if (id === "") return;
  $("jump-id").value = "";
  $("jump-id").blur();
  go(link("instances", id));
});

fill($("nav"), PAGES.map(({ page, name }) => make("li", {}, make("a", { href: link(page), data: { page } }, name,
  page === "dead" && make("span.badge", { hidden: true })))));
addEventListener("hashchange", navigate);
addEventListener("unhandledrejection", event => {
  if (event.reason?.name === "AbortError") event.preventDefault();
  else if (event.reason instanceof api.Problem) {
    event.preventDefault();
    note(event.reason.message, { bad: true });
  }
});
showTheme();
app.attention = attention(app);
navigate();
meet();
