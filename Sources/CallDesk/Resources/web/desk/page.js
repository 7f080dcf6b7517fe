// Pages with lists and forms: the bar at the top, and forms that send JSON and show each field's fault beside it.
import { send, problemText, Lost } from "./api.js";
import { t } from "./words.js";
import { h, announce } from "./dom.js";
import "./shell.js";

/**
 * A form's values as JSON: check boxes are true or false, `lines` lists, empty texts are left out or null; `a.b` is the
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
    if (shape === "list") {
      body[name] ??= [];
      if (control.checked) body[name].push(control.value);
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

function clearFaults(form) {
  for (const place of form.querySelectorAll(".fault")) place.textContent = "";
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  form.querySelector(".note.result")?.remove();
}

function showFaults(form, data) {
  const rest = [];
  let first;
  for (const fault of data?.errors ?? []) {
    const place = form.querySelector(`.fault[data-for="${CSS.escape(fault.field)}"]`);
    if (!place) { rest.push(fault.message); continue; }
    place.textContent = fault.message;
    place.id ||= `fault-${fault.field}-${Math.random().toString(36).slice(2, 8)}`;
    const control = place.closest(".field")?.querySelector("input, select, textarea");
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", place.id);
    first ??= control;
  }
  if (!data?.errors?.length) rest.push(problemText(data, t("form.failed")));
  if (rest.length) note(form, rest.join(" "), "late");
  first?.focus();
}

function note(form, text, tone) {
  form.querySelector(".note.result")?.remove();
  form.append(h("p", { class: `note result ${tone}`, role: tone === "late" ? "alert" : "status" }, text));
}

let isDirty = false;
document.addEventListener("input", (event) => { if (event.target.closest("form.api")) isDirty = true; });
/** Whether something typed on this page would be lost by leaving it. */
export function hasUnsaved() { return isDirty; }

async function submit(form) {
  clearFaults(form);
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    const { ok, data } = await send(form.dataset.method, form.dataset.url, values(form));
    if (!ok) return showFaults(form, data);
    isDirty = false;
    if (form.dataset.said) sessionStorage.setItem("calldesk:said", form.dataset.said);
    else sessionStorage.setItem("calldesk:said", t("form.saved"));
    const then = form.dataset.then?.replace("{id}", data?.id ?? "");
    if (then) location.assign(then); else location.reload();
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    note(form, t("form.lost"), "late");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
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
    const { ok, data } = await send("DELETE", remove.dataset.url);
    if (ok) location.reload(); else alert(problemText(data, t("form.failed")));
  }
  const resend = event.target.closest("button.resend");
  if (resend) {
    resend.disabled = true;
    const { ok, data } = await send("POST", resend.dataset.url);
    resend.replaceWith(h("span", { class: ok ? "done" : "late" }, ok ? t("form.resent") : problemText(data, t("form.failed"))));
  }
});

const reloadButton = document.getElementById("reload");
reloadButton?.addEventListener("click", async () => {
  const place = document.getElementById("reloaded");
  const { ok, data } = await send("POST", reloadButton.dataset.url);
  if (!ok) return place.replaceChildren(h("p", { class: "note late" }, problemText(data, t("form.failed"))));
  if (data.changed) return location.reload();
  const faults = data.faults.map((fault) => h("li", {}, fault));
  place.replaceChildren(faults.length
    ? h("div", { class: "note late" }, h("p", {}, t("catalogue.faults")), h("ul", {}, faults))
    : h("p", { class: "note done" }, t("catalogue.unchanged")));
});

const said = sessionStorage.getItem("calldesk:said");
if (said) {
  sessionStorage.removeItem("calldesk:said");
  document.getElementById("main")?.querySelector("header")?.after(h("p", { class: "note done", role: "status" }, said));
  announce(said);
}
