// The system: hosts, partitions and owners, queues, activities that nobody serves, destinations that take nothing.

import * as api from "./api.js";
import { fill, icon, make } from "./dom.js";
import { bytes, count, length, several, since } from "./format.js";
import { empty, problemBox } from "./notes.js";
import { link } from "./route.js";

const REFRESH = 5000;

export function open(main, route, app) {
  const call = new AbortController();
  const summary = make("p.soft");
  const hosts = section("Hosts");
  const partitions = section("Partitions");
  const activities = section("Activities");
  const queues = section("Queues");
  const parked = section("Waiting destinations");
  let figures = new Map();
  let known = null;
  let isLoading = false;
  let isAskedAgain = false;
  fill(main, make("div.head", {}, make("h1", {}, "System"), summary), parked.element, partitions.element, hosts.element,
    make("div.two", {}, activities.element, queues.element));
  parked.element.hidden = true;

  function section(title) {
    const body = make("div", {}, make("p.loading", {}, "Asking…"));
    const end = make("span.end.soft");
    return { body, end, element: make("section.leaf", { "aria-label": title }, make("header", {}, make("h2", {}, title),
      end), body) };
  }

  /** Each part is asked for and shown by itself: one that does not answer hides no other. */
  async function load() {
    if (document.hidden) return;
    if (isLoading) {
      isAskedAgain = true;
      return;
    }
    isLoading = true;
    isAskedAgain = false;
    const parts = [
      [api.hub, showHub, parked], [api.partitions, showPartitions, partitions], [api.hosts, showHosts, hosts],
      [signal => api.activities({}, signal), showActivities, activities], [api.queues, showQueues, queues],
    ];
    await Promise.all(parts.map(async ([ask, show, place]) => {
      try {
        const answer = await ask(call.signal);
        // What has not changed stays: somebody may be reading or copying it.
        const looks = JSON.stringify(answer);
        if (place.looks === looks) return;
        place.looks = looks;
        show(answer);
      } catch (problem) {
        if (problem.name === "AbortError") return;
        place.looks = null;
        place.element.hidden = false;
        fill(place.body, problemBox(problem, load));
      }
    }));
    isLoading = false;
    if (isAskedAgain && !call.signal.aborted) load();
  }

  function showHub(hub) {
    fill(summary, "Hub ", make("b", {}, hub.hub),
      `, ${several(hub.partitions, "partition")}, durability ${hub.durability}, Warren ${hub.version}, `
        + several(hub.orchestrations.length, "orchestration"),
      hub.metricsPath ? [", ", make("a", { href: hub.metricsPath }, "metrics of this server's host")] : null);
    parked.element.hidden = hub.parked.length === 0;
    fill(parked.body, make("p.inside", {},
      "The broker does not take what hosts have for these. They go on by themselves when it does."),
      table(["Destination", "Rows", "Since", "What the broker says"],
        hub.parked.map(({ destination, rows, since: from, reason }) =>
        [make("code", {}, destination), right(count(rows)), since(from), reason])));
  }

  function showPartitions({ partitions: all, withoutOwner, durability }) {
    const most = Math.max(100, ...all.map(({ waiting }) => waiting));
    // What a host does is the sum of its partitions.
    figures = new Map(all.map(({ partition, figures: found }) => [partition, found]));
    if (known) showHosts(known);
    partitions.end.textContent = withoutOwner.length === 0 ? "Every partition has an owner." : "";
    fill(partitions.body, make("ul.partitions", {}, all.map(partition => card(partition, most, durability))));
  }

  function card({ partition, owner, followers, outdated = [], waiting, damaged, figures: found }, most, durability) {
    const rows = Object.entries(damaged ?? {}).filter(([, number]) => number > 0);
    const bar = make("span.backlog", { "aria-hidden": "true" },
      make("span", { look: { width: `${100 * waiting / most}%` } }));
    return make(`li.partition${owner ? "" : ".bad"}`, {},
      make("header", {}, make("b.count", {}, String(partition).padStart(2, "0")),
      owner ? make("span", {}, owner.name ?? owner.host, owner.process && make("span.soft", {}, ` · ${owner.process}`))
        : make("span.wrong", {}, icon("s-failed"), "no owner")),
    make("p", {}, make("span.count", {}, count(waiting)), make("span.soft", {}, waiting === 1 ? " message waits"
      : " messages wait")), bar,
    found && work(found),
    make("p.soft", {}, [
      owner?.epoch !== undefined && `claim ${owner.epoch}`, owner?.unsavedBytes !== undefined
        && `${bytes(owner.unsavedBytes)} since the snapshot`,
      owner?.dataDirectory, followers.length > 0 && several(followers.length, "follower"), durability === "journal"
        && followers.length === 0 && "nobody follows",
      outdated.length > 0 && `${outdated.length} outdated`,
    ].filter(Boolean).join(" · ")),
    damaged === undefined && make("p.soft", {}, "does not answer"),
    rows.length > 0 && make("p.wrong", {},
      `damaged rows: ${rows.map(([name, number]) => `${number} in ${name}`).join(", ")}. The host's log says which.`));
  }

  /** What a partition's host has measured in the last minute or two. */
  function work(found) {
    const time = seconds => (seconds === undefined ? "–" : length(seconds * 1000));
    const facts = [
      ["Commits", `${rate(found.commits, found.seconds)} a second`],
      ["Half within", time(found.commitMedian)], ["99 % within", time(found.commit99)],
      ["Outbox", found.outboxRows === 0 ? "empty" : `${several(found.outboxRows, "row")}, ${time(found.outboxOldest)} old`],
      ["In memory", found.turns === 0 ? "no turns" : `${share(found)} of the turns`],
    ];
    return make("dl.figures", {}, facts.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text))));
  }

  function showHosts(answer) {
    known = answer;
    const { hosts: all } = answer;
    hosts.end.textContent = several(all.length, "host");
    fill(hosts.body, all.length === 0 ? empty("No host says that it runs",
      "Instances wait until one does. Nothing is lost meanwhile.")
      : table(["Host", "Owns", "Follows", "Commits", "99 % within", "Outbox", "In memory", "Since"], all.map(host => [
        [make("b", {}, host.name), make("span.soft", {}, ` process ${host.process}`), host.leaving
          && make("span.tag", {}, "leaving")],
        numbers(host.partitions), numbers(host.followed ?? []), ...sums(host.partitions), host.startedTime ? since(host.startedTime) : "–",
      ])));
  }

  /** What the partitions of a host measure together: the slowest of their times, the sums of the others. */
  function sums(owned) {
    const found = owned.map(number => figures.get(number)).filter(Boolean);
    if (found.length === 0) return ["–", "–", "–", "–"].map(right);
    const sum = name => found.reduce((all, one) => all + one[name], 0);
    const slowest = Math.max(...found.map(one => one.commit99 ?? -1));
    const commits = found.reduce((all, one) => all + one.commits / Math.max(1, one.seconds), 0);
    return [
      `${commits.toFixed(1)} a second`, slowest < 0 ? "–" : length(slowest * 1000), count(sum("outboxRows")),
      sum("turns") === 0 ? "–" : share({ turns: sum("turns"), turnsInMemory: sum("turnsInMemory") }),
    ].map(right);
  }

  const numbers = list => (list.length === 0 ? make("span.soft", {}, "–") : list.length > 8 ? several(list.length,
    "partition") : list.join(", "));

  function showActivities({ activities: all }) {
    const unserved = all.filter(({ served }) => !served);
    activities.end.textContent = unserved.length === 0 ? "All of them are served." : `${unserved.length} not served`;
    const sorted = [...unserved, ...all.filter(({ served }) => served)];
    fill(activities.body, all.length === 0 ? empty("No activity is known",
      "The host names those that it runs, or has called since it started.")
      : table(["Activity", "Waiting", "Workers"], sorted.map(({ name, served, messages, consumers }) => [
        make("a", { href: link("instances", undefined, { waits: `activity:${name}`, sort: "waiting" }) }, name),
        right(messages === undefined ? "–" : count(messages)),
        served ? right(consumers === undefined ? "?" : count(consumers)) : make("span.wrong", {}, icon("s-failed"),
          "nobody serves it"),
      ])));
  }

  function showQueues({ queues: all }) {
    const hub = app.hub?.hub ?? all.find(({ queue }) => queue.endsWith(".intake"))?.queue.slice(0, -7) ?? "";
    const dead = all.find(({ queue }) => queue === `${hub}.dead`);
    app.showDead(dead?.messages ?? 0);
    queues.end.textContent = several(all.length, "queue");
    fill(queues.body, table(["Queue", "What for", "Messages", "Consumers"], all.map(({ queue, messages, consumers }) =>
      {
      const { text, isRead } = purpose(queue.slice(hub.length + 1));
      return { queue, messages, consumers, text, isAlone: isRead && consumers === 0 };
    }).sort((one, other) => rank(other) - rank(one)).map(({ queue, messages, consumers, text, isAlone }) => [
      make("code", {}, queue), make("span.soft", {}, text), right(count(messages)),
      isAlone ? make("span.wrong", {}, icon("s-failed"), messages > 0 ? "nobody reads it" : "no reader")
        : right(consumers === undefined ? "?" : count(consumers)),
    ])));
  }

  load();
  const timer = setInterval(load, REFRESH);
  return {
    title: "System",
    met: load,
    update() {},
    close() {
      call.abort();
      clearInterval(timer);
    },
  };
}

