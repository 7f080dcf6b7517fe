// The interview: one question at a time, each answer sent and kept as it is given. The service decides what comes next.
import { send, freshKey, problemText, Lost } from "./api.js";
import { desk, on, callerName, isUnconfirmed } from "./store.js";
import { t, elapsed, now } from "./words.js";
import { h, icon, groups, announce, dialog, closeDialogs, onDialogClosed } from "./dom.js";
import { control } from "./question.js";
import { keepTyped, typed } from "./typed.js";
import { handOver } from "./pops.js";
import { outcome, finished } from "./outcome.js";
import { furthest } from "./progress.js";
import { addAction } from "./palette.js";
import { askAboutPassword, isPassword } from "./password.js";

const stage = document.getElementById("stage");
const listeners = [];
/** Hears of every state that is shown: the interview's reply, or null when none is open. */
export function onShown(listener) { listeners.push(listener); }

let id = null;
let reply = null;
let caller = null;
let current = null;
/** Counts the contacts that were opened or left: what was asked for one is not shown at the next. */
let visit = 0;
let isSending = false;
/** What was in the control when its answer was sent: shown again when the answer did not pass. */
let sent;
/** The answer that was sent last, to be sent once more with what is to become of a password in it. */
let lastAnswer;

/** Whether the open contact was not read for want of a session. */
let isUnread = false;

/** The attendance whose interview is open; null for none. */
export function openAttendance() { return id; }
/** Whether somebody's hands are on a question. */
export function isAtWork() { return Boolean(reply && !reply.outcome); }
/** Whether hands or eyes are on something that a call may not take the place of: a question, or a dialog that asks. */
export function isBusy() { return isAtWork() || document.querySelector("dialog[open]:not(#done)") !== null; }

function address(attendance) {
  const url = attendance ? `/desk?a=${attendance}` : "/desk";
  if (location.pathname + location.search !== url) history.replaceState(null, "", url);
}

/** Takes a contact up where it was left, or begins it. */
export async function open(attendance) {
  closeDialogs();
  if (id === attendance && reply) return focusStage();
  leave();
  id = attendance;
  address(attendance);
  showLoading();
  await ask("POST", "/api/v1/interviews", { attendance_id: attendance });
  return undefined;
}

function showLoading() {
  stage.replaceChildren(h("h1", { class: "spoken", tabindex: "-1" }, t("ask.loading")),
    h("p", { class: "note waiting", id: "said", role: "status", hidden: true }), h("p", { class: "quiet", role: "status" }, t("ask.loading")));
}

/** The visit that begins a contact without a call, until there is one. */
let beginning;
/** Begins a contact that is no call. */
export async function walkIn() {
  if (beginning === visit) return;
  closeDialogs();
  leave();
  address(null);
  showLoading();
  beginning = visit;
  // However often it has to be sent, it begins one contact.
  const state = await ask("POST", "/api/v1/interviews", { walk_in: true }, freshKey());
  if (beginning !== visit) return;
  beginning = undefined;
  if (state) address(id);
}

/** Puts the open contact away; its answers are kept. */
export function close() {
  leave();
  address(null);
  for (const listener of listeners) listener(null, null);
  focusStage();
}

/** Puts the focus where the hands go on: the question's control, what is next after a contact, or the heading. */
function focusStage() {
  if (document.querySelector("dialog[open]")) return;
  if (current) return current.focus();
  (stage.querySelector("[data-next]") ?? stage.querySelector("h1"))?.focus();
}
onDialogClosed(focusStage);

function leave() {
  current?.end?.();
  [id, reply, caller, current, sent, lastAnswer] = [null, null, null, null, undefined, undefined];
  visit += 1;
  [isSending, isUnread] = [false, false];
  stage.removeAttribute("aria-busy");
}

const url = (what) => `/api/v1/interviews/${id}${what ? `/${what}` : ""}`;

/**
 * Sends, and tries again while the service cannot be reached: what was answered is not typed twice.
 *
 * Whatever is sent here may arrive twice: it names its revision or key, or is the same however often it is done.
 */
