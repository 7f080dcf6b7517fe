// The left column: what rings, what is mine, whom to call back, what is unfinished, what today was.
import { send, problemText } from "./api.js";
import { desk, on, reload, callerName, isUnconfirmed } from "./store.js";
import { t, ago, at, clock, counted, elapsed, moment, now } from "./words.js";
import { h, fill, announce, dialog } from "./dom.js";
import { open, openAttendance, onShown } from "./interview.js";

const places = {
  calls: document.getElementById("calls"), toReturn: document.getElementById("to-return"),
  drafts: document.getElementById("drafts"), today: document.getElementById("today"),
};

function count(name, value) {
  const place = document.getElementById(`n-${name}`);
  if (place) place.textContent = value ? String(value) : "";
}

/** Name and number of a call, whichever there is. */
function who(call) {
  const number = call.withheld ? t("call.withheld") : call.number_display || t("call.withheld");
  const name = callerName(call);
  return name ? { name, number } : { name: number, number: "" };
}

/** One line that opens a contact; without one it only tells. */
function item(key, attendance, name, right, under, after = "") {
  const tag = attendance ? "button" : "div";
  return h(tag, {
    class: `item ${attendance ? "" : "static"}`, type: attendance ? "button" : undefined, "data-key": attendance ? key : undefined,
    "data-attendance": attendance, "aria-current": attendance && attendance === openAttendance() ? "true" : undefined,
  }, h("span", { class: "line" }, h("span", { class: "name" }, name), right),
  h("span", { class: "under" }, h("span", {}, under), after ? h("span", { class: "number" }, after) : null));
}

function drawCalls() {
  const mine = (call) => call.account_id === desk.me?.id;
  const list = [...desk.calls.values()].filter((call) => call.direction !== "internal")
    // Mine first, then those that ring for me, then the rest, each in order of arrival.
    .sort((one, two) => mine(two) - mine(one) || rings(two) - rings(one) || (one.started_at ?? 0) - (two.started_at ?? 0));
  count("calls", list.length);
  fill(places.calls, list.length ? list.map((call) => {
    const { name, number } = who(call);
    const since = call.answered_at ?? call.started_at;
    const holder = call.taken_by && !mine(call) ? t("call.with", { name: call.taken_by }) : "";
    const state = [t(`call.${call.state}`), isUnconfirmed(call) ? t("call.unconfirmed") : "", holder || (call.state === "queued" ? call.queue : ""), number].filter(Boolean).join(" · ");
    const line = item(`call-${call.id}`, call.attendance?.id, [h("span", { class: `state ${call.state}`, "aria-hidden": "true" }), " ", name],
      since ? h("time", { class: "number", "data-since": since }, elapsed(now() - since)) : null, state);
    return h("div", {}, line, why(call));
  }) : h("p", { class: "empty" }, t("list.nocalls")));
}

function rings(call) { return Boolean(call.ringing?.includes(desk.me?.id)); }

/** Why a call popped on no screen, and what to do about it. */
function why(call) {
  if (call.unrecorded) return h("p", { class: "small waiting why" }, t("call.unrecorded"));
  if (!call.why_not || call.state === "ended") return null;
  // In a queue nothing rings yet: that is no fault.
  if (call.why_not === "nobody_ringing") return null;
  return h("p", { class: "small waiting why" }, t(`why.${call.why_not}`));
}

const dialled = new Map();

function drawToReturn() {
  count("return", desk.toReturn.length);
  for (const id of dialled.keys()) if (!desk.toReturn.some((call) => call.id === id)) dialled.delete(id);
  fill(places.toReturn, desk.toReturn.length ? desk.toReturn.map((call) => {
    const { name, number } = who(call);
    const isMine = call.lease?.account_id === desk.me?.id;
    return h("div", { class: "missed" }, item(`return-${call.id}`, null, name, h("span", { class: "number small waiting" }, t("list.ago", { time: ago(call.since) })),
      [number, call.dropped ? t("list.dropped") : "", call.asked_for ? t("list.asked") : "", call.calls > 1 ? counted("list.tries", call.calls) : ""].filter(Boolean).join(" · ")),
    due(call), called(call),
    call.lease ? h("p", { class: "small why" }, isMine ? t("list.youcalling") : t("list.calling", { name: call.lease.name })) : null,
    h("div", { class: "actions" },
      call.number ? h("button", { type: "button", class: "compact", "data-dial": call.id, "data-key": `dial-${call.id}`, disabled: Boolean(call.lease) && !isMine }, t("list.callback"), h("span", { class: "spoken" }, ` ${name}`)) : null,
      h("button", { type: "button", class: "compact plain", "data-returned": call.id, "data-key": `returned-${call.id}` }, t("list.returned"), h("span", { class: "spoken" }, ` ${name}`))), answer(call));
  }).concat(desk.toReturn.length > 1 ? h("button", { type: "button", class: "compact plain", "data-key": "many-returned", "data-many-returned": true }, t("list.manyreturned")) : [])
    : h("p", { class: "empty" }, t("list.noreturn")));
}

