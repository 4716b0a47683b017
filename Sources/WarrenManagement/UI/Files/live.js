// Server-sent events, read by `fetch`: an `EventSource` cannot send the header with the key.

import { lines, request } from "./api.js";

const LONGEST_PAUSE = 15000;

/**
 * Listens to a stream, and connects again when it breaks. A hidden tab does not listen: a browser allows six
 * connections to a server, and each stream would take one of them for good.
 *
 * @param path the stream: `["events"]` or `["console"]`.
 * @param on `event(name, data)`, of which `ready` is the first of every connection; `state(word)` with `live`, `lost`
 *   or `quiet`.
 * @returns a function that ends it.
 */
export function listen(path, query, on) {
  let ended = false;
  let pause = 500;
  let timer = null;
  let call = null;

  async function connect() {
    if (ended || document.hidden || call) return;
    const mine = new AbortController();
    call = mine;
    try {
      const answer = await request("GET", path, { query, signal: mine.signal, accept: "text/event-stream" });
      pause = 500;
      on.state("live");
      await read(answer.body);
    } catch (error) {
      if (error.name === "AbortError") return;
    } finally {
      if (call === mine) call = null;
    }
    if (ended || document.hidden) return;
    on.state("lost");
    timer = setTimeout(connect, pause * (1 + Math.random() / 2));
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }

  async function read(body) {
    let name = "message";
    let data = [];
    for await (const raw of lines(body)) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line.startsWith("event:")) name = line.slice(6).trim();
      else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      else if (line === "") {
        if (data.length > 0) on.event(name, parsed(data.join("\n")));
        name = "message";
        data = [];
      }
    }
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  }

  function seen() {
    clearTimeout(timer);
    if (document.hidden) {
      call?.abort();
      call = null;
      on.state("quiet");
    } else {
      pause = 500;
      connect();
    }
  }

  document.addEventListener("visibilitychange", seen);
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
    call?.abort();
  };
}
