// Writes times, sizes and texts for people. Pure, apart from the clock.

import { make } from "./dom.js";

const numbers = new Intl.NumberFormat("en");

export function count(number) {
  return numbers.format(number);
}

/** `1 instance`, `1,204 instances`. */
export function several(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function bytes(number) {
  if (number < 1024) return `${number} B`;
  const power = Math.min(4, Math.floor(Math.log2(number) / 10));
  return `${(number / 1024 ** power).toFixed(1).replace(".0", "")} ${["", "KiB", "MiB", "GiB", "TiB"][power]}`;
}

const UNITS = [["d", 86400000], ["h", 3600000], ["min", 60000], ["s", 1000]];

/** A length of time with its two largest units: `3 d 4 h`, `2 min 5 s`, `1.2 s`, `40 ms`. */
export function length(milliseconds) {
  const time = Math.max(0, milliseconds);
  if (time < 0.05) return "0 ms";
  if (time < 10) return `${time.toFixed(1).replace(".0", "")} ms`;
  if (time < 1000) return `${Math.round(time)} ms`;
  if (time < 10000) return `${(time / 1000).toFixed(1).replace(".0", "")} s`;
  const first = UNITS.findIndex(([, size]) => time >= size);
  const [unit, size] = UNITS[first];
  const whole = Math.floor(time / size);
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((time - whole * size) / next[1]) : 0;
  return rest > 0 && whole < 100 ? `${whole} ${unit} ${rest} ${next[0]}` : `${whole} ${unit}`;
}

/** A length of time with its largest unit: `3 d`. */
export function roughly(milliseconds) {
  const time = Math.max(0, milliseconds);
  const [unit, size] = UNITS.find(([, size]) => time >= size) ?? UNITS[3];
  return `${Math.floor(time / size)} ${unit}`;
}

/** Milliseconds since 1970 of a text of the API, with fractions; `NaN` if it is no time. */
export function moment(text) {
  if (typeof text !== "string") return NaN;
  const fraction = /\.(\d{1,9})/.exec(text);
  const whole = Date.parse(text.replace(/\.\d+/, ""));
  return fraction ? whole + Number(`0.${fraction[1]}`) * 1000 : whole;
}

const two = number => String(number).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `14:05:32` in the reader's time; with `fine`, milliseconds too. */
export function clock(time, fine = false) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return fine ? `${text}.${String(date.getMilliseconds()).padStart(3, "0")}` : text;
}

/** `29 Nov 14:05:32`, with the year if it is another one. */
export function day(time, seconds = true) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const year = date.getFullYear() === new Date().getFullYear() ? "" : ` ${date.getFullYear()}`;
  const at = seconds ? clock(time) : clock(time).slice(0, 5);
  return `${date.getDate()} ${MONTHS[date.getMonth()]}${year} ${at}`;
}

/** The value of a field of type `datetime-local`. */
export function local(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${clock(time)}`;
}

/** RFC 3339 in UTC, without a fraction of zero. */
export function iso(time) {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

/** A time as an element, as text that `age` keeps current: `5 min ago`, `in 3 h`. The whole time is its title. */
export function since(text, { ago = true } = {}) {
  const at = moment(text);
  if (Number.isNaN(at)) return make("span.soft", {}, "–");
  const element = make("time", { datetime: text, title: `${day(at)} (${text})`, data: { age: ago ? "ago" : "bare" } });
  age(element);
  return element;
}

function age(element) {
  const past = Date.now() - moment(element.dateTime);
  const text = Math.abs(past) < 1000 ? "now"
    : past < 0 ? `in ${roughly(-past)}`
    : element.dataset.age === "ago" ? `${roughly(past)} ago` : roughly(past);
  if (element.textContent !== text) element.textContent = text;
}

/** A time as an element with its date. */
export function at(text) {
  const time = moment(text);
  if (Number.isNaN(time)) return make("span.soft", {}, "–");
  return make("time", { datetime: text, title: text }, day(time));
}

// Ages go on while the page is seen.
setInterval(() => {
  if (!document.hidden) document.querySelectorAll("time[data-age]").forEach(age);
}, 1000);

/** A text as one word of a shell. */
export function shell(text) {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/[\x00-\x1f\x7f]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\']/g, "\\$&").replace(/[\x00-\x1f\x7f]/g, character =>
    character === "\n" ? "\\n" : character === "\t" ? "\\t"
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `$'${escaped}'`;
}

/** JSON without space, cut to some characters: for one line of a table. */
export function brief(value, most = 120) {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** A value in words: a text as it is, a small object as `step: charging, total: 900`, and other things as JSON. */
export function plain(value) {
  if (typeof value === "string") return value;
  const members = value !== null && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [];
  const isSmall = members.length > 0 && members.length <= 4 && members.every(([, one]) => one === null || typeof one !== "object");
  return isSmall ? members.map(([name, one]) => `${name}: ${one}`).join(", ") : JSON.stringify(value);
}
