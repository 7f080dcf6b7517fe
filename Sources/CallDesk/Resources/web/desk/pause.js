// The bar's pause: out of the queues and back, and how long the contact of the last call has been left to finish.
import { send, problemText } from "./api.js";
import { desk, on } from "./store.js";
import { t, elapsed, now } from "./words.js";
import { h, icon, announce } from "./dom.js";
import { addAction } from "./palette.js";

const menu = document.getElementById("pause");
const wrapUp = document.getElementById("wrap-up");
const REASONS = ["pause.lunch", "pause.break", "pause.meeting", "pause.training", "pause.paperwork"];
/** A contact left open longer is an unfinished one of the list, no wrap-up. */
const LONGEST = 30 * 60000;
let places = null;
/** Lines that could not be asked, in words; nothing where all were. */
let missing = "";

/** What the PBX says, asked once a page and after each change; a PBX that does not answer is asked again at the press. */
async function ask() {
  const { ok, data } = await send("GET", "/api/v1/queues").catch(() => ({}));
  take(ok ? data : null);
}

function take(data) {
  places = data?.items ?? null;
  missing = data?.unheard?.length ? t("pause.unheard", { lines: data.unheard.join(", ") }) : "";
  draw();
}

async function set(paused, reason) {
  menu.open = false;
  const { ok, data } = await send("PUT", "/api/v1/queues/pause", reason ? { paused, reason } : { paused }).catch(() => ({}));
  if (!ok) return announce(problemText(data, t("form.lost")), true);
  take(data);
  return announce([t(paused ? "pause.nowpaused" : "pause.nowback"), missing].filter(Boolean).join(" "), missing !== "");
}

function draw() {
  menu.hidden = !desk.me?.extensions?.length;
  if (menu.hidden) return;
  const paused = (places ?? []).filter((place) => place.paused);
  const isOn = paused.length > 0;
  const reason = paused.find((place) => place.reason)?.reason;
  const some = isOn && paused.length < places.length ? t("pause.some", { paused: paused.length, all: places.length }) : "";
  menu.querySelector("summary").replaceChildren(icon("pause"), h("span", { class: isOn ? "waiting" : "spoken" },
    isOn ? [some || t("pause.on"), reason].filter(Boolean).join(" · ") : t("pause.take")));
  const choices = isOn ? [h("button", { type: "button", onclick: () => set(false) }, t("pause.back"))]
    : REASONS.map((name) => h("button", { type: "button", onclick: () => set(true, t(name)) }, t(name)));
  menu.querySelector(".menu").replaceChildren(h("p", { class: "small quiet" }, t(isOn ? "pause.nowpaused" : "pause.reason")),
    ...(missing ? [h("p", { class: "small waiting" }, missing)] : []), ...choices);
}

/** The newest call of mine that is over while its contact is not. */
function drawWrapUp() {
  if (!wrapUp) return;
  const isTalking = [...desk.calls.values()].some((call) => call.account_id === desk.me?.id && call.answered_at);
  const open = new Set(desk.drafts.map((draft) => draft.attendance_id));
  const left = isTalking ? undefined : desk.today.filter((call) => call.account_id === desk.me?.id && call.answered_at
    && open.has(call.attendance?.id) && now() - call.ended_at < LONGEST).sort((one, two) => two.ended_at - one.ended_at)[0];
  wrapUp.hidden = !left;
  if (!left) return wrapUp.replaceChildren();
  if (wrapUp.dataset.since === String(left.ended_at) && wrapUp.firstChild) return undefined;
  wrapUp.dataset.since = left.ended_at;
  return wrapUp.replaceChildren(t("pause.wrapup"), " ", h("time", { "data-since": left.ended_at, class: "number" }, elapsed(now() - left.ended_at)));
}

if (menu) {
  let isAsked = false;
  on("state", () => {
    drawWrapUp();
    if (isAsked || !desk.me?.extensions?.length) return;
    isAsked = true;
    draw();
    ask();
  });
  menu.addEventListener("toggle", () => { if (menu.open && !places) ask(); });
  // Another tab, the telephone or a supervisor may have changed it meanwhile.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && isAsked) ask(); });
  addAction({ title: () => t("pause.take"), icon: "pause", isOpen: () => !menu.hidden, run: () => {
    menu.open = true;
    menu.querySelector(".menu button")?.focus();
  } });
}
