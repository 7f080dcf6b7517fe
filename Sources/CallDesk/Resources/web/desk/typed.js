// What is typed and not yet answered: kept beside the page, so that a crash or a reload loses no word.
import { desk } from "./store.js";

const PREFIX = "calldesk:typed:";
/** Whatever lies longer than this belongs to a call long over. */
const LIFE = 24 * 3600 * 1000;

function key(attendance, prompt) { return `${PREFIX}${desk.me?.id}:${attendance}:${prompt}`; }

/** Whether something is in it: a text, ticked options, parts of an address, files. */
function isFilled(value) {
  return Array.isArray(value) ? value.length > 0 : value && typeof value === "object" ? Object.values(value).some(Boolean) : Boolean(value);
}

/** Keeps what was given until it is answered; what is empty is forgotten. A full or closed store costs only this comfort. */
export function keepTyped(attendance, prompt, value) {
  try {
    if (isFilled(value)) localStorage.setItem(key(attendance, prompt), JSON.stringify({ value, at: Date.now() }));
    else localStorage.removeItem(key(attendance, prompt));
  } catch { /* a browser without storage */ }
}

/** What was given for a question and never answered. */
export function typed(attendance, prompt) {
  try { return JSON.parse(localStorage.getItem(key(attendance, prompt)) ?? "null")?.value; } catch { return undefined; }
}

/** Forgets texts of yesterday; at the sign-out all of them: the next person at this machine is somebody else. */
export function sweepTyped(everything = false) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      let at = 0;
      try { at = JSON.parse(localStorage.getItem(name)).at; } catch { /* not ours: goes */ }
      if (everything || !(Date.now() - at < LIFE)) localStorage.removeItem(name);
    }
  } catch { /* a browser without storage */ }
}
