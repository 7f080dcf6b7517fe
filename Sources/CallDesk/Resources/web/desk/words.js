// The texts of the page's language, and how times and lengths are written in it.
const root = document.documentElement;
const texts = (await import(root.dataset.words)).default;

export const language = root.lang;

/** The text of a key with {name} filled in; the key itself when there is none. */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** key.one or key.other, by the count. */
export function counted(key, count, values = {}) {
  return t(`${key}.${count === 1 ? "one" : "other"}`, { count, ...values });
}

let zone;
let offset = 0;

/** The desk's time zone and how far this machine's clock is off the service's. */
export function setClock(timeZone, now) {
  zone = timeZone;
  offset = now - Date.now();
}

/** A time of the API (ISO 8601) in milliseconds; none stays none. */
export function at(time) { return typeof time === "string" ? Date.parse(time) : time; }

/** Now, by the service's clock, in milliseconds. */
export function now() { return Date.now() + offset; }

function format(options, ms) {
  return new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(new Date(ms));
}

/** 14:05 */
export function clock(ms) { return format({ hour: "2-digit", minute: "2-digit", hour12: false }, ms); }

/** 14:05 for today, 21/11 14:05 for another day. */
export function moment(ms) {
  const day = { day: "2-digit", month: "2-digit" };
  return format(day, ms) === format(day, now()) ? clock(ms) : `${format(day, ms)} ${clock(ms)}`;
}

/** 02:31, or 1:02:31 from an hour on. */
export function elapsed(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return (hours ? `${hours}:` : "") + `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** How long ago, roughly: 5 s, 12 min, 3 h, 2 d. */
export function ago(ms) {
  const seconds = Math.max(0, Math.floor((now() - ms) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}
