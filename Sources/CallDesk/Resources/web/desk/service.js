// Calendars and promises: drawn from what holds now, changed here, kept as one; a deadline is tried before.
import "./page.js";
import { send, problemText, Lost } from "./api.js";
import { t } from "./words.js";
import { h, announce } from "./dom.js";
import { nowUnsaved } from "./page.js";

const place = document.getElementById("service");
const known = JSON.parse(place.dataset.known);
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
let rules = null;
let serial = 0;

const parts = (text) => text.split(/[,\n]/).map((part) => part.trim()).filter(Boolean);

function field(label, control, at) {
  control.id ||= `f${++serial}`;
  return h("p", { class: "field" }, h("label", { for: control.id }, label), control, h("span", { class: "fault", "data-place": at }));
}

function choose(options, value, change) {
  const control = h("select", { onchange: () => change(control.value) }, options.map(([code, label]) => h("option", { value: code, selected: code === value }, label)));
  return control;
}

function ticks(legend, options, values, change, at) {
  return h("fieldset", { class: "field" }, h("legend", {}, legend), h("div", { class: "row" }, options.map(([code, label, about]) => {
    const box = h("input", { type: "checkbox", checked: values.includes(code), onchange: () => {
      change(box.checked ? [...values.filter((one) => one !== code), code] : values.filter((one) => one !== code));
      values = box.checked ? [...values, code] : values.filter((one) => one !== code);
    } });
    return h("label", { class: "check", title: about }, box, label);
  })), h("span", { class: "fault", "data-place": at }));
}

function line(value, change, attributes = {}) {
  const control = h("input", { value: value ?? "", oninput: () => change(control.value), ...attributes });
  return control;
}

/** Things chosen by name from what there is; `find(words)` gives [code, label] pairs, `name(code)` what a code is called. */
function picker(legend, values, find, name, change, at) {
  const list = h("ul", { class: "chips" });
  const offers = h("ul", { class: "options", role: "group", "aria-label": legend });
  const input = h("input", { type: "search", autocomplete: "off", placeholder: t("service.pick"), "aria-label": legend });
  let turn = 0;
  const draw = () => list.replaceChildren(...values.map((code) => h("li", {}, name(code), h("button", {
    type: "button", class: "plain icon-only", "aria-label": t("service.unpick", { name: name(code) }), onclick: () => { values = values.filter((one) => one !== code); change(values); draw(); nowUnsaved(); },
  }, "×"))));
  async function look() {
    const mine = ++turn;
    const words = input.value.trim();
    const found = words.length < 2 ? [] : (await find(words)).filter(([code]) => !values.includes(code)).slice(0, 9);
    if (mine !== turn) return;
    offers.replaceChildren(...found.map(([code, label]) => h("li", {}, h("button", { type: "button", class: "compact option", onclick: () => {
      values = [...values, code];
      change(values);
      input.value = "";
      offers.replaceChildren();
      draw();
      nowUnsaved();
      input.focus();
    } }, label))));
  }
  input.addEventListener("input", look);
  draw();
  return h("fieldset", { class: "field" }, h("legend", {}, legend), list, input, offers, h("span", { class: "fault", "data-place": at }));
}

const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const topicNames = new Map(known.topics.map(({ id, name }) => [id, name]));
const contractNames = new Map();

async function findTopics(words) {
  return known.topics.filter(({ id, name }) => bare(name).includes(bare(words)) || id.includes(words)).map(({ id, name }) => [id, name]);
}

async function findContracts(words) {
  const { ok, data } = await send("GET", `/api/v1/contracts?q=${encodeURIComponent(words)}`).catch(() => ({}));
  return (ok ? data.items : []).map(({ number, title, customer }) => {
    const label = `${number} · ${title} · ${customer}`;
    contractNames.set(number, label);
    return [number, label];
  });
}

