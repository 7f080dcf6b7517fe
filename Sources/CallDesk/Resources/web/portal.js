// Keeps a page of the portal up to date: the bell, the lists, the open ticket. Without it every page is read by its links.

// What a form holds stays under the reader's hands; everything else may be shown anew.
const parts = [".outlook", ".steps", "#conversa", "#historico", "#solucao", "#arquivos", "#dados"];
const lists = [".rows", ".counts", "table.requests tbody"];

let waiting = 0;

async function refresh() {
  waiting = 0;
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

function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("news", () => {
    // Several changes at once are one look.
    if (!waiting) waiting = setTimeout(refresh, 300);
  });
  stream.addEventListener("resync", () => {
    if (!waiting) waiting = setTimeout(refresh, 300);
  });
}

listen();
