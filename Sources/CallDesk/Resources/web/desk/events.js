import { send } from "./api.js";

// The live stream. One tab of a browser holds it and tells the others, so that many tabs use one connection.
// An EventSource hears only what it listens for by name.
const KINDS = [
  "call", "callback", "attendance", "draft", "ticket", "entry", "notice", "line", "database", "bell", "presence", "resync",
];

/**
 * Follows the stream from `position`. `take(kind, data, id)` gets each event once, in order;
 * `connection(isOpen)` hears of losses and recoveries.
 *
 * @returns { resume(), renew(since) }: `resume` says that the service answers this person: a tab that gave the stream up for
 *   want of a session waits for its turn again. `renew` opens anew what seems to have been open since before a time of loss
 *   (`Date.now()`): a connection that died without a word looks open for long.
 */
export function follow(account, position, take, connection) {
  let last = position;
  let source = null;
  let openedAt = 0;
  /** Opens the stream that this tab holds once more; null while it holds none. */
  let reopen = null;
  /** Whether this tab holds the stream or waits for its turn. */
  let isWaiting = false;
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

  /** Opens the stream; `giveUp` is called when there is no session to open it for. */
  function open(giveUp) {
    const own = new EventSource(`/desk/events?after=${last}`);
    source = own;
    for (const kind of KINDS) {
      own.addEventListener(kind, (event) => {
        if (kind === "resync") last = Number(event.lastEventId) || 0;
        accept(kind, event.data, event.lastEventId);
        channel?.postMessage({ kind, data: event.data, id: event.lastEventId });
      });
    }
    own.addEventListener("open", () => { openedAt = Date.now(); tell(true); });
    own.addEventListener("error", () => {
      if (own !== source) return;
      tell(false);
      if (own.readyState === EventSource.CLOSED) again(giveUp);
    });
    reopen = () => { own.close(); open(giveUp); };
  }

  /** Refused and not only lost: somebody whose session ended is told so, others try again. */
  async function again(giveUp) {
    const own = source;
    const { status } = await send("GET", "/api/v1/board").catch(() => ({}));
    if (own !== source) return;
    if (status !== 401) { setTimeout(() => { if (own === source) open(giveUp); }, 3000); return; }
    [source, reopen, isWaiting] = [null, null, false];
    giveUp();
  }

  function tell(isOpen) {
    connection(isOpen);
    channel?.postMessage({ connection: isOpen });
  }

  /** Waits for its turn and holds the stream; another tab gets it once this one is gone or has no session. */
  function resume() {
    if (isWaiting) return;
    isWaiting = true;
    if (!shared) { open(() => {}); return; }
    navigator.locks.request(`calldesk:${account}`, () => new Promise((giveUp) => open(giveUp))).catch(() => { isWaiting = false; });
  }

  function renew(since) {
    if (openedAt >= since) return;
    if (reopen) reopen(); else channel?.postMessage({ renew: since });
  }

  channel?.addEventListener("message", ({ data }) => {
    if ("isOpen" in data) { if (source && source.readyState !== EventSource.OPEN) channel.postMessage({ connection: false }); return; }
    if ("renew" in data) { if (reopen && source?.readyState === EventSource.OPEN) renew(data.renew); return; }
    if ("connection" in data) {
      if (data.connection) openedAt = Date.now();
      connection(data.connection);
      return;
    }
    if (data.kind === "resync") last = Number(data.id) || 0;
    accept(data.kind, data.data, data.id);
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  resume();
  // Whether the tab that holds the stream has it at this moment, nobody tells of itself.
  channel?.postMessage({ isOpen: null });
  return { resume, renew };
}
