// One ticket's page: what is written and sent, what opens in a dialog, who else is here.
import "./page.js";
import { send, problemText } from "./api.js";
import { on, desk } from "./store.js";
import { t } from "./words.js";
import { h, announce } from "./dom.js";
import { askAboutPassword, isPassword } from "./password.js";
import { sendFiles, takeDrops } from "./files.js";
import { hasUnsaved, loadAnew, note, nowUnsaved } from "./page.js";
import { isTyping } from "./shell.js";
import { addAction } from "./palette.js";
import { openCanned } from "./canned.js";
import { keepTyped, typed } from "./typed.js";
import { soon as countBells } from "./bell.js";
import { watchOthers } from "./presence.js";

const page = document.getElementById("ticket");
const { id } = page.dataset;
const composer = document.getElementById("composer");
const text = document.getElementById("body");
const address = `/api/v1/tickets/${id}`;

// Files are the next entry's; what arrived and should not go is unticked.
const input = document.getElementById("upload");
const uploads = document.getElementById("uploads");
let coming = 0;
/** Lists a file that is there: { id, name, ticked }. */
function listFile(file) {
  uploads.append(h("li", { class: "file" }, h("label", { class: "check" },
    h("input", { type: "checkbox", name: "files", "data-type": "ids", value: file.id, checked: file.ticked }), file.name)));
}
function listedFiles() {
  return [...(uploads?.querySelectorAll('input[name="files"]') ?? [])].map((box) => (
    { id: Number(box.value), name: box.parentElement.textContent, ticked: box.checked }));
}
if (input) {
  const take = async (files) => {
    nowUnsaved();
    coming += 1;
    await sendFiles(files, uploads, (name) => `${address}/attachments/${name}`, ({ id: file, name }) => {
      listFile({ id: file, name, ticked: true });
      keep();
    });
    coming -= 1;
  };
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  takeDrops(take);
}
/** Whether files are on their way, which leaving the page would break off; says so. */
function mustWait() {
  if (coming) note(composer, t("files.wait"), "waiting");
  return coming > 0;
}

// Why passwords are looked at on this page: said once, it holds for the next one too.
let reason = "";
async function reveal(place, { reference }) {
  const { ok, data } = await send("POST", `${address}/secrets`, { reference, reason }).catch(() => ({}));
  place.replaceWith(h("code", { class: ok ? "secret" : "late" }, ok ? data.text : problemText(data, t("form.lost"))));
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.reveal");
  if (!button) return;
  button.disabled = true;
  if (reason) return reveal(button, button.dataset);
  const why = h("input", { name: "reason", required: true, maxlength: 500, autocomplete: "off", "aria-label": t("ticket.reason"), placeholder: t("ticket.reason") });
  const form = h("form", { class: "row reason" }, why, h("button", { class: "primary compact" }, t("ticket.reveal")));
  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    if (!why.value.trim()) return why.focus();
    reason = why.value.trim();
    reveal(form, button.dataset);
  });
  button.replaceWith(form);
  why.focus();
});

// What is written goes where its kind says: one composer, a move each.
const kinds = [...document.querySelectorAll('input[form="kinds"]')];
function choose(kind) {
  kind.checked = true;
  composer.dataset.url = `${address}/${kind.value}`;
}
for (const kind of kinds) kind.addEventListener("change", () => choose(kind));

// What is written and not yet sent outlives the page, the session and a crash.
const draft = `ticket-${id}`;
function keep() {
  const files = listedFiles();
  keepTyped(draft, "body", (text.value || files.length) && { kind: kinds.find((one) => one.checked)?.value ?? "", text: text.value, files });
}
if (composer) {
  // Once, as the page opens: what another tab of this person writes later is that tab's.
  let isRestored = false;
  on("state", () => {
    if (isRestored) return;
    isRestored = true;
    const kept = typed(draft, "body");
    if (!kept || text.value || listedFiles().length) return;
    const kind = kinds.find((one) => one.value === kept.kind);
    if (kind) choose(kind);
    text.value = kept.text;
    for (const file of kept.files ?? []) listFile(file);
    nowUnsaved();
  });
  composer.addEventListener("input", keep);
  composer.addEventListener("submit", (event) => {
    if (!mustWait()) return;
    event.preventDefault();
    event.stopPropagation();
  });
  // A password in the text is offered a place in the vault before anything is stored; sent again, it goes as was chosen.
  const passwords = h("input", { type: "hidden", name: "passwords" });
  passwords.disabled = true;
  composer.append(passwords);
  text.addEventListener("input", () => { passwords.disabled = true; });
  composer.addEventListener("refused", (event) => {
    if (!isPassword(event.detail)) return;
    event.preventDefault();
    askAboutPassword((wish) => { passwords.value = wish; passwords.disabled = false; composer.requestSubmit(); });
  });
  composer.addEventListener("accepted", () => keepTyped(draft, "body", ""));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    composer.requestSubmit();
  });
}

