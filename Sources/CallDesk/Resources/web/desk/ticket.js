// One ticket's page: files for it, and passwords shown when asked for.
import "./page.js";
import { send, problemText } from "./api.js";
import { on } from "./store.js";
import { t } from "./words.js";
import { h } from "./dom.js";
import { sendFiles, takeDrops } from "./files.js";
import { hasUnsaved } from "./page.js";
import { isTyping } from "./shell.js";

const input = document.getElementById("upload");
if (input) {
  const list = document.getElementById("uploads");
  const take = async (files) => {
    let sent = 0;
    await sendFiles(files, list, (name) => `/api/v1/tickets/${input.dataset.ticket}/attachments/${name}`, (file) => {
      sent += 1;
      list.append(h("li", { class: "file" }, h("a", { class: "name", href: `/api/v1/attachments/${file.id}/content`, download: true }, file.name), h("span", { class: "done small" }, t("files.there"))));
    });
    return sent;
  };
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  takeDrops(take);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.reveal");
  if (!button) return;
  button.disabled = true;
  const { ok, data } = await send("POST", `/api/v1/tickets/${button.dataset.ticket}/secrets`, { reference: button.dataset.reference }).catch(() => ({}));
  const shown = h("code", { class: ok ? "secret" : "late" }, ok ? data.text : problemText(data, t("form.lost")));
  button.replaceWith(shown);
});

// What is written goes where its kind says: one composer, a move each.
const page = document.getElementById("ticket");
const composer = document.getElementById("composer");
const kinds = [...document.querySelectorAll('input[form="kinds"]')];
function choose(kind) {
  kind.checked = true;
  composer.dataset.url = `/api/v1/tickets/${page.dataset.id}/${kind.value}`;
}
for (const kind of kinds) kind.addEventListener("change", () => choose(kind));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const kind = kinds.find((one) => one.dataset.key === event.key.toUpperCase());
  if (!kind) return;
  event.preventDefault();
  choose(kind);
  composer.querySelector("textarea").focus();
});

// A fact is changed where it stands, at once.
for (const form of document.querySelectorAll("form.fact")) form.addEventListener("change", () => form.requestSubmit());

// Looked at, it is read, and its bell is silent.
if (page?.dataset.last) send("PUT", `/api/v1/tickets/${page.dataset.id}/read`, { entry_id: Number(page.dataset.last) }).catch(() => {});

// Something was added meanwhile: the page says so, and never takes a half-written reply away.
const id = document.getElementById("ticket")?.dataset.id;
let isTold = false;
function changed(data) {
  if (String(data.ticket_id ?? data.id) !== id || isTold) return;
  if (!hasUnsaved() && document.activeElement?.closest("form") === null) return location.reload();
  isTold = true;
  document.querySelector("#main > header").after(h("p", { class: "note accent row spread", role: "status" }, t("ticket.changed"),
    h("button", { type: "button", class: "compact", onclick: () => location.reload() }, t("ticket.reload"))));
}
on("ticket", changed);
on("entry", changed);
on("notice", changed);