function calendar(item, index) {
  const at = `calendars[${index}]`;
  const isOwn = index === 0 && !item.departments.length;
  const days = h("div", { class: "week" }, DAYS.map((day, number) => field(t(`service.${day}`),
    line(item.week[number].join(", "), (text) => { item.week[number] = parts(text); }, { placeholder: "08:00-12:00, 13:30-18:00" }), `${at}.week[${number}]`)));
  const facultative = h("div", {});
  const drawFacultative = () => facultative.replaceChildren(...(item.country ? [ticks(t("service.facultatives"),
    known.facultative[item.country].map(({ id, name, law }) => [id, name, law]), item.facultative, (list) => { item.facultative = list; }, `${at}.facultative`)] : []));
  drawFacultative();
  const country = choose([["", t("service.nocountry")], ["BR", "Brasil"], ["PT", "Portugal"]], item.country ?? "", (code) => {
    item.country = code || null;
    item.facultative = [];
    drawFacultative();
  });
  const holidays = h("textarea", { rows: 3, value: item.holidays.join("\n"), oninput: () => { item.holidays = parts(holidays.value); } });
  return h("section", { class: "card calendar" }, h("h3", {}, isOwn ? t("service.own") : t("service.calendar")),
    isOwn ? null : ticks(t("service.departments"), known.departments.map(({ id, name }) => [id, name]), item.departments, (list) => { item.departments = list; }, `${at}.departments`),
    field(t("service.zone"), line(item.timezone, (text) => { item.timezone = text.trim() || null; }, { placeholder: known.zone }), `${at}.timezone`),
    days, field(t("service.country"), country, `${at}.country`), facultative, field(t("service.holidays"), holidays, `${at}.holidays`),
    tryOut(item, at),
    isOwn ? null : h("p", { class: "row end" }, h("button", { type: "button", class: "danger plain", onclick: () => { rules.calendars.splice(index, 1); changed(); } }, t("service.remove"))));
}

/** When a term would be over by a calendar as it is typed now. */
function tryOut(item, at) {
  const term = h("input", { value: "8h", size: 6 });
  const from = h("input", { type: "datetime-local" });
  const counting = choose([["business", t("service.business")], ["calendar", t("service.allhours")]], "business", () => {});
  const result = h("div", { role: "status" });
  const run = h("button", { type: "button", class: "compact", onclick: async () => {
    const { ok, data } = await send("POST", "/api/v1/service-rules/preview", { calendar: item, term: term.value, hours: counting.value, from: from.value || undefined }).catch(() => ({}));
    if (!ok) return result.replaceChildren(h("p", { class: "note late" }, problemText(data, t("form.lost"))));
    result.replaceChildren(h("p", { class: "note done due" }, t("service.due", { time: data.shown })),
      ...(data.skipped.length ? [h("ul", {}, data.skipped.map((off) => h("li", {}, [off.shown, off.name, t(`service.${off.kind}`)].filter(Boolean).join(" · "), off.law ? h("span", { class: "quiet small" }, ` ${off.law}`) : null)))] : []));
  } }, t("service.try"));
  return h("details", { class: "try" }, h("summary", {}, t("service.preview")),
    h("div", { class: "row" }, field(t("service.term"), term, `${at}.try`), field(t("service.from"), from, ""), field(t("service.counting"), counting, ""), run), result);
}

function step(item, policy, index, at) {
  const percent = line(item.percent, (text) => { item.percent = Number(text); }, { type: "number", min: 1, max: 1000 });
  return h("li", { class: "card" }, field(t("service.percent"), percent, `${at}.percent`),
    ticks(t("service.tell"), known.listeners.map(({ id, name }) => [id, name]), item.tell, (list) => { item.tell = list; }, at),
    h("div", { class: "row" }, flag(t("service.raisepriority"), item, "raise_priority"), flag(t("service.raiselevel"), item, "raise_level")),
    field(t("service.moveto"), choose([["", "—"], ...known.departments.map(({ id, name }) => [id, name])], item.department ?? "", (id) => { item.department = id || null; }), `${at}.department`),
    h("p", { class: "row end" }, h("button", { type: "button", class: "danger plain", onclick: () => { policy.steps.splice(index, 1); changed(); } }, t("service.removestep"))));
}

function flag(label, item, name) {
  const box = h("input", { type: "checkbox", checked: Boolean(item[name]), onchange: () => { item[name] = box.checked; } });
  return h("label", { class: "check" }, box, label);
}