async function ask(method, target, body, key) {
  if (isSending) return undefined;
  isSending = true;
  const mine = visit;
  stage.setAttribute("aria-busy", "true");
  try {
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const answer = await send(method, target, body, { key });
        return mine === visit ? await take(answer, body, isRepeated) : undefined;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        if (mine !== visit) return undefined;
        note(t("ask.lost"), "waiting");
        await new Promise((resolve) => setTimeout(resolve, 2000));
        if (mine !== visit) return undefined;
      }
    }
  } finally {
    if (mine === visit) {
      isSending = false;
      stage.removeAttribute("aria-busy");
    }
  }
}

/** `isRepeated`: it may have arrived before, and what is refused now may be what came of it then. */
function take({ ok, status, data }, body, isRepeated) {
  if (ok) {
    // An answer that passed is the service's to keep; one that did not is still somebody's typing.
    if (body?.answer && !data.prompt.error) keepTyped(id, body.prompt, undefined);
    return show(data);
  }
  if (status === 401) {
    isUnread = !reply;
    if (id === null) close();
    return undefined;
  }
  if (isRepeated && reply && /interview-ended$/.test(data?.type ?? "") && !data.current) {
    // It arrived the first time and was the last of its contact: what came of it is read.
    isSending = false;
    return ask("GET", url(""));
  }
  if (isPassword(data) && lastAnswer) {
    const [answer, attendance] = [lastAnswer, id];
    note(problemText(data, t("form.failed")), "waiting");
    askAboutPassword((passwords) => { if (attendance === id) ask("POST", url("answers"), { ...answer, passwords }); });
    return undefined;
  }
  if (data?.current) {
    const isDone = isRepeated && data.current.revision > body?.revision;
    show(data.current);
    if (!isDone) note(problemText(data, t("form.failed")), "waiting");
    return undefined;
  }
  if (!reply || /held-by-another$/.test(data?.type ?? "")) return held(data);
  note(problemText(data, t("form.failed")), "late");
  return undefined;
}

/** Somebody else has the contact: who, and what can be done about it. */
function held(data, canTakeBack = false) {
  const attendance = id;
  for (const listener of listeners) listener(null, attendance);
  current?.end?.();
  [reply, current] = [null, null];
  const claim = attendance === null ? null : h("button", { type: "button", class: "primary", "data-next": true, onclick: () => seize("claim") }, t("held.claim"));
  const back = canTakeBack ? h("button", { type: "button", onclick: () => seize("take-back") }, t("held.takeback")) : null;
  const result = h("p", { class: "fault", role: "alert" });
  async function seize(verb) {
    const answer = await send("POST", `/api/v1/attendances/${attendance}/${verb}`).catch(() => null);
    if (attendance !== id) return undefined;
    if (answer?.ok) { leave(); return open(attendance); }
    result.textContent = problemText(answer?.data, t("form.lost"));
    return undefined;
  }
  stage.replaceChildren(h("div", { class: "welcome" }, icon("hand"), h("h1", { tabindex: "-1" }, problemText(data, t("form.failed"))),
    h("div", { class: "row centred" }, back, claim, h("button", { type: "button", onclick: close }, t("held.leave"))), result));
  focusStage();
}

function note(text, tone = "") {
  let place = stage.querySelector("#said");
  if (!place) return;
  place.className = `note ${tone}`;
  place.textContent = text;
  place.hidden = !text;
}

/** Shows a state. `isOwn`: it came of what these hands did, so that they go on there; another screen's leaves them where they are. */
function show(state, isOwn = true) {
  const before = reply;
  id = state.attendance.id;
  reply = state;
  if (!state.prompt.error) sent = undefined;
  if (!before || before.attendance.id !== id) {
    caller = null;
    loadCaller(id);
  }
  draw(isOwn);
  for (const listener of listeners) listener(state, id);
  if (state.outcome && before && !before.outcome) {
    // The dialog's deeds are its own contact's.
    const attendance = id;
    const its = (deed) => () => { if (attendance === id) deed(); };
    outcome(state, { another: its(another), close: its(close) });
  }
  return state;
}

/** Who is on the line, for contacts that are no live call of this screen. */
async function loadCaller(attendance) {
  const { ok, data } = await send("GET", `/api/v1/attendances/${attendance}/caller`).catch(() => ({}));
  if (!ok || attendance !== id) return;
  caller = data;
  drawCaller();
}