const rate = (number, seconds) => (number / Math.max(1, seconds)).toFixed(1);
const share = ({ turns, turnsInMemory }) => `${(100 * turnsInMemory / turns).toFixed(1).replace(".0", "")} %`;

/** What nobody reads comes first, and most of all if something waits in it. */
const rank = ({ isAlone, messages }) => (isAlone ? 1 + Number(messages > 0) : 0);

const right = text => make("span.count", {}, text);

/** What a queue is for, by the rest of its name, and whether a host or a worker should read it. */
function purpose(name) {
  const forms = [
    [/^intake$/, "what comes from outside", true], [/^query$/, "questions", true],
    [/^partition\.(\d+)$/, "what a partition has to do", true],
    [/^partition\.(\d+)\.intake$/, "what comes from outside, for one partition", false],
    [/^activity\.(.+)$/, "work", true], [/^journal\.(\d+)$/, "a partition's journal (a stream)", false],
    [/^hosts$/, "what hosts say of themselves (a stream)", false],
    [/^snapshot\./, "a copy of a partition (a stream)", false], [/^owner\./, "whose a partition is", false],
    [/^console$/, "lines for people", false],
    [/^dead$/, "dead letters", false], [/^dead\.activity$/, "work that the broker gave up", true],
  ];
  const [, text, isRead] = forms.find(([form]) => form.test(name)) ?? [null, "", false];
  return { text, isRead };
}

/** A table of cells. It may be wider than the window: then the keys of the keyboard move it. */
function table(heads, rows) {
  const head = make("tr", {}, heads.map(text => make("th", { scope: "col" }, text)));
  const body = rows.map(cells => make("tr", {}, cells.map(cell => make("td", {}, cell))));
  return make("div.scroll", { tabindex: 0, role: "group", "aria-label": heads[0] },
    make("table.wide", {}, make("thead", {}, head), make("tbody", {}, body)));
}