function policy(item, index) {
  const at = `policies[${index}]`;
  return h("section", { class: "card policy" }, h("h3", {}, item.name || t("service.addpolicy")), field(t("service.name"), line(item.name, (text) => { item.name = text; }, { maxlength: 80 }), `${at}.name`),
    picker(t("service.topics"), item.topics, findTopics, (id) => topicNames.get(id) ?? id, (list) => { item.topics = list; }, `${at}.topics`),
    picker(t("service.contracts"), item.contracts, findContracts, (number) => contractNames.get(number) ?? number, (list) => { item.contracts = list; }, `${at}.contracts`),
    ticks(t("service.priorities"), known.priorities.map(({ id, name }) => [id, name]), item.priorities, (list) => { item.priorities = list; }, `${at}.priorities`),
    h("div", { class: "row" }, field(t("service.first"), line(item.first_answer, (text) => { item.first_answer = text || null; }, { placeholder: "4h" }), `${at}.first_answer`),
      field(t("service.solution"), line(item.solution, (text) => { item.solution = text || null; }, { placeholder: "2d" }), `${at}.solution`),
      field(t("service.counting"), choose([["business", t("service.business")], ["calendar", t("service.allhours")]], item.hours, (value) => { item.hours = value; }), `${at}.hours`)),
    h("h4", {}, t("service.steps")), h("ul", { class: "steps" }, item.steps.map((one, number) => step(one, item, number, `${at}.steps[${number}]`))),
    h("div", { class: "row spread" }, h("button", { type: "button", class: "compact", onclick: () => {
      item.steps.push({ percent: 100, tell: ["supervisors"], raise_priority: false, raise_level: false, department: null });
      changed();
    } }, t("service.addstep")),
    h("span", { class: "row" }, index ? h("button", { type: "button", class: "compact", onclick: () => {
      [rules.policies[index - 1], rules.policies[index]] = [rules.policies[index], rules.policies[index - 1]];
      changed();
    } }, t("service.up")) : null,
    h("button", { type: "button", class: "danger plain", onclick: () => { rules.policies.splice(index, 1); changed(); } }, t("service.remove")))));
}

function changed() { nowUnsaved(); draw(); }

function draw() {
  const said = h("div", { id: "service-said", role: "status" });
  place.replaceChildren(
    h("h2", {}, t("service.calendars")), ...rules.calendars.map(calendar),
    h("p", {}, h("button", { type: "button", onclick: () => {
      rules.calendars.push({ departments: [], timezone: null, week: structuredClone(rules.calendars[0]?.week ?? [[], [], [], [], [], [], []]), country: rules.calendars[0]?.country ?? null, facultative: [], holidays: [] });
      changed();
    } }, t("service.addcalendar"))),
    h("h2", {}, t("service.policies")), h("p", { class: "quiet" }, t("service.policiesnote")), ...rules.policies.map(policy),
    h("p", {}, h("button", { type: "button", id: "add-policy", onclick: () => {
      rules.policies.push({ name: "", topics: [], contracts: [], priorities: [], first_answer: null, solution: null, hours: "business", steps: [] });
      changed();
    } }, t("service.addpolicy"))),
    h("p", { class: "row end" }, h("button", { type: "button", class: "primary", id: "save-service", onclick: save }, t("service.save"))), said);
}

async function save() {
  for (const fault of place.querySelectorAll(".fault")) fault.textContent = "";
  const said = document.getElementById("service-said");
  try {
    const { ok, data } = await send("PUT", "/api/v1/service-rules", rules);
    if (ok) {
      rules = data;
      sessionStorage.setItem("calldesk:said", t("service.saved"));
      return location.reload();
    }
    const rest = [];
    for (const fault of data?.errors ?? []) {
      const beside = place.querySelector(`.fault[data-place="${CSS.escape(fault.field)}"]`);
      if (!beside) { rest.push(`${fault.field}: ${fault.message}`); continue; }
      beside.textContent = fault.message;
      beside.closest(".field").querySelector("input, select, textarea")?.focus();
    }
    if (rest.length || !data?.errors?.length) said.replaceChildren(h("p", { class: "note late", role: "alert" }, rest.join(" ") || problemText(data, t("form.failed"))));
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    announce(t("form.lost"), true);
  }
  return undefined;
}

place.addEventListener("input", nowUnsaved);
const { ok, data } = await send("GET", "/api/v1/service-rules").catch(() => ({}));
if (ok) { rules = data; draw(); } else place.append(h("p", { class: "note late" }, problemText(data, t("form.lost"))));