export function callOf(attendance) { return [...desk.calls.values()].find((call) => call.attendance?.id === attendance); }

function callerLine() {
  const call = callOf(id);
  const number = call ? call.number_display : caller?.number_display;
  const name = (reply.prompt.kind === "confirm_candidate" ? "" : call && callerName(call)) || knownName() || call?.caller_name || caller?.caller_name;
  const since = call?.answered_at ?? call?.started_at;
  const hasEnded = !call && caller?.ended_at;
  const withheld = call?.withheld || caller?.withheld ? t("call.withheld") : "";
  const title = name || number || withheld || t(`channel.${reply.attendance.channel}`);
  const known = knownName();
  const badges = [
    !known && name && call && isUnconfirmed(call) ? h("span", { class: "badge waiting" }, t("call.unconfirmed")) : null,
    call?.state === "held" ? h("span", { class: "badge accent" }, t("call.held")) : null,
    call?.state === "ringing" || call?.state === "queued" ? h("span", { class: "badge waiting" }, t(`call.${call.state}`)) : null,
    hasEnded ? h("span", { class: "badge" }, t("call.ended")) : null,
    caller?.transfers?.length ? h("span", { class: "badge" }, t("call.transferredfrom", { from: caller.transfers.at(-1).from ?? "?" })) : null,
  ];
  return [
    since ? h("time", { class: "clock number", "data-since": since }, elapsed(now() - since)) : null,
    h("h1", { tabindex: "-1" }, title), name && number ? h("span", { class: "number quiet" }, number) : null,
    reply.topic ? h("span", { class: "topic quiet" }, reply.topic) : null, badges,
    h("p", { class: "protocol" }, h("span", {}, t("ask.protocol")), groups(reply.attendance.groups)),
  ];
}

function knownName() {
  return reply.prompt.review.find((line) => line.prompt === "identify" && reply.attendance.customer_id)?.display || customerName;
}
let customerName = "";
/** The customer's name, once their card is there. */
export function setCustomerName(name) {
  if (name === customerName) return;
  customerName = name;
  if (reply) drawCaller();
}

function drawCaller() {
  stage.querySelector(".caller")?.replaceChildren(...callerLine().flat().filter(Boolean));
}

/** One more ticket in the same contact: the caller stays identified, the topic is asked again. */
function another() { return mayOpenAnother() ? ask("POST", url("another")) : undefined; }
function mayOpenAnother() { return Boolean(reply?.outcome && reply.outcome.kind !== "ended"); }
addAction({ title: () => t("done.another"), icon: "plus", run: another, keys: "Alt O", isOpen: mayOpenAnother });
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyO" || !event.altKey || event.ctrlKey || event.metaKey || !mayOpenAnother()) return undefined;
  const box = document.querySelector("dialog[open]");
  if (box && box.id !== "done") return undefined;
  event.preventDefault();
  box?.close();
  return another();
});

/** Reads the interview again: something outside its questions changed the contact. */
export function refresh() { return reply ? ask("GET", url("")) : undefined; }

/** Links the contact to an open ticket, or takes that back with null. */
export function link(ticket) { return isAtWork() ? ask("POST", url("link"), { ticket_id: ticket }) : undefined; }

