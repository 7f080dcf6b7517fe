// A line to type in and what it finds below, chosen by arrows and Enter or by pointing: the palette, prepared texts.
import { Lost } from "./api.js";
import { t } from "./words.js";
import { h, closed } from "./dom.js";

/**
 * Opens a finder unless it is open: `id` names its dialog, `title` and `label` what it is and what is typed there,
 * `placeholder` what stands in the empty line, `foot` what stands below the list.
 *
 * `atOnce(words)` gives items that need no asking, `look(words)` asks for them and gives null when nothing is to change;
 * `line(item)` is what an item shows, `take(item)` gets the one that was chosen once the finder is closed.
 */
export function openFinder({ id, title, listTitle = title, label, placeholder = label, foot = null, atOnce, look, line, take }) {
  if (document.getElementById(id)) return;
  let items = [];
  let chosen = 0;
  let latest = 0;
  /** The words that the items are what was found for; undefined while that is asked. */
  let settled;
  /** Whether an item was gone to by hand; whether Enter fell before its words were looked up, and means what they find. */
  let isMeant = false;
  let isEntered = false;
  const list = h("ul", { id: `${id}-list`, role: "listbox", "aria-label": listTitle });
  const input = h("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
    "aria-label": label, placeholder, autocomplete: "off", maxlength: 200,
  });
  const box = h("dialog", { id, class: "palette", "aria-label": title }, h("div", { class: "body" }, input, list, foot));
  box.addEventListener("close", () => { box.remove(); closed(); });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });

  function draw() {
    chosen = Math.min(chosen, Math.max(0, items.length - 1));
    list.replaceChildren(...items.map((item, index) => {
      const row = h("li", { id: `${id}-${index}`, role: "option", "aria-selected": index === chosen }, ...line(item));
      row.addEventListener("click", () => pick(item));
      return row;
    }));
    if (!items.length) list.append(h("li", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, t("palette.nothing")));
    if (items.length) input.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function pick(item) {
    box.close();
    take(item);
  }

  async function search() {
    const words = input.value.trim();
    const turn = ++latest;
    settled = undefined;
    if (atOnce) put(atOnce(words));
    let found;
    try {
      found = await look(words);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
    if (turn !== latest || !box.open) return;
    if (found) put(found);
    if (found || atOnce) settled = words;
    // What could not be looked up is nothing to be taken.
    if (isEntered && settled === words && items[chosen]) return pick(items[chosen]);
    isEntered = false;
  }

  /** Shows other items; the one that was gone to by hand stays chosen where it is among them. */
  function put(found) {
    const before = isMeant ? JSON.stringify(items[chosen]) : undefined;
    const place = found.findIndex((item) => JSON.stringify(item) === before);
    [items, chosen, isMeant] = [found, Math.max(0, place), place >= 0];
    draw();
  }

  function enter() {
    const isCurrent = settled === input.value.trim();
    if ((isMeant || isCurrent) && items[chosen]) return pick(items[chosen]);
    if (isCurrent) return undefined;
    isEntered = true;
    clearTimeout(timer);
    return search();
  }

  let timer;
  input.addEventListener("input", () => {
    [isMeant, isEntered] = [false, false];
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      isMeant = true;
      chosen = (chosen + step + items.length) % items.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      enter();
    }
  });
  document.body.append(box);
  box.showModal();
  search();
}
