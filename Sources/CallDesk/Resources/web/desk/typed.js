// What is typed and not yet answered: kept beside the page, so that a crash or a reload loses no word.
import { desk } from "./store.js";

const PREFIX = "calldesk:typed:";
/** Whatever lies longer than this belongs to a call long over. */
const LIFE = 24 * 3600 * 1000;

function key(attendance, prompt) { return `${PREFIX}${desk.me?.id}:${attendance}:${prompt}`; }

/** Keeps a text until it is answered; an empty one is forgotten. A full or closed store costs only this comfort. */
export function keepTyped(attendance, prompt, text) {
  try {
    if (text) localStorage.setItem(key(attendance, prompt), JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(key(attendance, prompt));
  } catch { /* a browser without storage */ }
}

/** What was typed for a question and never sent. */
export function typed(attendance, prompt) {
  try { return JSON.parse(localStorage.getItem(key(attendance, prompt)) ?? "null")?.text; } catch { return undefined; }
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