function draw(isOwn = true) {
  const { prompt } = reply;
  // Somebody whose hands are in another column, a dialog or a search keeps them there when another screen went on.
  const takesFocus = isOwn || stage.contains(document.activeElement) || document.activeElement === document.body;
  current?.end?.();
  if (reply.outcome) {
    current = null;
    stage.replaceChildren(h("header", { class: "caller" }, callerLine()), finished(reply, { another, close }));
    return takesFocus && focusStage();
  }
  const submit = (answer) => {
    note("");
    sent = current?.state?.();
    lastAnswer = { revision: reply.revision, prompt: prompt.id, answer };
    return ask("POST", url("answers"), lastAnswer);
  };
  current = prompt.kind === "review" ? review(prompt) : prompt.kind === "waiting" ? waiting(submit)
    : control(prompt, id, submit, prompt.field === "secret" ? undefined : (prompt.error ? sent : undefined) ?? typed(id, prompt.id));
  // A file may arrive when its question is left: what is kept is that question's.
  const [asked, contact] = [current, id];
  if (asked.state) asked.element.oninput = () => keepTyped(contact, prompt.id, asked.state());
  const form = h("form", { class: "question", id: "question", novalidate: true, "aria-labelledby": "q-label",
    "data-prompt": prompt.id, "data-kind": prompt.field ?? prompt.kind, "data-revision": reply.revision },
    h("p", { class: "note", id: "said", role: "status", hidden: true }),
    reply.link ? h("p", { class: "note accent row spread" }, t("ask.linked", { number: reply.link.number }),
      h("button", { type: "button", class: "compact", onclick: () => link(null) }, t("ask.unlink"))) : null,
    prompt.reopened ? h("p", { class: "note waiting" }, t("ask.reopened")) : null,
    h("h2", { class: "label", id: "q-label" }, prompt.label, prompt.required || prompt.kind !== "field" ? null : h("span", { class: "badge" }, t(current.isLong ? "ask.optionallong" : "ask.optional"))),
    h("p", { class: "say", id: "q-say" }, prompt.say),
    current.element,
    prompt.id === "verify" ? h("p", {}, h("button", { type: "button", class: "compact", id: "sendcode", onclick: sendCode }, t("ask.sendcode"))) : null,
    h("p", { class: "fault", id: "q-error", role: prompt.error ? "alert" : undefined }, prompt.error ?? ""),
    prompt.hint || prompt.purpose ? h("div", { class: "ask-hint", id: "q-hint" }, icon("info"),
      h("span", {}, prompt.hint, prompt.hint && prompt.purpose ? " " : null, prompt.purpose ? t("ask.purpose", { purpose: prompt.purpose }) : null)) : null);
  form.addEventListener("submit", (event) => { event.preventDefault(); goOn(submit); });
  stage.replaceChildren(h("header", { class: "caller" }, callerLine()), form, foot(prompt, form));
  document.title = `${prompt.label} · ${reply.attendance.groups.join(" ")}`;
  if (takesFocus) focusStage();
  stage.parentElement.scrollTop = 0;
}

/** Sends the customer a code to read out; says where it went, with stars, or why it did not go. */
async function sendCode(event) {
  event.target.disabled = true;
  const mine = visit;
  const { ok, data } = await send("POST", url("code"), {}).catch(() => ({}));
  if (mine !== visit) return;
  if (ok) note(t("ask.codesent", { where: data.items.map((item) => item.recipient).filter(Boolean).join(", ") }), "done");
  else note(problemText(data, t("form.lost")), "late");
  event.target.disabled = false;
  stage.querySelector("#question input")?.focus();
}

/** Continue: the answer given, the one that stands, or nothing where that is allowed. */
function goOn(submit) {
  const { prompt } = reply;
  if (current.isBusy?.()) return note(t("files.wait"), "waiting");
  const answer = prompt.kind === "review" ? { confirm: true } : current.answer();
  if (answer) return submit(answer);
  if (prompt.kind === "field" && !prompt.required) return submit({ skip: true });
  if (prompt.kind === "field" && prompt.field === "secret" && prompt.current) return ask("POST", url("goto"), { prompt: "review" });
  const place = stage.querySelector("#q-error");
  place.textContent = t(prompt.kind === "field" && (prompt.options.length || prompt.field === "yes-no") ? "ask.choosefirst" : "ask.missing");
  place.setAttribute("role", "alert");
  return current.focus();
}

