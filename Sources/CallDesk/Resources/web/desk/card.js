// Who this is, and what may already answer them: the right column.
import { send, problemText } from "./api.js";
import { on } from "./store.js";
import { t, at, counted, moment, elapsed } from "./words.js";
import { h, fill } from "./dom.js";
import { onShown, link, refresh, setCustomerName, isAtWork } from "./interview.js";

const place = document.getElementById("right");
let reply = null;
let card = null;
let caller = null;
let wanted = "";

/** The customer on the line; before that is confirmed, the one likely caller. */
function subject() {
  if (!reply) return null;
  if (reply.attendance.customer_id) return { id: reply.attendance.customer_id, isSure: true };
  const [only, second] = reply.prompt.candidates;
  return only && !second ? { id: only.customer_id, isSure: false } : null;
}

onShown((state) => {
  reply = state;
  load();
});
on("ticket", () => load(true));
on("entry", () => load(true));
draw();

async function load(again = false) {
  const who = subject();
  const key = reply ? `${reply.attendance.id}|${who?.id ?? ""}|${reply.attendance.identity}` : "";
  if (key === wanted && !again) return draw();
  if (key !== wanted) [card, caller] = [null, null];
  wanted = key;
  draw();
  if (!reply) return setCustomerName("");
  const target = who ? `/api/v1/customers/${who.id}/card?attendance=${reply.attendance.id}` : `/api/v1/attendances/${reply.attendance.id}/caller`;
  const { ok, data } = await send("GET", target).catch(() => ({}));
  if (key !== wanted || !ok) return undefined;
  if (who) card = data; else caller = data;
  setCustomerName(who?.isSure ? data.name : "");
  return draw();
}

/** The caller proved who they are: the question and the card are read again. */
async function raised(contact) {
  if (!reply || `${reply.attendance.id}-${subject()?.id}` !== contact) return;
  await refresh();
  document.getElementById("proved")?.scrollIntoView({ block: "nearest" });
}

function draw() {
  fill(place, reply ? (card ? customer(subject()) : stranger()) : h("p", { class: "quiet" }, t("who.nobody")));
  for (const button of place.querySelectorAll("[data-link]")) button.onclick = () => link(Number(button.dataset.link));
}

function block(title, ...content) { return h("section", { class: "block" }, h("h3", {}, title), content); }

function customer(who) {
  return h("div", {},
    h("div", { class: "who" }, who?.isSure ? null : h("p", { class: "badge waiting" }, t("who.maybe")),
      h("h2", {}, h("a", { href: `/admin/customers/${card.id}`, target: "_blank", rel: "noopener" }, card.name)),
      card.document ? h("p", { class: "quiet number" }, `${card.document_kind} ${card.document}`) : null,
      h("p", { class: "row" }, h("span", { class: `badge ${card.sms ? "done" : "waiting"}` }, card.sms_text))),
    proof(who),
    card.notes ? h("p", { class: "note text" }, card.notes) : null,
    block(t("who.tickets", { count: card.open_count }), card.open_tickets.length ? h("ul", {}, card.open_tickets.map(ticket)) : h("p", { class: "quiet" }, t("who.notickets"))),
    guides(),
    block(t("who.calls"), calls(card.calls)),
    block(t("who.phones"), h("ul", {}, card.phones.map((phone) => h("li", { class: "row" },
      h("span", { class: "number" }, phone.display), phone.sms ? h("span", { class: "badge accent" }, "SMS") : null,
      phone.label ? h("span", { class: "quiet small" }, phone.label) : null,
      phone.number ? h("button", { type: "button", class: "compact call", "data-number": phone.number, "data-key": `call-${phone.number}` }, t("call.call"), h("span", { class: "spoken" }, ` ${phone.display}`)) : null)))),
    card.contracts.length ? block(t("who.contracts"), h("ul", {}, card.contracts.map((contract) => h("li", { class: contract.in_force ? "" : "quiet" },
      contract.title, " ", h("span", { class: "number quiet small" }, contract.number),
      contract.in_force ? null : h("span", { class: "badge" }, t("who.notinforce")))))) : null,
    card.contacts.length ? block(t("who.people"), h("ul", {}, card.contacts.map((contact) => h("li", {}, contact.name,
      contact.role ? h("span", { class: "quiet" }, ` · ${contact.role}`) : null, contact.email ? h("small", { class: "quiet below" }, contact.email) : null)))) : null);
}

