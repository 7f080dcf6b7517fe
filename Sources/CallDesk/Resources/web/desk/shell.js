// What every page behind the sign-in has: the bar, arriving calls, the palette, the keys, the colours.
import { begin, desk, on, reload, callerName } from "./store.js";
import { t, counted, elapsed, now } from "./words.js";
import { h, dialog, announce, onDialogClosed } from "./dom.js";
import { openPalette } from "./palette.js";
import "./pops.js";
import "./bell.js";
import "./call.js";
import "./pause.js";
import { sweepTyped } from "./typed.js";

// Colours: the system's, unless somebody chose; a cookie, so that the next page comes in them.
const root = document.documentElement;
document.getElementById("theme")?.addEventListener("click", () => {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `calldesk_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

function openKeys() {
  const keys = [
    ["Enter", "keys.next"], ["Ctrl+Enter", "keys.nextlong"], ["Alt+←", "keys.back"], ["1 … 9", "keys.option"], ["↑ ↓", "keys.arrows"],
    ["Alt+A, Alt+2 … 9", "keys.take"], ["Alt+D", "keys.dismiss"], ["Alt+N", "keys.walkin"], ["Alt+C", "palette.registercaller"],
    ["Alt+U", "palette.unidentified"], ["Alt+L", "who.linkopen"], ["Alt+T", "hand.over"], ["Alt+E", "end.title"], ["Alt+P", "ask.later"], ["Alt+O", "done.another"],
    ["Alt+B", "keys.bell"], ["Ctrl+K", "keys.palette"], ["R", "keys.reply"], ["P", "keys.ask"], ["N", "keys.note"], ["S", "keys.solve"],
    ["M", "canned.title"],
    ["?", "keys.keys"], ["Esc", "keys.close"],
  ];
  const list = keys.flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(text))]);
  dialog("keys", t("keys.title"), h("dl", { class: "keys" }, list), [], { close: t("close") });
}
document.getElementById("open-keys")?.addEventListener("click", openKeys);
document.getElementById("open-palette")?.addEventListener("click", openPalette);

// On pages without a question of their own the focus goes back to where it was when a dialog opened.
let focusedBefore = null;
document.addEventListener("focusin", (event) => { if (!event.target.closest("dialog")) focusedBefore = event.target; });
onDialogClosed(() => {
  if (!document.getElementById("stage") && focusedBefore?.isConnected) focusedBefore.focus();
});

/** Whether keys belong to what is being typed into. */
export function isTyping(target) {
  return target.closest?.("input:not([type=radio], [type=checkbox], [type=button]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (event.key === "?" && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    return openKeys();
  }
  const menu = document.querySelector(".top details[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".top details[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.querySelector('form[action="/desk/sign-out"]')?.addEventListener("submit", () => sweepTyped(true));

// One bar for two troubles, each until it is over: nothing arrives, or nothing can be saved.
const bar = document.getElementById("connection");
let isLost = false;
let isStored = true;
function drawBar() {
  if (!bar) return;
  const text = isLost ? t("connection.lost") : isStored ? "" : t("database.lost");
  if (bar.textContent !== text) bar.textContent = text;
  bar.hidden = !text;
}

let lossTimer;
on("connection", (isOpen) => {
  clearTimeout(lossTimer);
  if (isOpen) {
    if (isLost) announce(t("connection.back"));
    isLost = false;
    return drawBar();
  }
  // A reload of the service or a moment without a network is nobody's business.
  lossTimer = setTimeout(() => { isLost = true; drawBar(); }, 2500);
  return undefined;
});

// The service is there and its database is not: said at once, as nothing can be saved.
on("database", ({ ok }) => {
  if (ok && !isStored) announce(t("database.back"));
  isStored = ok;
  drawBar();
});

// A session ends under what is being written: it begins again in a tab of its own, and this page goes on.
let isSignedOut = false;
document.addEventListener("signed-out", () => {
  isSignedOut = true;
  if (document.getElementById("signed-out")) return;
  const next = encodeURIComponent(location.pathname + location.search);
  const go = h("a", { class: "button primary", href: `/desk/sign-in?next=${next}`, target: "_blank", rel: "noopener" }, t("signedout.again"));
  dialog("signed-out", t("signedout.title"), h("p", {}, t("signedout.text")), [go], { close: t("close") });
  go.focus();
});
const sessions = "BroadcastChannel" in window ? new BroadcastChannel("calldesk:session") : null;
function lookAgain() { if (isSignedOut) reload(0); }
sessions?.addEventListener("message", lookAgain);
window.addEventListener("focus", lookAgain);
let isTold = false;
on("answered", () => {
  if (!isTold) sessions?.postMessage("here");
  [isTold, isSignedOut] = [true, false];
  document.getElementById("signed-out")?.close();
});

function drawFacts() {
  const queue = document.getElementById("queue");
  const lines = document.getElementById("lines");
  if (queue) {
    queue.hidden = false;
    const { waiting, since } = desk.queue;
    const text = waiting ? counted("top.waiting", waiting) : t("top.nobody");
    queue.replaceChildren(h("b", { class: waiting ? "waiting" : "" }, text),
      ...(waiting && since ? [` · ${t("top.longest")} `, h("time", { "data-since": since }, elapsed(now() - since))] : []));
  }
  if (lines && desk.lines.length) {
    lines.hidden = false;
    const down = desk.lines.filter((line) => !line.connected);
    const state = down.length ? t("top.linedown", { line: down.map((line) => line.line).join(", ") }) : t("top.lineup");
    lines.replaceChildren(h("span", { class: `dot ${down.length ? "late" : "done"}` }), state);
    lines.title = down.map((line) => line.message).filter(Boolean).join("\n");
  }
}
on("state", drawFacts);

// One clock for every running time on the page.
setInterval(() => {
  if (document.hidden) return;
  for (const place of document.querySelectorAll("time[data-since]")) {
    const text = elapsed(now() - Number(place.dataset.since));
    if (place.textContent !== text) place.textContent = text;
  }
}, 1000);

if (document.querySelector('meta[name="csrf"]')) begin();
export { callerName };