function foot(prompt, form) {
  const isReview = prompt.kind === "review";
  const chooses = ["confirm_candidate", "choose_candidate"].includes(prompt.kind);
  const steps = h("ol", { class: "way", "aria-label": t("ask.way") }, reply.progress.steps.map((step) => h("li", {
    "data-state": step.state, "aria-current": step.state === "current" ? "step" : undefined,
  }, icon(step.state === "done" ? "check" : "current"), step.title,
  step.state === "done" ? h("span", { class: "spoken" }, t("ask.done")) : null)));
  const key = isReview || current.isLong ? "Ctrl ⏎" : "⏎";
  return h("footer", { class: "foot" },
    h("progress", { max: 1, value: furthest(reply), "aria-label": t("ask.progress", reply.progress) }), steps,
    h("div", { class: "row" },
      h("button", { type: "button", id: "back", disabled: !prompt.can_go_back, "aria-keyshortcuts": "Alt+ArrowLeft", onclick: goBack },
        icon("back"), t("ask.back"), h("kbd", { "aria-hidden": "true" }, "Alt ←")),
      h("span", { class: "grow" }),
      h("details", { class: "more" }, h("summary", { class: "button" }, t("ask.more")),
        h("div", { class: "menu up" },
          menuItem("hand", "hand.over", "T", passOn), menuItem("close", "end.title", "E", askEnd), menuItem("pause", "ask.later", "P", close))),
      chooses ? null : h("button", { type: "submit", form: form.id, class: "primary", id: "continue" },
        t(isReview ? (reply.link ? "ask.join" : "ask.create") : "ask.continue"), h("kbd", { "aria-hidden": "true" }, key))));
}

function menuItem(image, text, letter, run) {
  return h("button", { type: "button", "aria-keyshortcuts": `Alt+${letter}`, onclick: run }, icon(image), h("span", { class: "grow" }, t(text)),
    h("kbd", { "aria-hidden": "true" }, `Alt ${letter}`));
}

function goBack() { if (reply?.prompt.can_go_back) ask("POST", url("back"), { revision: reply.revision }); }

/** All answers, each a way back; where confirmations go, or why none will. */
function review(prompt) {
  const heading = h("p", { class: "spoken", tabindex: "-1" }, t("review.heading"));
  const lines = prompt.review.map((line) => h("div", {}, h("dt", {}, line.label), h("dd", { class: line.display ? "" : "quiet" }, line.display || t("review.empty")),
    line.can_change ? h("dd", {}, h("button", {
      type: "button", class: "plain compact", onclick: () => ask("POST", url("goto"), { prompt: line.prompt }),
    }, t("review.change"), h("span", { class: "spoken" }, ` ${line.label}`))) : null));
  const goes = prompt.recipients.length
    ? h("div", { class: "note done" }, h("p", {}, h("strong", {}, t("review.goes"))), h("ul", {}, prompt.recipients.map((place) => h("li", { class: "number" }, place))))
    : null;
  return {
    element: h("div", { class: "pile" }, heading,
      prompt.warnings.map((warning) => h("p", { class: "note waiting row" }, icon("alert"), h("span", { class: "grow" }, warning))), goes,
      h("dl", { class: "review" }, lines)),
    answer: () => ({ confirm: true }), focus: () => heading.focus(),
  };
}

/** Something outside was begun and not finished: asking again does no harm. */
function waiting(submit) {
  const again = h("button", { type: "button", class: "primary", onclick: () => submit({ confirm: true }) }, t("ask.again"));
  return { element: h("div", {}, again), answer: () => ({ confirm: true }), focus: () => again.focus() };
}

function passOn() {
  closeMore();
  const attendance = id;
  handOver(attendance, () => attendance === id, ({ ok, data }, colleague) => {
    if (attendance !== id) return undefined;
    if (!ok) return note(problemText(data, t("form.lost")), "late");
    leave();
    const back = h("button", { type: "button", onclick: async () => {
      const answer = await send("POST", `/api/v1/attendances/${attendance}/take-back`).catch(() => ({}));
      if (id !== null) return undefined;
      if (answer.ok) return open(attendance);
      gone.textContent = problemText(answer.data, t("form.lost"));
      return undefined;
    } }, t("held.takeback"));
    const gone = h("p", { class: "fault", role: "alert" });
    address(null);
    stage.replaceChildren(h("div", { class: "welcome" }, icon("hand"), h("h1", { tabindex: "-1" }, t("hand.done", { name: colleague.name })),
      h("p", {}, t("hand.grace")), h("div", { class: "row centred" }, back,
        h("button", { type: "button", "data-next": true, onclick: close }, t("done.close"))), gone));
    focusStage();
    for (const listener of listeners) listener(null, attendance);
    return undefined;
  });
}

function closeMore() { const more = stage.querySelector(".more"); if (more) more.open = false; }

