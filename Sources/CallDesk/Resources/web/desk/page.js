// Pages with lists and forms: the bar at the top, and forms that send JSON and show each field's fault beside it.
import { send, freshKey, problemText, Lost } from "./api.js";
import { t } from "./words.js";
import { h, announce } from "./dom.js";
import "./shell.js";
import { keepUndo } from "./undo.js";

/**
 * A form's values as JSON: check boxes are true or false, `lines` and `ids` lists, empty texts are left out or null; `a.b` is the
 * member b of an object a, which is there when one of its members is.
 */
function values(form) {
  const whole = {};
  for (const control of form.elements) {
    const { type } = control;
    const [outer, inner] = control.name?.split(".") ?? [];
    const name = inner ?? outer;
    if (inner && control.value === "") continue;
    const body = inner ? (whole[outer] ??= {}) : whole;
    if (!name || control.disabled || (type === "radio" && !control.checked)) continue;
    const shape = control.dataset.type;
    if (shape === "list" || shape === "ids") {
      body[name] ??= [];
      if (control.checked) body[name].push(shape === "ids" ? Number(control.value) : control.value);
    } else if (shape === "lines") {
      body[name] = control.value.split("\n").map((line) => line.trim()).filter(Boolean);
    } else if (shape === "number") {
      if (control.value !== "") body[name] = Number(control.value);
    } else if (shape === "bool") {
      body[name] = control.value === "true";
    } else if (type === "checkbox") {
      body[name] = control.checked;
    } else if (control.value !== "") {
      body[name] = control.value;
    } else if (control.dataset.empty === "null") {
      body[name] = null;
    }
  }
  return whole;
}

// What each form that changes a record said when it was opened. Of `data-changes` only what differs is sent, of `data-whole` all.
const opened = new WeakMap();
for (const form of document.querySelectorAll("form[data-changes], form[data-whole]")) opened.set(form, values(form));

/** What was changed in a form since it was opened, with the revision it was opened at; what was emptied is null. */
function changes(form) {
  const [before, now] = [opened.get(form), values(form)];
  const changed = { revision: now.revision };
  for (const name of Object.keys({ ...before, ...now })) {
    if (JSON.stringify(before[name]) !== JSON.stringify(now[name])) changed[name] = now[name] ?? null;
  }
  return changed;
}

/** Somebody changed the record meanwhile: says beside each field what it says now, and saves over it when asked again. */
function showChanges(form, data) {
  const before = opened.get(form);
  const plain = (value) => value === true ? "✓" : Array.isArray(value) ? value.join(", ") : value?.display ?? (value || "");
  const errors = Object.keys({ ...before, ...values(form) }).filter((name) => name !== "revision" && name in data.current
    && plain(data.current[name]) !== plain(before[name]))
    .map((field) => ({ field, message: t("form.now", { value: plain(data.current[field]) || "—" }) }));
  showFaults(form, { errors });
  form.elements.revision.value = data.current.revision;
  note(form, [data.title, data.detail, ...errors.filter(({ field }) => !place(form, field)).map(({ message }) => message)]
    .join(". "), "late");
}

function place(form, field) {
  const beside = (name) => form.querySelector(`.fault[data-for="${CSS.escape(name)}"]`);
  // What is wrong with one of a list stands beside the list.
  return beside(field) ?? beside(field.replace(/\[\d+\]$/, ""));
}

function clearFaults(form) {
  for (const place of form.querySelectorAll(".fault")) place.textContent = "";
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  form.querySelector(".note.result")?.remove();
}

function showFaults(form, data) {
  const rest = [];
  let first;
  for (const fault of data?.errors ?? []) {
    const beside = place(form, fault.field);
    if (!beside) { rest.push(fault.message); continue; }
    beside.textContent = fault.message;
    beside.id ||= `fault-${fault.field}-${Math.random().toString(36).slice(2, 8)}`;
    const control = beside.closest(".field")?.querySelector("input, select, textarea");
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", beside.id);
    first ??= control;
  }
  if (!data?.errors?.length) rest.push(problemText(data, t("form.failed")));
  if (rest.length) note(form, rest.join(" "), "late");
  first?.focus();
}

/** Shows a line at the end of a form; the newest stands alone. */
export function note(form, text, tone) {
  form.querySelector(".note.result")?.remove();
  form.append(h("p", { class: `note result ${tone}`, role: tone === "late" ? "alert" : "status" }, text));
}

let isDirty = false;
/** Something typed came back from before: leaving the page would lose it. */
export function nowUnsaved() { isDirty = true; }
document.addEventListener("input", (event) => { if (event.target.closest("form.api")) isDirty = true; });
/** Whether something typed on this page would be lost by leaving it. */
export function hasUnsaved() { return isDirty; }

// One wish of a form, however often it is sent: the same words again are the same wish.
const wishes = new WeakMap();
function wishKey(form, body) {
  const text = JSON.stringify([form.dataset.url, body]);
  if (wishes.get(form)?.text !== text) wishes.set(form, { text, key: freshKey() });
  return wishes.get(form).key;
}

/** Goes to an address, or to the same page anew. */
function leaveFor(address) {
  const place = new URL(address ?? location.href, location.href);
  const isHere = place.pathname + place.search === location.pathname + location.search;
  if (address && !(isHere && place.hash)) return location.assign(place);
  if (address) location.hash = place.hash;
  return location.reload();
}

