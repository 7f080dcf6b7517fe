// One question's control: what is shown, what its answer is. Which kinds there are is the engine's to say.
import { send } from "./api.js";
import { t, counted } from "./words.js";
import { h, icon } from "./dom.js";
import { fileControl } from "./files.js";

/** Texts on one line, with what the keyboard of a phone should show and what browsers should leave alone. */
const LINES = {
  text: {}, number: { inputmode: "decimal" }, money: { inputmode: "decimal" }, date: { inputmode: "numeric", placeholder: "date" },
  time: { inputmode: "numeric", placeholder: "time" }, phone: { inputmode: "tel" }, email: { inputmode: "email" },
  cpf: { inputmode: "numeric" }, cnpj: { autocapitalize: "characters" }, "cpf-or-cnpj": {}, nif: { inputmode: "numeric" },
  cep: { inputmode: "numeric" }, secret: { type: "password" },
};
const OWED = ["street", "city", "state"];
const ADDRESS = ["cep", "street", "number", "complement", "district", "city", "state"];

/**
 * The control of a question: { element, answer(), focus(), state() }.
 * `answer()` is undefined when nothing was given; `give(answer)` answers at once, as a chosen option does; `state()` is
 * what was typed or ticked, and comes back as `kept` when the answer did not pass or the page was loaded again.
 */
export function control(prompt, attendance, give, kept) {
  switch (prompt.kind) {
    case "confirm_candidate":
    case "choose_candidate": return people(prompt, give);
    case "search_customer": return searching(prompt, give, kept);
    case "topic": return topics(prompt, attendance, give, kept);
    case "field": return field(prompt, attendance, give, kept);
    default: return none();
  }
}

function none() { return { element: h("div"), answer: () => undefined, focus: () => false }; }

function field(prompt, attendance, give, kept) {
  switch (prompt.field) {
    case "choice": return choice(prompt, give);
    case "yes-no": return choice({ ...prompt, options: yesNo(prompt) }, give);
    case "choices": return choices(prompt, kept);
    case "long-text": return prose(prompt, kept);
    case "address": return address(prompt, kept);
    case "file": return fileControl(prompt, attendance, kept);
    default: return line(prompt, kept);
  }
}

function yesNo(prompt) {
  return ["yes", "no"].map((id, index) => ({
    id, label: t(`ask.${id}`), role: "value", digit: index + 1, current: prompt.current === t(`ask.${id}`),
  }));
}

/** Attributes every control has in common: what it is called, what explains it, what is wrong with it. */
function named(prompt) {
  return {
    id: "answer", "aria-labelledby": "q-label", "aria-describedby": "q-say q-hint q-error", autocomplete: "off",
    "aria-required": prompt.required ? "true" : undefined, "aria-invalid": prompt.error ? "true" : undefined,
  };
}

function line(prompt, kept) {
  const { placeholder, ...rest } = LINES[prompt.field] ?? {};
  const isSecret = prompt.field === "secret";
  const input = h("input", {
    type: "text", ...named(prompt), ...rest, maxlength: Math.max(prompt.maximum_length, 40), spellcheck: prompt.field === "text",
    placeholder: placeholder ? t(`ask.${placeholder}`) : undefined,
    value: kept ?? (isSecret ? "" : prompt.current ?? prompt.suggestion ?? ""),
  });
  return {
    element: h("div", {}, input, isSecret && prompt.current ? h("p", { class: "hint" }, t("ask.sealed")) : null,
      prompt.remembered && kept === undefined ? h("p", { class: "hint" }, t("ask.remembered")) : null),
    answer: () => (input.value.trim() ? { text: input.value } : undefined),
    focus: () => { input.focus(); input.select(); },
    state: isSecret ? undefined : () => input.value,
  };
}