// What lies under “Mais” has keys and stands in the palette too: nobody has to look for it with a caller waiting.
const WAYS = [
  { key: "KeyT", title: "hand.over", icon: "hand", run: passOn },
  { key: "KeyE", title: "end.title", icon: "close", run: askEnd },
  { key: "KeyP", title: "ask.later", icon: "pause", run: close },
  { key: "KeyL", title: "who.linkopen", icon: "ticket", run: chooseLink, isOpen: () => linkable().length > 0 },
  { key: "KeyC", title: "palette.registercaller", icon: "user", run: () => choose("new"), isOpen: () => offers("new") },
  { key: "KeyU", title: "palette.unidentified", icon: "user", run: () => choose("skip"), isOpen: () => offers("skip") },
];
for (const way of WAYS) {
  addAction({ title: () => t(way.title), icon: way.icon, run: way.run, keys: `Alt ${way.key.at(-1)}`, isOpen: () => isAtWork() && (way.isOpen?.() ?? true) });
}

function offers(option) { return reply?.prompt.id === "identify" && reply.prompt.options.some((item) => item.id === option); }
function choose(option) {
  note("");
  return ask("POST", url("answers"), { revision: reply.revision, prompt: reply.prompt.id, answer: { option } });
}

/** Links that the right column offers: open tickets of the caller. */
function linkable() { return [...document.querySelectorAll("#right [data-link]")]; }
/** One open ticket is linked at once; among several the hands choose. */
function chooseLink() {
  const found = linkable();
  if (found.length === 1) return link(Number(found[0].dataset.link));
  document.querySelector('.tabs [data-pane="who"]')?.click();
  return found[0]?.focus();
}

const REASONS = ["information", "dropped", "wrong_number", "duplicate", "prank", "other"];
function askEnd() {
  closeMore();
  const [attendance, target] = [id, url("end")];
  const text = h("input", { id: "end-text", maxlength: "1000", autocomplete: "off" });
  const other = h("p", { class: "field", hidden: true }, h("label", { for: "end-text" }, t("end.why")), text);
  const result = h("p", { class: "fault", role: "alert" });
  // No reason is chosen beforehand; its digit chooses it, Enter ends: three keys for a wrong number.
  const radios = REASONS.map((code, index) => h("label", { class: "check" },
    h("input", { type: "radio", name: "reason", value: code }), h("kbd", { "aria-hidden": "true" }, index + 1), t(`end.${code}`)));
  const reasons = h("fieldset", { class: "field", tabindex: "-1" }, h("legend", {}, t("end.reason")), radios);
  const form = h("form", { id: "end-form" }, reasons, other, result);
  form.addEventListener("change", () => { other.hidden = form.elements.reason.value !== "other"; if (!other.hidden) text.focus(); });
  form.addEventListener("keydown", (event) => {
    const radio = /^[1-9]$/.test(event.key) && event.target !== text ? radios[Number(event.key) - 1]?.querySelector("input") : null;
    if (radio) { event.preventDefault(); radio.focus(); radio.click(); }
    // A fieldset is no field that would send its form.
    if (event.key === "Enter" && event.target === reasons) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reason = form.elements.reason.value;
    if (!reason) { result.textContent = t("ask.choosefirst"); return reasons.focus(); }
    const { ok, data } = await send("POST", target, { reason, text: text.value || undefined }).catch(() => ({}));
    if (!ok) { result.textContent = problemText(data, t("form.lost")); return undefined; }
    box.close();
    return attendance === id ? show(data) : undefined;
  });
  const box = dialog("end", t("end.title"), form, [h("button", { type: "submit", form: "end-form", class: "primary danger" }, t("end.button"))], { close: t("close") });
  reasons.focus();
}