/** By when they are to be called: in words as well as in colour. */
function due(call) {
  if (!call.due_at) return null;
  const isLate = call.due_at < now();
  return h("p", { class: `small why ${isLate ? "late" : ""}` }, t(isLate ? "list.duelate" : "list.dueby", { time: moment(call.due_at) }));
}

/** Who has tried to reach them, and when. */
function called(call) {
  const last = call.tries[0];
  if (!last) return null;
  return h("p", { class: "small why" }, counted("list.called", call.tries.length, {
    time: moment(at(last.at)), who: last.name ? t("list.calledby", { name: last.name }) : "",
  }));
}

/** Callers who were reached in another way, taken off together. */
function manyReturned() {
  const all = h("input", { type: "checkbox" });
  const boxes = desk.toReturn.map((call) => {
    const { name, number } = who(call);
    return h("label", { class: "check" }, h("input", { type: "checkbox", name: "call", value: call.id }),
      h("span", { class: "grow" }, name, " ", h("span", { class: "quiet small number" }, [number, t("list.ago", { time: ago(call.since) })].filter(Boolean).join(" · "))));
  });
  const result = h("p", { class: "fault", role: "alert" });
  const form = h("form", { id: "many-returned" }, h("label", { class: "check" }, all, t("list.alldone")),
    h("fieldset", { class: "field" }, h("legend", {}, t("list.closewhich")), boxes), result);
  const button = h("button", { type: "submit", form: "many-returned", class: "primary" }, t("list.returned"));
  all.addEventListener("change", () => { for (const box of form.querySelectorAll("[name=call]")) box.checked = all.checked; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const ids = [...form.querySelectorAll("[name=call]:checked")].map((box) => Number(box.value));
    if (!ids.length) { result.textContent = t("ask.choosefirst"); return; }
    button.disabled = true;
    const { ok, data } = await send("POST", "/api/v1/callbacks/done", { ids }).catch(() => ({}));
    if (!ok) { button.disabled = false; result.textContent = problemText(data, t("form.lost")); return; }
    shut.close();
    announce(t("list.manydone"));
    reload(0);
  });
  const shut = dialog("many", t("list.manytitle"), form, [button], { close: t("close") });
  all.focus();
}

function drawDrafts() {
  const list = desk.drafts.filter((draft) => ![...desk.calls.values()].some((call) => call.attendance?.id === draft.attendance_id && call.account_id === desk.me?.id));
  count("drafts", list.length);
  fill(places.drafts, list.length ? [list.map((draft) => item(`draft-${draft.attendance_id}`, draft.attendance_id, nameOf(draft),
    h("span", { class: "number small" }, t("list.ago", { time: ago(draft.updated_at) })), t(`stage.${draft.stage}`), draft.protocol)),
    list.length > 1 ? h("button", { type: "button", class: "compact plain", "data-key": "close-drafts", "data-close-drafts": true }, t("list.closedrafts")) : null]
    : h("p", { class: "empty" }, t("list.nodrafts")));
}

function nameOf(draft) { return draft.customer || draft.title || t("list.unknown"); }

