// Calls that arrive: a banner above everything, for the technician concerned only, in the way they chose.
import { desk, on, key, callerName, isUnconfirmed } from "./store.js";
import { send } from "./api.js";
import { t, counted } from "./words.js";
import { h, fill, phrases, announce, dialog } from "./dom.js";

const place = document.getElementById("pops");
const shown = new Map();
let open = (attendance) => location.assign(`/desk?a=${attendance}`);
let isBusy = () => true;

/** The desk's page opens calls in place; other pages go there. `busy` says whether hands are on something. */
export function openWith(opener, busy) {
  open = opener;
  isBusy = busy;
}

const title = document.title;
function drawTitle() {
  const first = [...shown.values()].find((pop) => pop.isRinging);
  document.title = first ? `☎ ${first.title} · ${title}` : title;
}

function draw() {
  if (!place) return;
  fill(place, stack().map((pop, index) => h("article", { class: "pop", "data-call": pop.id },
    h("h2", {}, pop.title), h("p", { class: "quiet" }, phrases(pop.text)),
    h("div", { class: "row" },
      pop.attendance ? h("button", { class: "primary compact", "data-key": `take-${pop.id}`, onclick: () => take(pop.id) },
        t("pop.open"), " ", h("kbd", { "aria-hidden": "true" }, index ? `Alt ${index + 1}` : "Alt A")) : null,
      pop.path ? h("a", { class: "button primary compact", href: pop.path }, t("pop.page")) : null,
      h("button", { class: "compact", "data-key": `drop-${pop.id}`, onclick: () => dismiss(pop.id) }, t("pop.dismiss"),
        index ? null : [" ", h("kbd", { "aria-hidden": "true" }, "Alt D")])))));
  place.classList.toggle("many", shown.size > 1);
  drawTitle();
}

/** One stack: what can be opened first, in order of arrival; each has a key of its own. */
function stack() {
  return [...shown.values()].sort((one, two) => Boolean(two.attendance) - Boolean(one.attendance));
}

function show(id, pop, seconds) {
  const before = shown.get(id);
  clearTimeout(before?.timer);
  const timer = seconds ? setTimeout(() => dismiss(id), seconds * 1000) : undefined;
  shown.set(id, { id, timer, ...pop });
  draw();
}

function dismiss(id) {
  clearTimeout(shown.get(id)?.timer);
  shown.delete(id);
  draw();
}

/** A banner goes on under another name: its call has got a number of its own. */
function rename(old, id) {
  const pop = shown.get(old);
  if (old === id || !pop) return;
  if (pop.isRinging) shown.set(id, { ...pop, id });
  dismiss(old);
}

function take(id) {
  const pop = shown.get(id);
  if (!pop?.attendance) return;
  dismiss(id);
  open(pop.attendance);
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const pops = stack();
  const wanted = event.code === "KeyA" ? pops[0] : /^Digit[2-9]$/.test(event.code) ? pops[Number(event.code.at(-1)) - 1] : undefined;
  if (wanted?.attendance) {
    event.preventDefault();
    take(wanted.id);
  } else if (event.code === "KeyD" && pops.length) {
    event.preventDefault();
    dismiss(pops[0].id);
  }
});

/** Somebody's name and number, whichever there is. */
function caller(call) {
  const number = call.withheld ? t("call.withheld") : call.number_display ?? t("call.withheld");
  const name = callerName(call);
  return { title: name || number, text: [name ? number : "", isUnconfirmed(call) ? t("call.unconfirmed") : "", call.queue].filter(Boolean).join(" · ") };
}

