// Who else has this ticket open: every open page says so twice a minute, and keeps what the others say.
import { send, token } from "./api.js";
import { on } from "./store.js";
import { t, now } from "./words.js";

const BEAT = 25000;
/** Two beats and a little: who was not heard for so long is gone. */
const LIFE = 60000;

/** Shows in #others who else is at a ticket; `isWriting` and `me` are asked when needed. */
export function watchOthers(ticket, isWriting, me) {
  const place = document.getElementById("others");
  const others = new Map();
  let told = null;

  function say(more = {}) {
    told = isWriting();
    send("PUT", `/api/v1/tickets/${ticket}/presence`, { writing: told, ...more }).catch(() => {});
  }

  function draw() {
    for (const [account, other] of others) if (now() - other.at > LIFE) others.delete(account);
    const texts = [...others.values()].map(({ name, writing }) => t(writing ? "ticket.writes" : "ticket.looks", { name }));
    place.hidden = texts.length === 0;
    const text = texts.join(" ");
    if (place.textContent !== text) place.textContent = text;
  }

  on("presence", (look) => {
    if (String(look.ticket_id) !== String(ticket) || look.account_id === me()) return;
    const isNew = !others.has(look.account_id) && !look.leaving;
    if (look.leaving) others.delete(look.account_id);
    else others.set(look.account_id, { name: look.name, writing: look.writing, at: now() });
    draw();
    // Whoever comes hears at once who is there already.
    if (isNew) say();
  });

  say();
  setInterval(() => { if (!document.hidden) say(); draw(); }, BEAT);
  document.addEventListener("input", () => { if (isWriting() !== told) say(); });
  window.addEventListener("pagehide", () => {
    fetch(`/api/v1/tickets/${ticket}/presence`, {
      method: "PUT", keepalive: true, body: JSON.stringify({ leaving: true }),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token() },
    }).catch(() => {});
  });
}
