// What was done to many tickets, or a merge, can be taken back for a minute: on the page that comes after it.
import { send, problemText, Lost } from "./api.js";
import { counted, t } from "./words.js";
import { h, announce } from "./dom.js";

const KEY = "calldesk:undo";

/** One line under the heading; the newest stands alone. */
export function say(tone, ...parts) {
  document.getElementById("said")?.remove();
  document.querySelector("#main > header")?.after(h("p", { id: "said", class: `note ${tone} row spread`, role: tone === "late" ? "alert" : "status" }, ...parts));
}

/** Keeps for the next page what can be taken back there: { id, until } of the API, and how many tickets it is about. */
export function keepUndo(undo, count) { sessionStorage.setItem(KEY, JSON.stringify({ count, ...undo })); }

function offer({ id, until, count }) {
  const left = new Date(until) - Date.now();
  if (!id || left <= 0) return;
  const text = counted("bulk.done", count);
  const button = h("button", { type: "button", class: "compact" }, t("bulk.undo"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { ok, data } = await send("DELETE", `/api/v1/ticket-moves/${id}`);
      if (!ok) return say("late", problemText(data, t("form.failed")));
      sessionStorage.setItem("calldesk:said", t("bulk.undone"));
      location.reload();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      say("late", t("form.lost"));
    }
  });
  say("done", h("span", {}, text), button);
  announce(text);
  setTimeout(() => button.remove(), left);
}

const done = sessionStorage.getItem(KEY);
if (done) {
  sessionStorage.removeItem(KEY);
  offer(JSON.parse(done));
}