/** Drafts nobody will go on with, ended together for one reason; those of before today are ticked. */
function closeDrafts() {
  const boxes = desk.drafts.filter((draft) => draft.attendance_id !== openAttendance()).map((draft) => h("label", { class: "check" },
    h("input", { type: "checkbox", name: "draft", value: draft.attendance_id, checked: now() - draft.updated_at > 86400000 }),
    h("span", { class: "grow" }, nameOf(draft), " ", h("span", { class: "quiet small number" }, t("list.ago", { time: ago(draft.updated_at) }), " · ", draft.protocol))));
  const reasons = ["information", "dropped", "wrong_number", "duplicate", "prank"].map((code) => h("label", { class: "check" },
    h("input", { type: "radio", name: "reason", value: code }), t(`end.${code}`)));
  const result = h("p", { class: "fault", role: "alert" });
  const form = h("form", { id: "close-drafts" }, h("fieldset", { class: "field" }, h("legend", {}, t("list.closewhich")), boxes),
    h("fieldset", { class: "field" }, h("legend", {}, t("end.reason")), reasons), result);
  const button = h("button", { type: "submit", form: "close-drafts", class: "primary danger" }, t("end.button"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reason = form.elements.reason.value;
    const chosen = [...form.querySelectorAll("[name=draft]:checked")];
    if (!reason || !chosen.length) { result.textContent = t("ask.choosefirst"); return; }
    button.disabled = true;
    let ended = 0;
    for (const box of chosen) {
      const { ok } = await send("POST", `/api/v1/interviews/${box.value}/end`, { reason }).catch(() => ({}));
      if (ok) ended += 1;
    }
    shut.close();
    const left = chosen.length - ended;
    announce([counted("list.closed", ended), left ? counted("list.notclosed", left) : ""].filter(Boolean).join(" "), left > 0);
    reload(0);
  });
  const shut = dialog("close", t("list.closetitle"), form, [button], { close: t("close") });
  boxes[0]?.querySelector("input").focus();
}

function drawToday() {
  count("today", desk.today.length);
  fill(places.today, desk.today.length ? desk.today.map((call) => {
    const { name, number } = who(call);
    const became = call.ticket ? t("list.ticket", { number: call.ticket }) : t(`outcome.${call.result ?? call.outcome}`);
    return item(`today-${call.id}`, call.attendance?.id, name, h("span", { class: "number small" }, clock(call.started_at)), [number, became].filter(Boolean).join(" · "));
  }) : h("p", { class: "empty" }, t("list.notoday")));
}

function draw() {
  drawCalls();
  drawToReturn();
  drawDrafts();
  drawToday();
}

document.getElementById("left").addEventListener("click", async (event) => {
  const line = event.target.closest("[data-attendance]");
  if (line) return open(Number(line.dataset.attendance));
  if (event.target.closest("[data-close-drafts]")) return closeDrafts();
  if (event.target.closest("[data-many-returned]")) return manyReturned();
  const dial = event.target.closest("[data-dial]");
  if (dial) return callBack(dial);
  const returned = event.target.closest("[data-returned]");
  if (!returned) return undefined;
  returned.disabled = true;
  const { ok, data } = await send("POST", `/api/v1/callbacks/${returned.dataset.returned}/done`).catch(() => ({}));
  if (!ok) { returned.disabled = false; return announce(problemText(data, t("form.lost")), true); }
  announce(t("list.isreturned"));
  return reload(0);
});
/** Rings the technician's own telephone, and calls from there; where the line cannot, the machine's own telephone may. */
async function callBack(button) {
  button.disabled = true;
  const { ok, data } = await send("POST", "/api/v1/calls", { call_id: Number(button.dataset.dial) }).catch(() => ({}));
  const text = ok ? t("list.dialling", { number: data.number_display }) : problemText(data, t("form.lost"));
  announce(text, !ok);
  dialled.set(Number(button.dataset.dial), { ok, text });
  button.disabled = false;
  drawToReturn();
}

/** What became of the wish to call somebody: it stays beside them when the list is drawn anew. */
function answer(call) {
  const told = dialled.get(call.id);
  if (!told) return null;
  return h("p", { class: `small why ${told.ok ? "done" : "late"}` }, told.text, " ",
    told.ok || !call.number ? null : h("a", { href: `tel:${call.number}` }, t("list.own")));
}
// Whether the day lies open is the person's choice, kept for the next time.
const day = document.getElementById("day");
try { day.open = localStorage.getItem("calldesk:day") !== "closed"; } catch { day.open = true; }
day.addEventListener("toggle", () => { try { localStorage.setItem("calldesk:day", day.open ? "open" : "closed"); } catch { /* a browser without storage */ } });
on("state", draw);
onShown(() => draw());
// “12 min” grows old by itself.
setInterval(() => { if (!document.hidden) { drawToReturn(); drawDrafts(); } }, 30000);
