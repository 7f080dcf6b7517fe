// Callers' rules: rows that are ordered, tried on the last calls and saved, all of them together.
import "./page.js";
import { send, problemText, Lost } from "./api.js";
import { t } from "./words.js";
import { h } from "./dom.js";

const form = document.getElementById("rules");
const result = document.getElementById("result");
const trial = document.getElementById("trial");
const url = "/api/v1/caller-rules";

/** The members of a row of each table. */
const shapes = { blocks: ["kind", "value", "note"], incoming: ["pattern", "to"], outgoing: ["pattern", "to"] };
const labels = {
  kind: t("callers.kind"), value: t("callers.value"), note: t("callers.note"), pattern: t("callers.pattern"), to: t("callers.to"),
};
const kinds = { number: t("callers.number"), prefix: t("callers.prefix"), withheld: t("callers.withheld") };
const longest = { value: 16, note: 200, pattern: 40, to: 40 };

function control(name, value) {
  if (name === "kind") {
    return h("select", { name, "aria-label": labels.kind },
      Object.entries(kinds).map(([word, label]) => h("option", { value: word, selected: word === value }, label)));
  }
  return h("input", { name, "aria-label": labels[name], value: value ?? "", maxlength: longest[name], autocomplete: "off", spellcheck: "false" });
}

function row(table, rule = {}) {
  const isOrdered = table !== "blocks";
  const made = h("tr", {}, shapes[table].map((name) => h("td", { "data-label": labels[name] }, control(name, rule[name]), h("span", { class: "fault" }))),
    h("td", {}, h("span", { class: "row" },
      isOrdered ? h("button", { type: "button", class: "compact up", "aria-label": t("callers.up") }, "↑") : null,
      isOrdered ? h("button", { type: "button", class: "compact down", "aria-label": t("callers.down") }, "↓") : null,
      h("button", { type: "button", class: "compact away" }, t("callers.drop")))));
  settle(made);
  return made;
}

/** Who shows no number has none to be written. */
function settle(line) {
  const [kind, value] = [line.querySelector("[name=kind]"), line.querySelector("[name=value]")];
  if (!kind) return;
  value.disabled = kind.value === "withheld";
  if (value.disabled) value.value = "";
}

function heads(names) {
  return h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name))));
}

function show(rules) {
  for (const [table, names] of Object.entries(shapes)) {
    document.getElementById(table).replaceChildren(
      heads([...names.map((name) => labels[name]), h("span", { class: "spoken" }, t("callers.actions"))]),
      h("tbody", {}, rules[table].map((rule) => row(table, rule))));
  }
}

function lines(table) { return [...document.querySelectorAll(`#${table} tbody tr`)]; }

function rules() {
  return Object.fromEntries(Object.entries(shapes).map(([table, names]) => [table, lines(table).map((line) =>
    Object.fromEntries(names.map((name) => [name, line.querySelector(`[name=${name}]`).value.trim()])))]));
}

function clear() {
  result.replaceChildren();
  for (const place of form.querySelectorAll(".fault")) place.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** Says each fault beside its field: `blocks[2].value` is the value of the third row. */
function faults(data) {
  const rest = [];
  let first;
  for (const { field, message } of data?.errors ?? []) {
    const [, table, place, name] = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
    const input = table in shapes ? lines(table)[Number(place)]?.querySelector(`[name=${name}]`) : undefined;
    if (!input) { rest.push(message); continue; }
    input.setAttribute("aria-invalid", "true");
    input.nextElementSibling.textContent = message;
    first ??= input;
  }
  if (!first && !rest.length) rest.push(problemText(data, t("form.failed")));
  if (rest.length) result.replaceChildren(h("p", { class: "note late", role: "alert" }, rest.join(" ")));
  first?.focus();
}

// The tag of the rules as they were read; saving names it, so that a colleague's change is not written over.
let read;

async function ask(method, place, then) {
  clear();
  try {
    const { ok, data, tag } = await send(method, place, method === "GET" ? undefined : rules(), { tag: method === "PUT" ? read : undefined });
    if (ok && method === "GET") read = tag;
    if (ok) then(data); else faults(data);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    result.replaceChildren(h("p", { class: "note late", role: "alert" }, t("form.lost")));
  }
}

function call(item) {
  const said = item.blocked ? h("span", { class: "badge late" }, t("callers.blocked"))
    : item.shown ? t("callers.shown", { number: item.shown }) : item.direction === "outbound" ? t("callers.own") : "";
  return h("tr", {}, h("td", { class: "n", "data-label": t("callers.sent") }, item.number ?? t("callers.hidden")),
    h("td", { class: "n", "data-label": t("callers.read") }, item.read ?? "—"), h("td", { "data-label": t("callers.result") }, said));
}

document.getElementById("preview").addEventListener("click", () => ask("POST", `${url}/preview`, ({ items }) => {
  trial.hidden = false;
  document.getElementById("calls").replaceChildren(heads([t("callers.sent"), t("callers.read"), t("callers.result")]),
    h("tbody", {}, items.length ? items.map(call) : h("tr", {}, h("td", { colspan: 3 }, t("callers.nocalls")))));
  trial.scrollIntoView({ block: "nearest" });
}));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask("PUT", url, () => {
    sessionStorage.setItem("calldesk:said", t("form.saved"));
    location.reload();
  });
});

form.addEventListener("change", (event) => { if (event.target.name === "kind") settle(event.target.closest("tr")); });

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const line = button?.closest("tr");
  if (button?.classList.contains("add")) {
    const made = row(button.dataset.table);
    document.querySelector(`#${button.dataset.table} tbody`).append(made);
    made.querySelector("select, input").focus();
  } else if (button?.classList.contains("away")) {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    const add = line.closest("section").querySelector(".add");
    line.remove();
    (next?.querySelector(".away") ?? add).focus();
  } else if (button?.classList.contains("up")) {
    line.previousElementSibling?.before(line);
    button.focus();
  } else if (button?.classList.contains("down")) {
    line.nextElementSibling?.after(line);
    button.focus();
  }
});

await ask("GET", url, show);
form.removeAttribute("aria-busy");
