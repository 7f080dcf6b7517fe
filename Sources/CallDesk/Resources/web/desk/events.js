import { send } from "./api.js";

// The live stream. One tab of a browser holds it and tells the others, so that many tabs use one connection.
// An EventSource hears only what it listens for by name.
const KINDS = [
  "call", "callback", "attendance", "draft", "ticket", "entry", "notice", "line", "database", "bell", "presence", "resync",
];

/**
 * Follows the stream from `position`. `take(kind, data, id)` gets each event once, in order;
 * `connection(isOpen)` hears of losses and recoveries.
 */
export function follow(account, position, take, connection) {
  let last = position;
  const shared = "locks" in navigator && "BroadcastChannel" in window;
  const channel = shared ? new BroadcastChannel(`calldesk:${account}`) : null;

  function accept(kind, data, id) {
    const number = Number(id);
    // A service that started anew counts from one again; `resync` says so.
    if (kind !== "resync" && number && number <= last) return;
    if (number) last = number;
    let payload = {};
    try { payload = JSON.parse(data || "{}"); } catch { return; }
    take(kind, payload, number);
  }

  function open() {
    const source = new EventSource(`/desk/events?after=${last}`);
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        if (kind === "resync") last = Number(event.lastEventId) || 0;
        accept(kind, event.data, event.lastEventId);
        channel?.postMessage({ kind, data: event.data, id: event.lastEventId });
      });
    }
    source.addEventListener("open", () => tell(true));
    source.addEventListener("error", () => {
      tell(false);
      if (source.readyState === EventSource.CLOSED) again();
    });
    window.addEventListener("pagehide", () => source.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  /** Refused and not only lost: somebody whose session ended is told so, others try again. */
  async function again() {
    const { status } = await send("GET", "/api/v1/board").catch(() => ({}));
    if (status !== 401) setTimeout(open, 3000);
  }

  function tell(isOpen) {
    connection(isOpen);
    channel?.postMessage({ connection: isOpen });
  }

  if (!shared) return open();
  channel.addEventListener("message", ({ data }) => {
    if ("connection" in data) return connection(data.connection);
    if (data.kind === "resync") last = Number(data.id) || 0;
    accept(data.kind, data.data, data.id);
  });
  navigator.locks.request(`calldesk:${account}`, () => { open(); return new Promise(() => {}); });
}