async function submit(form) {
  clearFaults(form);
  const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true;
  let isLeaving = false;
  try {
    const body = "changes" in form.dataset ? changes(form) : values(form);
    const key = form.dataset.method === "POST" ? wishKey(form, body) : undefined;
    const { ok, data } = await send(form.dataset.method, form.dataset.url, body, { tag: form.dataset.tag, key });
    if (!ok && data?.current && opened.has(form)) return showChanges(form, data);
    // Told beside each field what it says now, whoever saves again means it.
    if (!ok && form.dataset.tag && data?.current?.tag) form.dataset.tag = data.current.tag;
    if (!ok) {
      // What may be confirmed after such a refusal is offered with it.
      for (const part of form.querySelectorAll("[data-refusal]")) part.hidden = data?.type !== `/problems/${part.dataset.refusal}`;
      // Whoever knows better what it means says so; nothing that was typed is touched.
      if (form.dispatchEvent(new CustomEvent("refused", { bubbles: true, cancelable: true, detail: data }))) showFaults(form, data);
      return;
    }
    isDirty = false;
    wishes.delete(form);
    form.dispatchEvent(new CustomEvent("accepted", { bubbles: true, detail: data }));
    if (data?.undo) keepUndo(data.undo, 1);
    if (form.dataset.reveal) return reveal(form, data);
    isLeaving = true;
    if (form.dataset.said) sessionStorage.setItem("calldesk:said", form.dataset.said);
    else sessionStorage.setItem("calldesk:said", t("form.saved"));
    // `{other.number}` is the answer's member.
    const then = form.dataset.then?.replace(/\{([\w.]+)\}/g, (_, path) => path.split(".").reduce((part, name) => part?.[name], data) ?? "");
    leaveFor(then);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    note(form, t("form.lost"), "late");
  } finally {
    // Until the next page is there, nothing is sent twice.
    if (!isLeaving) for (const button of buttons) button.disabled = false;
  }
}

/** What is told this once stands in the form's place until its reader goes on. */
function reveal(form, data) {
  const field = h("input", { id: "told", readonly: true, value: data[form.dataset.reveal] });
  const then = form.dataset.then?.replace("{id}", data.id ?? "") ?? location.href;
  form.replaceChildren(h("p", { class: "field" }, h("label", { for: "told" }, t("form.told")), field,
    h("span", { class: "hint" }, t("form.once"))), h("p", { class: "row end" }, h("a", { class: "button primary", href: then }, t("form.goon"))));
  field.focus();
  field.select();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.api");
  if (!form) return;
  event.preventDefault();
  submit(form);
});

document.addEventListener("click", async (event) => {
  const remove = event.target.closest("button.remove");
  if (remove) {
    if (!confirm(remove.dataset.ask)) return;
    remove.disabled = true;
    const { ok, data } = await send("DELETE", remove.dataset.url).catch(() => ({}));
    if (ok) return leaveFor(remove.dataset.then);
    remove.disabled = false;
    alert(problemText(data, t("form.lost")));
  }
  const look = event.target.closest("button.look");
  if (look) {
    const { ok, data } = await send("POST", look.dataset.url).catch(() => ({}));
    // In a text the whole takes the place of the stars.
    if (!look.dataset.into) {
      const text = h("span", { class: ok ? "text" : "late", role: "status" }, ok ? data.display : problemText(data, t("form.lost")));
      if (ok) look.previousElementSibling.remove();
      return look.replaceWith(text);
    }
    const field = document.getElementById(look.dataset.into);
    if (!ok) return note(field.form, problemText(data, t("form.lost")), "late");
    field.value = data.display;
    // Looked at, not changed.
    const before = opened.get(field.form);
    if (before) before[field.name] = data.display;
    look.remove();
    field.focus();
  }
  const resend = event.target.closest("button.resend");
  if (resend) {
    resend.disabled = true;
    const { ok, data } = await send("POST", resend.dataset.url).catch(() => ({}));
    resend.replaceWith(h("span", { class: ok ? "done" : "late" }, ok ? t("form.resent") : problemText(data, t("form.lost"))));
  }
});

const reloadButton = document.getElementById("reload");
reloadButton?.addEventListener("click", async () => {
  const place = document.getElementById("reloaded");
  const { ok, data } = await send("POST", reloadButton.dataset.url).catch(() => ({}));
  if (!ok) return place.replaceChildren(h("p", { class: "note late" }, problemText(data, t("form.lost"))));
  if (data.changed) return location.reload();
  const faults = data.faults.map((fault) => h("li", {}, fault));
  place.replaceChildren(faults.length
    ? h("div", { class: "note late" }, h("p", {}, t("catalogue.faults")), h("ul", {}, faults))
    : h("p", { class: "note done" }, t("catalogue.unchanged")));
});

/** How long what was done has to be read before a reload takes it away, in milliseconds. */
const READING = 8000;
/** Loads the page anew because others changed something; what these hands did a moment ago is said once more. */
export function loadAnew() {
  if (said && performance.now() < READING) sessionStorage.setItem("calldesk:said", said);
  location.reload();
}

const said = sessionStorage.getItem("calldesk:said");
if (said) {
  sessionStorage.removeItem("calldesk:said");
  document.getElementById("main")?.querySelector("header")?.after(h("p", { class: "note done", role: "status" }, said));
  announce(said);
}