/** Enter falls twice under a quick hand: the second within this many milliseconds chooses nothing. */
const SECOND = 300;
let enteredAt = -Infinity;
let enteredOn = null;
/** The question that something was typed into: its Enter is meant. */
let typedInto = null;
stage.addEventListener("input", () => { typedInto = stage.querySelector("#question"); });
/** Whether this Enter is the tail of one that another question has had already. */
function isSecondEnter(event) {
  const question = document.querySelector("dialog[open]") ?? stage.querySelector("#question") ?? stage.firstElementChild;
  const isTail = event.timeStamp - enteredAt < SECOND && question !== enteredOn;
  if (!isTail) [enteredAt, enteredOn] = [event.timeStamp, question];
  // Where an answer is owed and none is given, it says so and does no harm.
  const isOwed = reply?.prompt.required && (event.target.matches?.(".options") || event.target.value === "");
  return isTail && question !== typedInto && !isOwed;
}

document.addEventListener("keydown", (event) => {
  // Any other key between the two, or Ctrl, says that it is meant.
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey) { enteredAt = -Infinity; return; }
  if (event.repeat || isSecondEnter(event)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

document.addEventListener("keydown", (event) => {
  if (!isAtWork() || document.querySelector("dialog[open]")) return undefined;
  const more = stage.querySelector(".more[open]");
  if (event.key === "Escape" && more) {
    more.open = false;
    return current?.focus();
  }
  const way = event.altKey && !event.ctrlKey && !event.metaKey && WAYS.find((item) => item.key === event.code);
  if (way && (way.isOpen?.() ?? true)) {
    event.preventDefault();
    return way.run();
  }
  if (event.altKey && event.key === "ArrowLeft" && !event.ctrlKey) {
    event.preventDefault();
    return goBack();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return stage.querySelector("#question")?.requestSubmit();
  }
  const isText = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, summary");
  if (/^[1-9]$/.test(event.key) && !isText && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const choice = stage.querySelector(`[data-digit="${event.key}"]:not([hidden])`);
    if (choice) { event.preventDefault(); choice.focus(); choice.click(); }
  } else if (event.key === "Enter" && event.target.matches?.(".options")) {
    // The list itself has the focus: nothing in it is chosen yet.
    event.preventDefault();
    return stage.querySelector("#question")?.requestSubmit();
  } else if (/^\p{L}$/u.test(event.key) && !isText && !event.ctrlKey && !event.altKey && !event.metaKey) {
    // A letter typed on an option is the first of a search.
    stage.querySelector("input[type=search]")?.focus();
  } else if (["ArrowDown", "ArrowUp"].includes(event.key) && (!isText || event.target.type === "search")) {
    step(event);
  }
  return undefined;
});

/** Arrows walk the options. */
function step(event) {
  const items = [...stage.querySelectorAll(".options button:not([hidden]), .options input, .row .primary[data-option], .others button")];
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? 0 : at + (event.key === "ArrowDown" ? 1 : -1);
  if (next < 0) { stage.querySelector("#answer")?.focus(); return event.preventDefault(); }
  if (next < items.length) { event.preventDefault(); items[next].focus(); }
  return undefined;
}

// Another tab went on with the same interview: this one follows, and keeps what is typed here.
on("draft", async (data) => {
  if (data.attendance_id !== id || !reply || isSending || data.revision <= reply.revision) return;
  const mine = visit;
  const answer = await send("GET", url()).catch(() => null);
  if (mine !== visit || isSending || !answer?.ok || answer.data.revision <= reply.revision) return;
  show(answer.data, false);
  if (!answer.data.outcome) note(t("ask.elsewhere"), "accent");
});
on("attendance", (data) => {
  if (data.id !== id || data.account_id === desk.me?.id || !reply || reply.outcome) return;
  held({ title: t("held.now", { name: data.taken_by }) });
  announce(t("held.now", { name: data.taken_by }), true);
});
on("state", () => {
  if (reply) return drawCaller();
  if (!isUnread || id === null) return undefined;
  isUnread = false;
  return ask("POST", "/api/v1/interviews", { attendance_id: id });
});
on("call", (call, before) => {
  if (call.attendance?.id !== id || !reply) return;
  // The telephone call moved on to a colleague, and the contact with it: what was answered went along.
  const isGone = before?.account_id === desk.me?.id && call.account_id && call.account_id !== desk.me?.id;
  if (isGone && !reply.outcome) {
    held({ title: t("held.moved", { name: call.taken_by ?? "" }) });
    return;
  }
  if (call.state === "ended") loadCaller(id);
  drawCaller();
});