function prose(prompt, kept) {
  const area = h("textarea", { ...named(prompt), rows: "6", maxlength: prompt.maximum_length, value: kept ?? prompt.current ?? "" });
  const count = h("p", { class: "hint count-left", hidden: true });
  const left = () => {
    const room = prompt.maximum_length - area.value.length;
    count.hidden = room > prompt.maximum_length / 5;
    count.textContent = counted("ask.left", room);
  };
  area.addEventListener("input", left);
  left();
  return {
    element: h("div", {}, area, count, h("p", { class: "hint" }, t("ask.enter"))),
    answer: () => (area.value.trim() ? { text: area.value } : undefined),
    focus: () => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); },
    state: () => area.value, isLong: true,
  };
}

function key(digit) { return digit ? h("kbd", { "aria-hidden": "true" }, digit) : null; }

/** One thing to choose; its digit chooses it too. */
function option(item, give, className = "", words = "") {
  return h("button", {
    type: "button", class: `option ${item.role} ${className} ${item.current ? "current" : ""}`, "data-digit": item.digit,
    "data-option": item.id, "aria-current": item.current ? "true" : undefined, onclick: () => give({ option: item.id }),
  }, key(item.digit), h("span", { class: "grow" }, marked(item.label, words), item.detail ? h("small", {}, marked(item.detail, words)) : null),
  item.current ? icon("check") : null);
}

function actions(prompt, give, primary) {
  const others = prompt.options.filter((item) => item.role === "action" && item.id !== primary);
  if (!others.length) return null;
  return h("div", { class: "others" }, others.map((item) => h("button", {
    type: "button", class: "compact", "data-digit": item.digit, "data-option": item.id, onclick: () => give({ option: item.id }),
  }, key(item.digit), item.label)));
}

/** The list of a choice; a long one can be narrowed by typing. */
function choice(prompt, give) {
  const items = prompt.options.filter((item) => item.role !== "action");
  const list = h("div", {
    class: `options ${items.length > 4 ? "pairs" : ""}`, role: "group", tabindex: "-1", "aria-labelledby": "q-label", "aria-describedby": "q-say q-error",
  }, items.map((item) => option(item, give)));
  const filter = items.length > 12 ? h("input", {
    type: "search", "aria-label": t("ask.filter"), placeholder: t("ask.filter"), autocomplete: "off",
  }) : null;
  filter?.addEventListener("input", () => narrow(list, filter.value));
  filter?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !filter.value.trim()) return;
    // What is left of the list is shown to be chosen; one alone as well.
    event.preventDefault();
    list.querySelector(".option:not([hidden])")?.focus();
  });
  return {
    element: h("div", { class: "pile" }, filter, list, actions(prompt, give)),
    answer: () => {
      const chosen = items.find((item) => item.current);
      return chosen ? { option: chosen.id } : undefined;
    },
    // The list and not the first of it: Enter chooses nothing that nobody chose. What stands already is meant by Enter.
    focus: () => (list.querySelector(".current") ?? filter ?? list).focus(),
  };
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
function narrow(list, words) {
  const wanted = fold(words.trim());
  for (const button of list.children) button.hidden = !fold(button.textContent).includes(wanted);
}

function choices(prompt, kept) {
  const boxes = prompt.options.map((item, index) => h("label", { class: "check option value", "data-digit": index < 9 ? index + 1 : undefined },
    h("input", { type: "checkbox", name: "choices", value: item.id, checked: kept ? kept.includes(item.id) : item.current }),
    key(index < 9 ? index + 1 : undefined), h("span", { class: "grow" }, item.label)));
  const chosen = () => [...group.querySelectorAll(":checked")].map((box) => box.value);
  const group = h("div", {
    class: "options", role: "group", "aria-labelledby": "q-label", "aria-describedby": "q-say q-error",
  }, boxes);
  return {
    element: group,
    answer: () => (chosen().length ? { options: chosen() } : undefined),
    focus: () => group.querySelector("input")?.focus(),
    state: chosen,
  };
}

