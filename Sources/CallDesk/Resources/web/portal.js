// Keeps a page of the portal up to date: the bell, the lists, the open ticket. Without it every page is read by its links.

// What a form holds stays under the reader's hands; everything else may be shown anew.
const parts = [".outlook", ".steps", "#conversa", "#historico", "#solucao", "#arquivos", "#dados"];
const lists = [".rows", ".counts", "table.requests tbody"];

let waiting = 0;
// Something came while nobody looked: to load a ticket's page is to have read it.
let missed = false;

async function refresh() {
  waiting = 0;
  missed = document.visibilityState !== "visible";
  if (missed) return;
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of ["#sino", ...parts, ...lists]) {
    const [now, next] = [document.querySelector(selector), fresh.querySelector(selector)];
    if (!now || !next || now.contains(document.activeElement) && selector !== "#sino") continue;
    if (now.tagName === "DETAILS") next.open = now.open;
    now.replaceWith(document.adoptNode(next));
  }
}

// Several changes at once are one look.
function look() {
  if (!waiting) waiting = setTimeout(() => refresh().catch(() => {}), 300 + Math.random() * 1200);
}

document.addEventListener("visibilitychange", () => { if (missed) look(); });

function listen(wasRefused) {
  const stream = new EventSource("/events");
  stream.addEventListener("news", look);
  stream.addEventListener("resync", look);
  // What was new meanwhile is told to nobody.
  if (wasRefused) stream.addEventListener("open", look, { once: true });
  // A browser comes back by itself after a loss, and never after a refusal: a proxy's while the service starts anew.
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) again(); });
}

/** Whose session ended is left alone; others try again, and not all in the same second. */
async function again() {
  const { status } = await fetch("/events", { method: "HEAD" }).catch(() => ({}));
  if (status !== 401) setTimeout(() => listen(true), 3000 + Math.random() * 3000);
}

listen(false);