on("call", (call, before) => {
  const me = desk.me;
  if (!me || call.direction === "internal") return;
  const id = key(call);
  if (before) rename(key(before), id);
  const isMine = call.account_id === me.id;
  const wasMine = before?.account_id === me.id && before?.answered_at;
  // Answered before it could be recorded, it has its contact only now.
  const wasOpen = wasMine && before.attendance;
  const rings = call.ringing?.includes(me.id);
  const who = caller(call);
  if (call.state === "ended") {
    if (shown.get(id)?.isRinging) show(id, { ...who, text: t("pop.hungup") }, 4); else dismiss(id);
    return;
  }
  if (rings && !(isMine && call.answered_at)) {
    if (me.pop === "off") return;
    if (!shown.has(id)) announce(t("pop.ringing", { name: who.title }), true);
    const candidates = call.candidates?.length > 1 ? counted("pop.several", call.candidates.length) : "";
    const text = [t("pop.rings"), who.text, candidates, call.unrecorded ? t("call.unrecorded") : ""].filter(Boolean).join(" · ");
    return show(id, { ...who, text, attendance: call.attendance?.id, isRinging: true });
  }
  if (isMine && call.answered_at && !wasOpen) return answered(id, call, who, before);
  // My phone has stopped ringing and nobody has the call yet: who lifts is told a moment later, and otherwise there is nothing to say.
  const still = shown.get(id);
  if (still?.isRinging && !call.answered_at) return show(id, { ...still, isRinging: false }, 1);
  if (shown.has(id) && !isMine) {
    const text = call.taken_by ? t("pop.takenby", { name: call.taken_by }) : t("pop.elsewhere");
    show(id, { ...who, text }, 5);
  } else if (wasMine && !isMine && call.taken_by) {
    show(id, { ...who, text: t("pop.transferred", { name: call.taken_by }) }, 6);
  }
});

/** The call is mine now: as the person chose, the screen, a waiting draft, or only the banner. */
async function answered(id, call, who, before) {
  const attendance = call.attendance?.id;
  const isTransfer = before?.answered_at && before.account_id && before.account_id !== desk.me.id;
  const text = isTransfer ? t("pop.transferredtoyou", { name: before.taken_by ?? "" }) : t("pop.yours");
  if (desk.me.pop === "off" || !attendance) return dismiss(id);
  if (desk.me.pop === "open" && !isBusy()) {
    dismiss(id);
    return open(attendance);
  }
  if (desk.me.pop === "draft") send("POST", "/api/v1/interviews", { attendance_id: attendance }).catch(() => {});
  announce(`${who.title}. ${text}`, true);
  show(id, { ...who, text, attendance }, 30);
}

// A telephone or a program asks: the page is offered, so that nothing that is being typed is lost.
on("bell", ({ reason, path }) => {
  if (reason !== "open" || !/^\/desk(?=$|[/?])/.test(path ?? "")) return;
  show("page", { title: t("pop.asked"), text: t("pop.askedabout"), path }, 60);
  announce(t("pop.asked"));
});

on("attendance", (data) => {
  if (data.account_id !== desk.me?.id || data.from_account_id === desk.me?.id) return;
  if (data.verb === "claimed") return;
  announce(t("pop.handedtoyou", { name: data.from ?? "" }), true);
  show(`a${data.id}`, {
    title: t("pop.handed"), text: t("pop.handedtoyou", { name: data.from ?? "" }), attendance: data.id,
  }, 60);
});

/** Chooses a colleague for a contact while it `isOpen()`; `done` hears the answer and the colleague. */
export async function handOver(attendance, isOpen, done) {
  const { ok, data } = await send("GET", "/api/v1/colleagues").catch(() => ({}));
  if (!isOpen()) return;
  if (!ok) { done({ ok: false, data }); return; }
  const list = h("div", { class: "options", tabindex: "-1" }, data.items.map((colleague, index) => h("button", {
    type: "button", class: "option", "data-digit": index < 9 ? index + 1 : undefined, onclick: async () => {
      box.close();
      const answer = await send("POST", `/api/v1/attendances/${attendance}/hand-over`, { account_id: colleague.id }).catch(() => ({ ok: false }));
      done(answer, colleague);
    },
  }, index < 9 ? h("kbd", { "aria-hidden": "true" }, index + 1) : null, h("span", { class: "grow" }, colleague.name, h("small", {}, colleague.present ? t("hand.present") : t("hand.away"))))));
  const box = dialog("hand", t("hand.title"), data.items.length ? list : h("p", {}, t("hand.nobody")), [], { close: t("close") });
  list.addEventListener("keydown", (event) => {
    const chosen = /^[1-9]$/.test(event.key) ? list.querySelector(`[data-digit="${event.key}"]`) : undefined;
    const all = [...list.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (chosen) { event.preventDefault(); chosen.click(); }
    if (step && all.length) { event.preventDefault(); all[Math.min(all.length - 1, Math.max(0, all.indexOf(document.activeElement) + step))].focus(); }
  });
  (data.items.length ? list : box.querySelector("h2")).focus();
}