function canned() {
  openCanned(id, (words) => {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
const opener = document.getElementById("open-canned");
opener?.addEventListener("click", canned);

// Each deed has a button, a key and a line in the palette, and one dialog.
const deeds = [...document.querySelectorAll("button.deed")];
function openDeed(button) {
  const box = document.getElementById(button.dataset.dialog);
  box.showModal();
  box.querySelector("form").querySelector("input:not([type=hidden]), select, textarea")?.focus();
}
for (const button of deeds) {
  button.addEventListener("click", () => openDeed(button));
  const title = button.firstChild.textContent.trim();
  addAction({ title: () => title, icon: "ticket", keys: button.dataset.key, run: () => openDeed(button) });
}
for (const kind of kinds) {
  const title = kind.nextSibling.textContent.trim();
  addAction({ title: () => title, icon: "ticket", keys: kind.dataset.key, run: () => { choose(kind); text.focus(); } });
}
if (opener) addAction({ title: () => opener.dataset.title, icon: "ticket", keys: "M", run: canned });
for (const call of document.querySelectorAll("button.call")) addAction({ title: () => call.textContent.trim(), icon: "phone", run: () => call.click() });
for (const shut of document.querySelectorAll("dialog.deed .shut")) shut.addEventListener("click", () => shut.closest("dialog").close());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toUpperCase();
  const kind = kinds.find((one) => one.dataset.key === key);
  const deed = deeds.find((one) => one.dataset.key === key);
  if (kind) { choose(kind); text.focus(); } else if (deed) openDeed(deed);
  else if (key === "M" && opener) canned(); else return;
  event.preventDefault();
});

// A day of its own or none: the control for it counts only with its choice.
const day = document.getElementById("due_at");
for (const choice of document.querySelectorAll('#do-due input[name="due"]')) {
  choice.addEventListener("change", () => { day.disabled = choice.value !== ""; });
}

// Who takes it depends on where it goes; whoever works in both places stays chosen.
const place = document.getElementById("move-place");
if (place) {
  const taker = document.getElementById("move-taker");
  const [nobody, ...takers] = taker.options;
  const offer = () => {
    const before = taker.value;
    taker.replaceChildren(nobody, ...takers.filter((one) => one.dataset.places.split(" ").includes(place.value)));
    taker.value = before;
    if (taker.selectedIndex < 0) taker.value = "";
  };
  place.addEventListener("change", offer);
  offer();
}

// What the customer wants done: the move it is, and a reason where one is asked for.
for (const wish of document.querySelectorAll('input[form="wishes"]')) {
  wish.addEventListener("change", () => {
    wish.closest("form").dataset.url = wish.dataset.url;
    document.getElementById("for-reason").required = wish.dataset.reason === "true";
  });
}

// Another ticket's number: whose it is and what about, before anything is done.
for (const other of document.querySelectorAll("input.other")) {
  const found = other.parentElement.querySelector(".found");
  let timer;
  let latest = 0;
  other.addEventListener("input", () => {
    clearTimeout(timer);
    found.textContent = "";
    const number = other.value.trim();
    const turn = ++latest;
    if (number.length < 2) return;
    timer = setTimeout(async () => {
      const { ok, data } = await send("GET", `/api/v1/ticket-numbers/${encodeURIComponent(number)}`).catch(() => ({}));
      if (turn === latest) found.textContent = ok ? `${data.number} · ${data.summary}` : problemText(data, "");
    }, 250);
  });
}

// Each box names the mark it showed; a colleague's is not taken back unseen.
function showSteps(items) {
  for (const step of document.querySelectorAll("input.step")) {
    const now = items.find(({ id }) => id === step.dataset.id);
    if (now) [step.checked, step.dataset.tag] = [now.done_at !== null, now.tag];
  }
}

for (const step of document.querySelectorAll("input.step")) {
  step.addEventListener("change", async () => {
    const { url, tag } = step.dataset;
    const { ok, data } = await send("PUT", url, { done: step.checked }, { tag }).catch(() => ({}));
    if (ok) return showSteps(data.items);
    step.checked = !step.checked;
    announce(problemText(data, t("form.lost")), true);
    if (data?.type !== "/problems/stale") return;
    const fresh = await send("GET", url.slice(0, url.lastIndexOf("/"))).catch(() => ({}));
    if (fresh.ok) showSteps(fresh.data.items);
  });
}

// A fact is changed where it stands, at once.
for (const form of document.querySelectorAll("form.fact")) form.addEventListener("change", () => form.requestSubmit());

// Somebody was first: what they did is shown beside what is typed here, and sending again means it.
document.addEventListener("refused", async (event) => {
  if (event.detail?.type !== "/problems/stale") return;
  event.preventDefault();
  const form = event.target;
  const [ticket, thread] = await Promise.all([send("GET", address), send("GET", `${address}/entries`)]).catch(() => []);
  if (!ticket?.ok || !thread?.ok) return note(form, problemText(event.detail, t("form.failed")), "late");
  const fresh = thread.data.items.filter((entry) => entry.id > Number(page.dataset.last));
  for (const revision of document.querySelectorAll('input[name="revision"]')) revision.value = ticket.data.revision;
  const what = fresh.map((entry) => `${entry.author || t("ticket.system")}: ${entry.body || t("ticket.happened")}`).join("\n");
  note(form, `${t("ticket.stale")}\n${what}`, "late text");
});

// Looked at, it is read, and its bell is silent: counted anew, as the page's first count may have come before.
if (page.dataset.last) {
  send("PUT", `${address}/read`, { entry_id: Number(page.dataset.last) }).then(() => countBells(0)).catch(() => {});
}

// Something was added meanwhile: the page says so, and never takes a half-written reply away.
let isTold = false;
function changed(data) {
  if (String(data.ticket_id ?? data.id) !== id || isTold) return;
  const isBusy = hasUnsaved() || document.activeElement?.closest("form") || document.querySelector("dialog[open]");
  if (!isBusy) return loadAnew();
  isTold = true;
  document.querySelector("#main > header").after(h("p", { class: "note accent row spread", role: "status" }, t("ticket.changed"),
    h("button", { type: "button", class: "compact", onclick: () => { if (!mustWait()) location.reload(); } }, t("ticket.reload"))));
}
on("ticket", changed);
on("entry", changed);
on("notice", changed);

watchOthers(id, () => Boolean(text?.value), () => desk.me?.id);