/** What is hidden until the caller proves to be who they say, and how they can. */
function proof(who) {
  if (!who?.isSure) return null;
  if (!card.masked) return h("p", { class: "badge done", id: "proved" }, t("who.proved"));
  // What is typed stays while the card is drawn anew, and goes with the contact.
  const contact = `${reply.attendance.id}-${who.id}`;
  const said = h("input", {
    id: "proof-said", "data-key": `said-${contact}`, maxlength: "200", autocomplete: "off", "aria-describedby": "proof-fault",
  });
  const fault = h("p", { class: "fault", id: "proof-fault", "data-key": `fault-${contact}`, role: "status" });
  const base = `/api/v1/interviews/${reply.attendance.id}`;
  const form = h("form", {}, h("p", { class: "field" }, h("label", { for: "proof-said" }, t("who.said")), said), fault,
    h("div", { class: "row" }, h("button", { type: "submit", class: "compact", "data-key": "confirm" }, t("who.confirm")),
      h("button", { type: "button", class: "compact", id: "send-code", "data-key": "send-code", onclick: sendCode }, t("ask.sendcode"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!said.value.trim()) return said.focus();
    const { ok, data } = await send("POST", `${base}/proof`, { said: said.value }).catch(() => ({}));
    if (ok) return raised(contact);
    tell(data?.errors?.[0]?.message ?? problemText(data, t("form.lost")));
    return field()?.select();
  });
  async function sendCode() {
    const { ok, data } = await send("POST", `${base}/code`, {}).catch(() => ({}));
    tell(ok ? t("ask.codesent", { where: data.items.map((item) => item.recipient).filter(Boolean).join(", ") }) : problemText(data, t("form.lost")));
    field()?.focus();
  }
  // The card may have been drawn anew meanwhile, or be somebody else's.
  function field() { return place.querySelector(`[data-key="said-${contact}"]`); }
  function tell(text) {
    const line = place.querySelector(`[data-key="fault-${contact}"]`);
    if (line) line.textContent = text;
  }
  return h("details", { class: "block", id: "prove", "data-key": `prove-${contact}` }, h("summary", { "data-key": "prove-title" }, t("who.unproved")), h("p", { class: "quiet small" }, t("who.hidden")), form);
}

function ticket(item) {
  const canLink = isAtWork() && item.readable !== undefined && reply.attendance.customer_id && reply.link?.ticket_id !== item.id;
  return h("li", { class: "linked" },
    item.needs_identity ? h("span", {}, `${item.number} · `, h("span", { class: "quiet" }, t("who.afterproof")))
      : item.readable ? h("a", { href: `/desk/tickets/${item.number}`, target: "_blank", rel: "noopener" }, `${item.number} · ${item.summary}`)
      : h("span", {}, `${item.number} · `, h("span", { class: "quiet" }, t("who.otherdepartment", { name: item.department ?? "" }))),
    h("div", { class: "row spread" }, h("span", { class: "quiet small number" }, moment(at(item.created_at))),
      canLink ? h("button", { type: "button", class: "compact", "data-link": item.id, "data-key": `link-${item.id}` }, t("who.link"),
        h("span", { class: "spoken" }, ` ${item.number}`)) : null));
}

function calls(list) {
  if (!list.length) return h("p", { class: "quiet" }, t("who.nocalls"));
  return h("ul", {}, list.map((call) => {
    const talked = call.answered_at && call.ended_at ? elapsed(at(call.ended_at) - at(call.answered_at)) : "";
    const became = call.ticket ? t("list.ticket", { number: call.ticket }) : t(`outcome.${call.result ?? call.outcome}`);
    return h("li", { class: "linked" }, h("div", { class: "row spread" }, h("span", { class: "number" }, moment(at(call.started_at))),
      h("span", { class: call.missed ? "waiting small" : "quiet small" }, call.missed ? t("who.missed") : became)),
    call.taken_by || talked ? h("p", { class: "quiet small" }, [call.taken_by ? t("call.with", { name: call.taken_by }) : "", talked].filter(Boolean).join(" · ")) : null);
  }));
}

/** A number nobody is registered with. */
function stranger() {
  if (!caller) return h("p", { class: "quiet" }, t("ask.loading"));
  return h("div", {},
    h("div", { class: "who" }, h("h2", {}, caller.number_display ?? (caller.withheld ? t("call.withheld") : t("who.unknown"))),
      caller.caller_name ? h("p", { class: "quiet" }, caller.caller_name) : null,
      h("p", { class: "quiet" }, reply.prompt.candidates.length > 1 ? counted("pop.several", reply.prompt.candidates.length)
        : t(caller.number ? "who.unregistered" : "who.nonumber"))),
    guides(),
    caller.queue || caller.dialled ? block(t("who.call"), h("dl", { class: "pair" },
      caller.queue ? [h("dt", {}, t("who.queue")), h("dd", {}, caller.queue)] : null,
      caller.dialled ? [h("dt", {}, t("who.dialled")), h("dd", { class: "number" }, caller.dialled)] : null)) : null,
    caller.calls.length ? block(t("who.calls"), calls(caller.calls)) : null);
}

function guides() {
  const list = reply.prompt.guides ?? [];
  if (!list.length) return null;
  return block(t("who.guides"), list.map((guide) => h("details", { class: "guide", "data-key": `guide-${reply.attendance.id}-${guide.title}` },
    h("summary", { "data-key": `guide-title-${guide.title}` }, guide.title),
    guide.text ? h("p", {}, guide.text) : null,
    // Only addresses of the web: whatever a catalogue holds, nothing of it runs here.
    /^https?:\/\//.test(guide.url ?? "") ? h("p", {}, h("a", { href: guide.url, target: "_blank", rel: "noopener noreferrer" }, t("who.guidelink"))) : null)));
}

