// The bell: what this person has to look at, counted on every page; a notification or a sound where they wish for it.
import { send, problemText } from "./api.js";
import { desk, on, key } from "./store.js";
import { t, at, moment, counted } from "./words.js";
import { h, dialog, announce } from "./dom.js";
import { addAction } from "./palette.js";

const button = document.getElementById("open-bell");
const mark = document.getElementById("bell-count");
const favicon = document.querySelector('link[rel="icon"]');
const quiet = favicon?.href;
const MOST = 100;
let rows = [];
let seen = null;
let wishes = { mail: [], desktop: [], sound: [] };

/** Two short tones, made here: no file, and quiet enough for an office. */
function chime() {
  try {
    const audio = new AudioContext();
    for (const [start, pitch] of [[0, 880], [0.18, 660]]) {
      const [tone, gain] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0.08, audio.currentTime + start);
      gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.16);
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.17);
    }
    setTimeout(() => audio.close(), 1000);
  } catch { /* a browser that makes no sound before somebody touched the page */ }
}

const TOLD = "calldesk:told:";
/** How long the tabs of one person take to hear of the same, in milliseconds. */
const MEANWHILE = 5000;

/** Whether another tab has told of it a moment ago; from now on this one has. Marks of what is long told are taken away. */
function isTold(what) {
  try {
    const last = Number(localStorage.getItem(TOLD + what) ?? 0);
    if (Date.now() - last < MEANWHILE) return true;
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(TOLD) && !(Date.now() - Number(localStorage.getItem(name)) < MEANWHILE)) localStorage.removeItem(name);
    }
    localStorage.setItem(TOLD + what, String(Date.now()));
  } catch { /* a browser without storage: told by each tab */ }
  return false;
}

/** Tells of something outside the page, as the person wishes; of several tabs one does. `what` names it: two are told as two. */
export function tell(happening, what, title, text, path) {
  if (isTold(`${happening}:${what}`)) return;
  if (wishes.sound.includes(happening)) chime();
  if (!wishes.desktop.includes(happening) || !("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
  const note = new Notification(title, { body: text, tag: happening === "call" ? what : path ?? title });
  note.addEventListener("click", () => { window.focus(); if (path) location.assign(path); note.close(); });
}

/** The count stands before the page's title, which arriving calls write anew: it is put there again. */
function drawTitle() {
  const count = rows.length ? `(${rows.length >= MOST ? `${MOST}+` : rows.length}) ` : "";
  const plain = document.title.replace(/^\(\d+\+?\) /, "");
  if (document.title !== count + plain) document.title = count + plain;
  if (favicon) favicon.href = rows.length ? quiet.replace("icon.svg", "icon-news.svg") : quiet;
}
const title = document.querySelector("title");
if (title) new MutationObserver(drawTitle).observe(title, { childList: true });

function draw() {
  mark.textContent = rows.length ? (rows.length >= MOST ? `${MOST}+` : String(rows.length)) : "";
  mark.hidden = rows.length === 0;
  button.querySelector(".spoken").textContent = rows.length ? counted("bell.count", rows.length) : t("bell.none");
  drawTitle();
}

let asked = 0;
async function load() {
  const turn = ++asked;
  const { ok, data } = await send("GET", `/api/v1/bells?limit=${MOST}`).catch(() => ({}));
  // An answer that was overtaken by a newer question says what was.
  if (!ok || turn !== asked) return;
  // Tickets and subscribers are numbered apart.
  const kind = (row) => (row.webhook_id ? "webhook" : "ticket");
  const fresh = seen ? data.items.filter((row) => row.id > (seen[kind(row)] ?? 0)) : [];
  rows = data.items;
  // By the newest of each, as one that was pushed off the end of the list is no news when it comes back.
  seen ??= {};
  for (const row of rows) seen[kind(row)] = Math.max(seen[kind(row)] ?? 0, row.id);
  draw();
  for (const row of fresh.slice(0, 3)) {
    tell(row.happening, `${kind(row)}:${row.id}`, row.number ? `${row.title} · ${row.number}` : row.title, row.summary, row.path);
    announce(`${row.title}: ${said(row)}`);
  }
}

/** A subscriber of webhooks has a name and no number. */
const said = (row) => (row.number ? `${row.number} · ${row.summary}` : row.summary);

let timer;
/** Counts anew, in a moment: many things that happen at once are asked for once. */
export function soon(delay = 500) { clearTimeout(timer); timer = setTimeout(load, delay); }

function open() {
  const list = rows.length ? h("ul", { class: "bells" }, rows.map((row) => h("li", { class: row.pinned ? "pinned" : "" },
    h("a", { href: row.path }, h("b", {}, row.title), h("span", {}, said(row))),
    h("time", { class: "quiet small number" }, moment(at(row.rung_at)))))) : h("p", { class: "quiet" }, t("bell.empty"));
  const clear = rows.some((row) => !row.pinned) ? h("button", { type: "button", onclick: async () => {
    const { ok, data } = await send("DELETE", "/api/v1/bells").catch(() => ({}));
    if (!ok) return announce(problemText(data, t("form.lost")), true);
    box.close();
    load();
  } }, t("bell.clear")) : null;
  const box = dialog("bell", t("bell.title"), list, [h("a", { class: "button", href: "/desk/profile#wishes" }, t("bell.wishes")), ...(clear ? [clear] : [])], { close: t("close") });
  (box.querySelector("a") ?? box.querySelector("h2")).focus();
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...box.querySelectorAll(".bells a")];
    if (!step || !links.length) return;
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, links.indexOf(document.activeElement) + step))].focus();
  });
}

if (button) {
  button.addEventListener("click", open);
  addAction({ title: () => t("bell.title"), icon: "bell", keys: "Alt B", run: open });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyB" || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  for (const kind of ["ticket", "entry", "resync"]) on(kind, () => soon(300 + Math.random() * 700));
  // Deadlines and what happens in departments one only watches ring without an event of one's own.
  let turn = 0;
  on("state", () => { if (turn++ === 0) soon(0); });
  setInterval(() => { if (!document.hidden) soon(Math.random() * 5000); }, 60000);
  send("GET", "/api/v1/me/wishes").then(({ ok, data }) => { if (ok) wishes = data; }).catch(() => {});
  // A call that rings for me, told outside the page as well.
  on("call", (call, before) => {
    const me = desk.me?.id;
    if (!me || call.state === "ended" || !call.ringing?.includes(me) || before?.ringing?.includes(me)) return;
    tell("call", key(call), t("bell.call"), call.customer || call.caller_name || call.number_display || "", "/desk");
  });
}

// On the profile: notifications are the browser's to allow, asked for by a button as browsers want it.
const allow = document.getElementById("allow-desktop");
if (allow) {
  const state = document.getElementById("desktop-state");
  const show = () => {
    const permission = "Notification" in window ? Notification.permission : "denied";
    allow.hidden = permission !== "default";
    state.textContent = t(`bell.${permission}`);
  };
  allow.addEventListener("click", async () => { await Notification.requestPermission(); show(); });
  document.getElementById("try-sound")?.addEventListener("click", chime);
  show();
}