function address(prompt, kept) {
  const given = kept ?? prompt.address ?? {};
  const inputs = ADDRESS.map((name) => h("input", {
    id: name === "cep" ? "answer" : `address-${name}`, name, value: given[name] ?? "", autocomplete: "off", maxlength: "200",
    inputmode: name === "cep" ? "numeric" : undefined, "aria-describedby": "q-error",
  }));
  const parts = () => Object.fromEntries(inputs.map((input) => [input.name, input.value]));
  const told = h("p", { class: "quiet small", role: "status", id: "address-told" }, prompt.remembered && !kept ? t("ask.remembered") : "");
  const group = h("div", { class: "two", role: "group", "aria-labelledby": "q-label" }, inputs.map((input) => h("p", { class: "field" },
    h("label", { for: input.id }, t(`address.${input.name}`)), input)));
  const code = inputs.find((input) => input.name === "cep");
  let asked = code.value.replace(/\D/g, "");
  code.addEventListener("input", look);
  /** A whole code is looked up; what somebody typed already stays, and typing goes on meanwhile. */
  async function look() {
    const digits = code.value.replace(/\D/g, "");
    if (digits.length !== 8 || digits === asked) return;
    asked = digits;
    const { ok, data } = await send("GET", `/api/v1/postal-codes/${digits}`).catch(() => ({}));
    if (asked !== digits) return;
    told.textContent = t(ok ? "address.found" : "address.notfound");
    if (!ok) return;
    const filled = inputs.filter((input) => input !== code && !input.value.trim() && data[input.name]);
    for (const input of filled) input.value = data[input.name];
    if (!filled.length) return;
    group.dispatchEvent(new Event("input", { bubbles: true }));
    if (document.activeElement === code) (inputs.find((input) => input.name === "number" && !input.value) ?? code).focus();
  }
  return {
    element: h("div", { class: "pile" }, group, told),
    answer: () => (Object.values(parts()).some((part) => part.trim()) ? { address: parts() } : undefined),
    // After a fault the first part that is owed and empty, or the code; otherwise the first that is empty.
    focus: () => (inputs.find((input) => !input.value && (!prompt.error || OWED.includes(input.name))) ?? inputs[0]).focus(),
    state: parts,
  };
}

/** Who may be calling, with why; one is asked about, several are chosen from, nobody silently. */
function people(prompt, give) {
  if (prompt.kind === "confirm_candidate" && prompt.candidates[0]) {
    const yes = prompt.options.find((item) => item.digit === 1) ?? prompt.options[0];
    const button = h("button", { type: "button", class: "primary", "data-digit": yes.digit, "data-option": yes.id, onclick: () => give({ option: yes.id }) },
      key(yes.digit), yes.label);
    return {
      element: h("div", {}, person(prompt.candidates[0]), h("div", { class: "row" }, button), actions(prompt, give, yes.id)),
      answer: () => undefined, focus: () => button.focus(),
    };
  }
  const known = new Map(prompt.candidates.map((candidate) => [candidate.id, candidate]));
  const list = h("div", { class: "options", role: "group", tabindex: "-1", "aria-labelledby": "q-label", "aria-describedby": "q-hint q-error" },
    prompt.options.filter((item) => item.role === "candidate").map((item) => {
      const candidate = known.get(item.id);
      const button = option({ ...item, detail: undefined }, give);
      if (candidate) button.querySelector(".grow").append(h("small", {}, reasons(candidate).join(" · ")));
      return button;
    }));
  return {
    element: h("div", {}, list, actions(prompt, give)), answer: () => undefined,
    // None is preselected: the name is asked for first.
    focus: () => list.focus(),
  };
}

function reasons(candidate) {
  return [candidate.document, ...candidate.reasons, candidate.open_tickets ? counted("who.open", candidate.open_tickets) : ""].filter(Boolean);
}

