// One question's control: what is shown, what its answer is. Which kinds there are is the engine's to say.
import { t } from "./words.js";
import { h, icon } from "./dom.js";
import { fileControl } from "./files.js";

/** Texts on one line, with what the keyboard of a phone should show and what browsers should leave alone. */
const LINES = {
  text: {}, number: { inputmode: "decimal" }, money: { inputmode: "decimal" }, date: { inputmode: "numeric", placeholder: "date" },
  time: { inputmode: "numeric", placeholder: "time" }, phone: { inputmode: "tel" }, email: { inputmode: "email", type: "email" },
  cpf: { inputmode: "numeric" }, cnpj: { autocapitalize: "characters" }, "cpf-or-cnpj": {}, nif: { inputmode: "numeric" },
  cep: { inputmode: "numeric" }, secret: { type: "password" },
};
const ADDRESS = ["cep", "street", "number", "complement", "district", "city", "state"];

/**
 * The control of a question: { element, answer(), focus(), text(), ready }.
 * `answer()` is undefined when nothing was given; `send(answer)` answers at once, as a chosen option does.
 */
export function control(prompt, attendance, send, kept) {
  switch (prompt.kind) {
    case "confirm_candidate":
    case "choose_candidate": return people(prompt, send);
    case "search_customer": return searching(prompt, send, kept);
    case "topic": return searching(prompt, send, kept, { sections: true });
    case "field": return field(prompt, attendance, send, kept);
    default: return none();
  }
}

function none() { return { element: h("div"), answer: () => undefined, focus: () => false }; }

function field(prompt, attendance, send, kept) {
  switch (prompt.field) {
    case "choice": return choice(prompt, send);
    case "yes-no": return choice({ ...prompt, options: yesNo(prompt) }, send);
    case "choices": return choices(prompt);
    case "long-text": return prose(prompt, kept);
    case "address": return address(prompt);
    case "file": return fileControl(prompt, attendance);
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
    element: h("div", {}, input, isSecret && prompt.current ? h("p", { class: "hint" }, t("ask.sealed")) : null),
    answer: () => (input.value.trim() ? { text: input.value } : undefined),
    focus: () => { input.focus(); input.select(); },
    text: isSecret ? undefined : () => input.value,
  };
}

function prose(prompt, kept) {
  const area = h("textarea", { ...named(prompt), rows: "6", maxlength: prompt.maximum_length, value: kept ?? prompt.current ?? "" });
  const count = h("p", { class: "hint count-left", hidden: true });
  const left = () => {
    const room = prompt.maximum_length - area.value.length;
    count.hidden = room > prompt.maximum_length / 5;
    count.textContent = t("ask.left", { count: room });
  };
  area.addEventListener("input", left);
  left();
  return {
    element: h("div", {}, area, count, h("p", { class: "hint" }, t("ask.enter"))),
    answer: () => (area.value.trim() ? { text: area.value } : undefined),
    focus: () => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); },
    text: () => area.value, isLong: true,
  };
}

function key(digit) { return digit ? h("kbd", { "aria-hidden": "true" }, digit) : null; }

/** One thing to choose; its digit chooses it too. */
function option(item, send, className = "") {
  return h("button", {
    type: "button", class: `option ${item.role} ${className} ${item.current ? "current" : ""}`, "data-digit": item.digit,
    "data-option": item.id, "aria-current": item.current ? "true" : undefined, onclick: () => send({ option: item.id }),
  }, key(item.digit), h("span", { class: "grow" }, item.label, item.detail ? h("small", {}, item.detail) : null),
  item.current ? icon("check") : null);
}

function actions(prompt, send, primary) {
  const others = prompt.options.filter((item) => item.role === "action" && item.id !== primary);
  if (!others.length) return null;
  return h("div", { class: "others" }, others.map((item) => h("button", {
    type: "button", class: "compact", "data-digit": item.digit, "data-option": item.id, onclick: () => send({ option: item.id }),
  }, key(item.digit), item.label)));
}

/** The list of a choice; a long one can be narrowed by typing. */
function choice(prompt, send) {
  const items = prompt.options.filter((item) => item.role !== "action");
  const list = h("div", {
    class: `options ${items.length > 4 ? "pairs" : ""}`, role: "group", "aria-labelledby": "q-label", "aria-describedby": "q-say q-error",
  }, items.map((item) => option(item, send)));
  const filter = items.length > 12 ? h("input", {
    type: "search", "aria-label": t("ask.filter"), placeholder: t("ask.filter"), autocomplete: "off",
  }) : null;
  filter?.addEventListener("input", () => narrow(list, filter.value));
  filter?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector(".option:not([hidden])")?.click();
  });
  return {
    element: h("div", { class: "pile" }, filter, list, actions(prompt, send)),
    answer: () => {
      const chosen = items.find((item) => item.current);
      return chosen ? { option: chosen.id } : undefined;
    },
    focus: () => (filter ?? list.querySelector(".current") ?? list.querySelector("button"))?.focus(),
  };
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
function narrow(list, words) {
  const wanted = fold(words.trim());
  for (const button of list.children) button.hidden = !fold(button.textContent).includes(wanted);
}

