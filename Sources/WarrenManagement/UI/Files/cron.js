// Says the five fields of cron in words. Pure. What it does not understand has no words, and is shown as it is written.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];
const NAMED = { "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *" };
/** So many times of day are named one by one. */
const MOST_TIMES = 4;

const two = number => String(number).padStart(2, "0");
const joined = (words, last = "and") => (words.length < 2 ? words.join("")
  : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`);

/**
 * Reads a field.
 *
 * @returns a list of `{from, to, step}`; `null` if it is no field.
 */
function read(text, names, offset) {
  const number = word => {
    if (/^\d+$/.test(word)) return Number(word);
    const index = names.findIndex(name => name.slice(0, 3).toLowerCase() === word.toLowerCase());
    return index < 0 ? NaN : index + offset;
  };
  const parts = text.split(",").map(part => {
    const found = /^(\*|[\da-z]+)(?:-([\da-z]+))?(?:\/(\d+))?$/i.exec(part);
    if (!found || (found[1] === "*" && found[2] !== undefined)) return null;
    const [, first, last, every] = found;
    const step = every === undefined ? 1 : Number(every);
    if (first === "*") return { all: true, step };
    const from = number(first);
    const to = last === undefined ? every === undefined ? from : Infinity : number(last);
    return Number.isNaN(from) || Number.isNaN(to) || step < 1 ? null : { from, to, step };
  });
  return parts.includes(null) ? null : parts;
}

const isAll = field => field.length === 1 && field[0].all && field[0].step === 1;
const single = field => field.every(({ all, from, to }) => !all && from === to);
const numbers = field => field.map(({ from }) => from);

/** `minute 0, 15 and 30`, `hour 09 to 17`, `every 2nd day from 1 on`; without a noun the names alone. */
function phrase(field, noun, name) {
  const words = [];
  const named = [...new Set(field.filter(({ all, step }) => !all && step === 1)
    .map(({ from, to }) => (from === to ? name(from) : `${name(from)} to ${name(to)}`)))];
  if (named.length > 0) words.push(`${noun === "" ? "" : `${noun} `}${joined(named)}`);
  for (const { all, from, to, step } of field) {
    if (!all && step === 1) continue;
    const span = all ? "" : to === Infinity ? ` from ${name(from)} on` : ` from ${name(from)} to ${name(to)}`;
    words.push(`${step === 1 ? "every" : `every ${ordinal(step)}`} ${noun || "day"}${span}`);
  }
  return joined(words);
}

function ordinal(number) {
  const last = number % 100 > 10 && number % 100 < 14 ? 0 : number % 10;
  return `${number}${["th", "st", "nd", "rd"][last] ?? "th"}`;
}

/** The times of day. */
function times(minute, hour) {
  if (single(minute) && single(hour) && minute.length * hour.length <= MOST_TIMES) {
    const all = numbers(hour).flatMap(one => numbers(minute).map(other => `${two(one)}:${two(other)}`));
    return { text: `at ${joined(all.sort())}`, isDaily: true };
  }
  const [every] = minute.length === 1 && minute[0].all ? minute : [];
  const begin = every ? (every.step === 1 ? "every minute" : `every ${every.step} minutes`)
    : `at ${phrase(minute, "minute", String)}`;
  if (isAll(hour)) return { text: every ? begin : `${begin} of every hour`, isDaily: false };
  return { text: `${begin} of ${phrase(hour, "hour", two)}`, isDaily: false };
}

/** `at 02:30, Monday to Friday`; `null` for a text that it does not understand. */
export function cronWords(text) {
  const fields = (NAMED[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
  if (fields.length !== 5) return null;
  const [minute, hour, day, month, weekday] = [read(fields[0], [], 0), read(fields[1], [], 0), read(fields[2], [], 1),
    read(fields[3], MONTHS, 1), read(fields[4], DAYS, 0)];
  if (!minute || !hour || !day || !month || !weekday) return null;
  const { text: time, isDaily } = times(minute, hour);
  const words = [];
  const dayOf = number => DAYS[number % 7] ?? String(number);
  if (!isAll(day)) words.push(`on ${phrase(day, "day", String)} of the month`);
  // As in every cron, one of the two days is enough.
  if (!isAll(weekday)) words.push(`${words.length > 0 ? "or on " : "on "}${phrase(weekday, "", dayOf)}`);
  if (words.length === 0 && isDaily && isAll(month)) words.push("every day");
  const days = words.join(" ");
  const months = isAll(month) ? "" : `in ${phrase(month, "month", number => MONTHS[number - 1] ?? String(number)).replace(/^month /, "")}`;
  return [time, days, months].filter(part => part !== "").join(", ");
}

const UNITS = [["d", 86400, "day"], ["h", 3600, "hour"], ["m", 60, "minute"], ["s", 1, "second"]];

/** `every 5 minutes`, `every hour`, `every 90 seconds`. */
export function everyWords(seconds) {
  const [, size, name] = UNITS.find(([, length]) => seconds >= length && seconds % length === 0) ?? UNITS[3];
  const number = seconds / size;
  return number === 1 ? `every ${name}` : `every ${number} ${name}s`;
}

/** The same as people write it: `5m`. */
export function everyText(seconds) {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length && seconds % length === 0) ?? UNITS[3];
  return `${seconds / size}${unit}`;
}

/** The seconds of `90s`, `5m`, `12h`, `1d`, or of a number of seconds; `NaN` for anything else. */
export function everySeconds(text) {
  const found = /^\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*$/.exec(text);
  if (!found) return NaN;
  const seconds = Number(found[1]) * (UNITS.find(([unit]) => unit === found[2])?.[1] ?? 1);
  return Math.round(seconds * 1e6) / 1e6;
}

/** When a schedule is due, in words; its cron as it is written where there are none. */
export function ruleWords(schedule) {
  return schedule.cron === undefined ? everyWords(schedule.every) : cronWords(schedule.cron) ?? schedule.cron;
}
