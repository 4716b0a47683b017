// The history of an open instance, kept up to date by a stream: nobody asks for what has not changed.

import { MOST_EVENTS } from "./api.js";
import { listen } from "./live.js";

/**
 * Follows the history of an instance, until it has ended.
 *
 * @param grown called when there are more events, or it has ended.
 * @returns `events()` with what is known, as `api.history` gives it, or `null` while the stream is not there or has not
 *   caught up; `isOver`, whether the instance has ended; and `close()`.
 */
export function follow(id, grown) {
  let events = [];
  let isLive = false;
  let isOver = false;
  // The number of events that were known when the stream broke: until the next one has sent as many, it knows less.
  let known = 0;
  const close = listen(["instances", id, "history"], { follow: "true" }, {
    state(word) {
      if (isLive) known = Math.max(known, events.length);
      isLive = word === "live";
      if (isLive) events = [];
    },
    event(name, data) {
      if (name === "history") events.length <= MOST_EVENTS && events.push(data);
      else if (name === "execution") [events, known] = [[], 0];
      else if (name === "end") {
        isOver = true;
        close();
      }
      grown();
    },
  });
  return {
    events: () => (isLive && events.length > 0 && events.length >= known
      ? { events: events.slice(0, MOST_EVENTS), more: events.length > MOST_EVENTS } : null),
    get isOver() {
      return isOver;
    },
    close,
  };
}