function choices(prompt) {
  const boxes = prompt.options.map((item) => h("label", { class: "check option value" },
    h("input", { type: "checkbox", name: "choices", value: item.id, checked: item.current }), h("span", { class: "grow" }, item.label)));
  const group = h("div", {
    class: "options", role: "group", "aria-labelledby": "q-label", "aria-describedby": "q-say q-error",
  }, boxes);
  return {
    element: group,
    answer: () => {
      const chosen = [...group.querySelectorAll(":checked")].map((box) => box.value);
      return chosen.length ? { options: chosen } : undefined;
    },
    focus: () => group.querySelector("input")?.focus(),
  };
}

function address(prompt) {
  const given = prompt.address ?? {};
  const inputs = ADDRESS.map((name) => h("input", {
    id: name === "cep" ? "answer" : `address-${name}`, name, value: given[name] ?? "", autocomplete: "off", maxlength: "200",
    inputmode: name === "cep" ? "numeric" : undefined, "aria-describedby": "q-error",
  }));
  const group = h("div", { class: "two", role: "group", "aria-labelledby": "q-label" }, inputs.map((input) => h("p", { class: "field" },
    h("label", { for: input.id }, t(`address.${input.name}`)), input)));
  return {
    element: group,
    answer: () => {
      const parts = Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()]));
      return Object.values(parts).some(Boolean) ? { address: parts } : undefined;
    },
    focus: () => (inputs.find((input) => !input.value) ?? inputs[0]).focus(),
  };
}

/** Who may be calling, with why; one is asked about, several are chosen from, nobody silently. */
function people(prompt, send) {
  if (prompt.kind === "confirm_candidate" && prompt.candidates[0]) {
    const yes = prompt.options.find((item) => item.digit === 1) ?? prompt.options[0];
    const button = h("button", { type: "button", class: "primary", "data-digit": yes.digit, "data-option": yes.id, onclick: () => send({ option: yes.id }) },
      key(yes.digit), yes.label);
    return {
      element: h("div", {}, person(prompt.candidates[0]), h("div", { class: "row" }, button), actions(prompt, send, yes.id)),
      answer: () => undefined, focus: () => button.focus(),
    };
  }
  const known = new Map(prompt.candidates.map((candidate) => [candidate.id, candidate]));
  const list = h("div", { class: "options", role: "group", "aria-labelledby": "q-label", "aria-describedby": "q-hint q-error" },
    prompt.options.filter((item) => item.role === "candidate").map((item) => {
      const candidate = known.get(item.id);
      const button = option({ ...item, detail: undefined }, send);
      if (candidate) button.querySelector(".grow").append(h("small", {}, reasons(candidate).join(" · ")));
      return button;
    }));
  return {
    element: h("div", {}, list, actions(prompt, send)), answer: () => undefined,
    // None is preselected: the name is asked for first.
    focus: () => list.querySelector("button")?.focus(),
  };
}

function reasons(candidate) {
  return [candidate.document, ...candidate.reasons, candidate.open_tickets ? t("who.open", { count: candidate.open_tickets }) : ""].filter(Boolean);
}

function person(candidate) {
  return h("div", { class: "person" },
    h("h3", {}, [candidate.contact_name, candidate.name].filter(Boolean).filter((name, at, all) => all.indexOf(name) === at).join(" · ")),
    candidate.document ? h("p", { class: "number quiet" }, candidate.document) : null,
    h("ul", { class: "reasons" }, candidate.reasons.map((reason) => h("li", { class: "badge" }, reason)),
      candidate.open_tickets ? h("li", { class: "badge accent" }, t("who.open", { count: candidate.open_tickets })) : null));
}

/** Words to search by, and what can be picked instead: customers, or sections and topics. */
function searching(prompt, send, kept, { sections = false } = {}) {
  const input = h("input", {
    type: "search", ...named(prompt), maxlength: prompt.maximum_length,
    value: kept ?? prompt.suggestion ?? (sections ? "" : prompt.current ?? ""),
    placeholder: t(sections ? "ask.topic" : "ask.customer"),
  });
  const items = prompt.options.filter((item) => item.role !== "action");
  const list = items.length ? h("div", { class: `options ${items.length > 4 ? "pairs" : ""}`, role: "group", "aria-label": t("ask.choose") },
    items.map((item) => option(item, send))) : null;
  return {
    element: h("div", { class: "pile" }, input, list, actions(prompt, send)),
    answer: () => (input.value.trim() ? { text: input.value } : undefined),
    // What was looked for is found, or a section is open: the next key chooses. At the start the next key is a word.
    focus: () => {
      const isOpen = sections && prompt.options.some((item) => item.role === "action");
      if (isOpen && items.length && !prompt.error) return list.querySelector(".current, button").focus();
      input.focus();
      return input.select();
    },
    text: () => input.value,
  };
}
