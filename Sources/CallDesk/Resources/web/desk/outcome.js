// The end of a contact: the number to read aloud, and what becomes of each confirmation, live.
import { send, problemText } from "./api.js";
import { on } from "./store.js";
import { t } from "./words.js";
import { h, icon, groups, dialog, fill } from "./dom.js";

const TONES = { queued: "waiting", sending: "waiting", sent: "done", delivered: "done", failed: "late", dead: "late", withheld: "" };
const ICONS = { done: "check", late: "alert", waiting: "clock" };

/** Lists of fates on the page, by attendance: each follows its notices until it is gone. */
const lists = new Map();

function fates(attendance) {
  const list = h("ul", { class: "fates", "aria-live": "polite" }, h("li", { class: "quiet" }, t("fates.loading")));
  const load = async () => {
    const { ok, data } = await send("GET", `/api/v1/attendances/${attendance}/notices`).catch(() => ({}));
    if (ok) fill(list, data.items.length ? data.items.map(fate) : h("li", { class: "quiet" }, t("fates.none")));
  };
  lists.set(list, { attendance, load });
  load();
  return list;
}

function fate(item) {
  const tone = TONES[item.state] ?? "";
  const failed = tone === "late";
  return h("li", { class: tone }, icon(item.channel === "mail" ? "mail" : "sms"),
    h("span", { class: "grow" }, item.sentence, failed && item.last_error ? h("small", { class: "late" }, item.last_error) : null),
    failed && item.can_resend ? h("button", { type: "button", class: "compact", "data-key": `resend-${item.id}`, "data-resend": item.id }, t("fates.resend")) : icon(ICONS[tone] ?? "info"));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-resend]");
  if (!button) return;
  button.disabled = true;
  const { ok, data } = await send("POST", `/api/v1/notices/${button.dataset.resend}/resend`).catch(() => ({}));
  if (ok) return refresh();
  button.replaceWith(h("small", { class: "late" }, problemText(data, t("form.lost"))));
  return undefined;
});

let timer;
function refresh() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const [list, { load }] of lists) if (list.isConnected) load(); else lists.delete(list);
  }, 150);
}
on("notice", (data) => {
  if ([...lists.values()].some(({ attendance }) => attendance === data.attendance_id)) refresh();
});
on("connection", (isOpen) => { if (isOpen) refresh(); });

/** What came of it, to be read to the caller. */
function summary(reply, heading) {
  const { outcome, attendance } = reply;
  const isTicket = outcome.kind !== "ended";
  return [
    isTicket ? h("p", { class: "quiet" }, t(outcome.kind === "linked" ? "done.added" : "done.ticket")) : h("p", {}, t("done.ended", { reason: outcome.reason ?? "" })),
    isTicket ? h("p", { class: "big number ticket-number" }, outcome.ticket_number) : null,
    outcome.priority ? h("p", { class: "row" }, h("span", { class: "badge" }, `${t("done.priority")}: ${outcome.priority}`)) : null,
    h(heading, {}, t("done.protocol")),
    h("p", { class: "read" }, groups(attendance.groups)),
    aloud(attendance.id),
  ];
}

/** The digits in words, as they are said. */
function aloud(attendance) {
  const place = h("p", { class: "quiet" });
  send("GET", `/api/v1/attendances/${attendance}`).then(({ ok, data }) => { if (ok) place.textContent = t("done.aloud", { words: data.words }); }, () => {});
  return place;
}

function buttons(reply, { another, close }, done = () => {}) {
  const number = reply.outcome.ticket_number;
  return [
    number ? h("a", { class: "button", href: `/desk/tickets/${number}` }, t("done.open")) : null,
    reply.outcome.kind === "ended" ? null : h("button", {
      type: "button", class: "another", "aria-keyshortcuts": "Alt+O", onclick: () => { done(); another(); },
    }, t("done.another"), h("kbd", { "aria-hidden": "true" }, "Alt O")),
    h("button", { type: "button", class: "primary finish", "data-next": true, onclick: () => { done(); close(); } }, t("done.close")),
  ].filter(Boolean);
}

/** The dialog that says it worked (C5). */
export function outcome(reply, then) {
  if (reply.outcome.kind === "ended") return;
  const body = [summary(reply, "h3"), h("h3", {}, t("done.notices")), fates(reply.attendance.id)];
  const box = dialog("done", t(reply.outcome.kind === "linked" ? "done.titlelinked" : "done.title"), body.flat(),
    buttons(reply, then, () => box.close()), { close: t("close") });
  // Enter finishes; what was created is read out with the button.
  const finish = box.querySelector(".finish");
  box.querySelector(".body").id = "done-body";
  finish.setAttribute("aria-describedby", "done-body");
  finish.focus();
}

/** The same on the page, for a contact that is over. */
export function finished(reply, then) {
  return h("section", { class: "question", "aria-label": t("done.title") },
    h("div", { class: "card" }, summary(reply, "h2"), reply.outcome.kind === "ended" ? null : [h("h2", {}, t("done.notices")), fates(reply.attendance.id)]),
    h("div", { class: "row end" }, buttons(reply, then)));
}
