// The lists of tickets: the next one, and many at once.
import "./page.js";
import { send, freshKey, problemText, Lost } from "./api.js";
import { counted, t } from "./words.js";
import { say, keepUndo } from "./undo.js";

async function ask(method, url, body, key) {
  try {
    return await send(method, url, body, { key });
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    return { ok: false, data: null, lost: true };
  }
}

const next = document.getElementById("next");
next?.addEventListener("click", async () => {
  next.disabled = true;
  const { ok, data, lost } = await ask("POST", "/api/v1/work/next");
  if (ok) return location.assign(`/desk/tickets/${data.number}`);
  next.disabled = false;
  say("waiting", lost ? t("form.lost") : problemText(data, t("form.failed")));
});

const bulk = document.getElementById("bulk");
const picks = [...document.querySelectorAll("input.pick")];
const all = document.getElementById("all");
const chosen = () => picks.filter((pick) => pick.checked);

function show() {
  const count = chosen().length;
  bulk.hidden = count === 0;
  document.getElementById("chosen").textContent = counted("bulk.chosen", count);
  all.checked = count > 0 && count === picks.length;
  all.indeterminate = count > 0 && count < picks.length;
}

// Asked for again after an answer that was lost, it is the same wish and is made once.
let wish = { text: "", key: "" };

async function make(move, member) {
  const items = chosen();
  const body = {
    moves: items.map((pick) => ({ ticket_id: Number(pick.value), move, revision: Number(pick.dataset.revision), ...member })),
  };
  const text = JSON.stringify(body);
  if (wish.text !== text) wish = { text, key: freshKey() };
  const controls = bulk.querySelectorAll("button, select");
  for (const control of controls) control.disabled = true;
  const { ok, data, lost } = await ask("POST", "/api/v1/ticket-moves", body, wish.key);
  if (!ok) {
    for (const control of controls) control.disabled = false;
    return say("late", lost ? t("form.lost") : problemText(data, t("form.failed")));
  }
  // The page is loaded anew, with what can be taken back.
  if (data.items[0].undo) keepUndo(data.items[0].undo, items.length);
  location.reload();
}

if (bulk) {
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const pick of picks) pick.checked = all.checked;
    if (event.target === all || event.target.classList.contains("pick")) show();
  });
  bulk.addEventListener("submit", (event) => event.preventDefault());
  bulk.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-move]");
    if (button) make(button.dataset.move, {});
  });
  bulk.addEventListener("change", (event) => {
    const { move, member, number } = event.target.dataset;
    if (!move || event.target.value === "") return;
    make(move, { [member]: number === undefined ? event.target.value : Number(event.target.value) });
  });
  show();
}