function person(candidate) {
  return h("div", { class: "person" },
    h("h3", {}, [candidate.contact_name, candidate.name].filter(Boolean).filter((name, at, all) => all.indexOf(name) === at).join(" · ")),
    candidate.document ? h("p", { class: "number quiet" }, candidate.document) : null,
    h("ul", { class: "reasons" }, candidate.reasons.map((reason) => h("li", { class: "badge" }, reason)),
      candidate.open_tickets ? h("li", { class: "badge accent" }, counted("who.open", candidate.open_tickets)) : null));
}

/** Words to look for a customer by, and what can be done instead. */
function searching(prompt, give, kept) {
  const input = h("input", {
    type: "search", ...named(prompt), maxlength: prompt.maximum_length, value: kept ?? prompt.suggestion ?? prompt.current ?? "",
    placeholder: t("ask.customer"),
  });
  return {
    element: h("div", { class: "pile" }, input, actions(prompt, give)),
    answer: () => (input.value.trim() ? { text: input.value } : undefined),
    focus: () => { input.focus(); input.select(); },
    state: () => input.value,
  };
}

/** A topic: looked for while one types, or walked to through its sections. */
function topics(prompt, attendance, give, kept) {
  const input = h("input", {
    type: "search", ...named(prompt), maxlength: prompt.maximum_length, value: kept ?? prompt.suggestion ?? "",
    placeholder: t("ask.topic"),
  });
  const list = h("div", { role: "group", tabindex: "-1", "aria-label": t("ask.choose") });
  const told = h("p", { class: "spoken", role: "status" });
  const draw = (items, words) => {
    list.className = `options ${items.length > 4 && !words ? "pairs" : ""}`;
    list.hidden = !items.length;
    list.replaceChildren(...items.map((item, index) => option({ ...item, digit: item.digit ?? (index < 9 ? index + 1 : undefined) }, give, "", words)));
  };
  const items = prompt.options.filter((item) => item.role !== "action");
  const isInside = prompt.options.some((item) => item.role === "action");
  draw(items, prompt.suggestion);

  let timer;
  let latest = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 120);
  });
  /** What the words find is shown and not taken; Enter says them, as a program would. */
  async function look() {
    const turn = ++latest;
    const words = input.value.trim();
    if (words.length < 2) return draw(items, prompt.suggestion);
    const found = await findTopics(attendance, words);
    if (turn !== latest || !found) return undefined;
    told.textContent = found.length ? counted("ask.hits", found.length) : t("ask.nohits");
    return draw(found, words);
  }
  return {
    element: h("div", { class: "pile" }, trail(prompt, give), input, told, list, actions(prompt, give)),
    answer: () => (input.value.trim() ? { text: input.value } : undefined),
    // What was looked for stands first among what it found; a section that was opened is all there to be chosen from.
    focus: () => {
      if (!isInside || !items.length || prompt.error) { input.focus(); return input.select(); }
      return (list.querySelector(".current") ?? (prompt.suggestion ? list.querySelector("button") : list)).focus();
    },
    state: () => input.value, end: () => clearTimeout(timer),
  };
}

/** The sections that lead here; each leads back to itself. */
function trail(prompt, give) {
  const path = prompt.trail ?? [];
  if (!path.length) return null;
  return h("nav", { class: "trail", "aria-label": t("ask.trail") }, path.map((item) => (item.current
    ? h("span", { "aria-current": "location" }, item.label)
    : h("button", { type: "button", class: "plain compact", onclick: () => give({ option: item.id }) }, item.label))));
}

async function findTopics(attendance, words) {
  const { ok, data } = await send("GET", `/api/v1/interviews/${attendance}/topics?q=${encodeURIComponent(words)}`).catch(() => ({}));
  return ok ? data.items : undefined;
}

/** A text with what was looked for marked in it. */
export function marked(text, words) {
  const wanted = fold(words ?? "").split(/\s+/).filter((word) => word.length > 1);
  if (!wanted.length) return [text];
  return text.split(/(\p{L}[\p{L}\p{N}]*)/u).map((part) => {
    const word = wanted.find((one) => fold(part).startsWith(one));
    return word ? h("mark", {}, part) : part;
  });
}
