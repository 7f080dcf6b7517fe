// Building the page: text is always text, whatever it holds; no markup is ever parsed.
const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (`on…` are listeners, true sets an empty attribute) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of our icons; words beside it say what it means. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** A line's phrases, dots between them; a number stays on one line, however narrow the place is. */
export function phrases(text) {
  return String(text).split(" · ").flatMap((phrase, index) => [index ? " · " : null,
    /^[(+]?\d/.test(phrase) ? h("span", { class: "number" }, phrase) : phrase]);
}

function byKey(element, key) { return element.querySelector(`[data-key="${CSS.escape(key)}"]`); }

/** What hands did in a place that is drawn anew: what they opened, what they typed, and what it was answered with. */
function carry(element, fresh) {
  for (const old of element.querySelectorAll("details[data-key], input[data-key], .fault[data-key]")) {
    const now = byKey(fresh, old.dataset.key);
    if (!now) continue;
    if (old.matches("details")) now.open = old.open;
    else if (old.matches("input")) now.value = old.value;
    else now.textContent = old.textContent;
  }
}

/** Replaces what an element holds, unless it would be the same: what has a `data-key` keeps its focus and what was done in it. */
export function fill(element, ...children) {
  const fresh = document.createElement(element.tagName);
  fresh.append(...children.flat(Infinity).filter(Boolean));
  carry(element, fresh);
  if (fresh.innerHTML === element.innerHTML) return false;
  const { activeElement } = document;
  const focused = element.contains(activeElement) ? activeElement.dataset.key : undefined;
  const { selectionStart, selectionEnd } = activeElement ?? {};
  element.replaceChildren(...fresh.childNodes);
  const place = focused && byKey(element, focused);
  if (!place) return true;
  place.focus();
  if (place.matches("input") && Number.isInteger(selectionStart)) place.setSelectionRange(selectionStart, selectionEnd);
  return true;
}

/** Digits in groups one can say, each in its own element so that they are copied without blanks. */
export function groups(list) {
  return h("span", { class: "groups number" }, (list ?? []).map((group) => h("b", {}, group)));
}

const news = document.getElementById("news");
const quietNews = document.getElementById("quiet-news");

/** Tells readers of the screen; `now` interrupts. */
export function announce(text, urgent = false) {
  const place = urgent ? news : quietNews;
  if (!place) return;
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}

const closings = [];
/** Hears of every dialog that is closed: whoever had the hands before gets them back. */
export function onDialogClosed(listener) { closings.push(listener); }

/** Says that a dialog is gone from the page. */
export function closed() { for (const listener of closings) listener(); }

/** Closes whatever dialog is open: its subject goes from the page. That nobody is signed in stays said. */
export function closeDialogs() {
  for (const box of document.querySelectorAll("dialog[open]")) if (box.id !== "signed-out") box.close();
}

/** A modal dialog with a heading, gone from the page once closed. */
export function dialog(id, title, body, buttons = [], options = {}) {
  document.getElementById(id)?.remove();
  const close = h("button", { type: "button", class: "plain icon-only", "aria-label": options.close }, icon("close"));
  const box = h("dialog", { id, "aria-labelledby": `${id}-title` },
    h("header", {}, h("h2", { id: `${id}-title`, tabindex: "-1" }, title), close),
    h("div", { class: "body" }, body), buttons.length ? h("footer", {}, buttons) : null);
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => { box.remove(); options.onclose?.(); closed(); });
  document.body.append(box);
  box.showModal();
  return box;
}
