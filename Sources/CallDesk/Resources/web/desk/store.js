// What the desk knows: loaded whole, then kept by the stream. Views listen and draw themselves.
import { send, Lost } from "./api.js";
import { follow } from "./events.js";
import { setClock, at } from "./words.js";

export const desk = {
  me: null, calls: new Map(), toReturn: [], today: [], drafts: [], lines: [], queue: { waiting: 0, since: null },
  isConnected: true,
};
const listeners = new Map();

/** Listens to: state, connection, call (call, before), attendance, draft, ticket, entry, notice, database, bell, presence. */
export function on(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, []);
  listeners.get(kind).push(listener);
}

function tell(kind, ...values) { for (const listener of listeners.get(kind) ?? []) listener(...values); }

/** A call with its times as milliseconds; what is null says nothing. */
function told(call) {
  const known = Object.fromEntries(Object.entries(call).filter(([, value]) => value !== null));
  for (const name of ["started_at", "answered_at", "ended_at"]) if (name in known) known[name] = at(known[name]);
  return known;
}

/** A list's call in the shape the stream has. */
function flat(item) {
  return {
    ...told(item.call), attendance: item.attendance, customer: item.customer, customer_id: item.customer_id,
    result: item.outcome, ticket: item.ticket,
  };
}

function key(call) { return call.id ?? `${call.line}|${call.number ?? ""}|${call.started_at ?? ""}`; }

export async function load() {
  const { ok, data } = await send("GET", "/api/v1/board");
  if (!ok) return false;
  setClock(data.time_zone, at(data.now));
  desk.me = data.me;
  const before = desk.calls;
  desk.calls = new Map(data.calls.map(flat).map((call) => [key(call), { ...keep(before.get(key(call))), ...call }]));
  desk.toReturn = data.to_return.map(({ item, ...more }) => ({ ...flat(item), ...more, since: at(more.since), due_at: at(more.due_at) }));
  desk.today = data.today.map(flat);
  desk.drafts = data.drafts.map((draft) => ({ ...draft, updated_at: at(draft.updated_at) }));
  desk.lines = data.lines;
  desk.queue = { ...data.queue, since: at(data.queue.since) };
  tell("state");
  return Number(data.position);
}

/** What only the stream tells survives a load: who a caller may be. */
function keep(call) { return call?.candidates?.length ? { candidates: call.candidates } : {}; }

let pending;
let due = 0;
let last = 0;
/** Loads again in a moment: many wishes are one load, at the earliest time wished, and once more for what was wished later. */
export function reload(delay = 400) {
  const time = Date.now() + delay;
  last = Math.max(last, time);
  if (pending && due <= time) return;
  clearTimeout(pending);
  due = time;
  pending = setTimeout(() => {
    pending = undefined;
    load().catch(() => {});
    const rest = last - Date.now();
    if (rest > 0) reload(rest);
  }, delay);
}

function take(kind, data) {
  switch (kind) {
    case "call": return takeCall(told(data));
    case "resync": return reload(0);
    // Told to every desk at once: they do not all ask at once.
    case "callback": return reload(300 + Math.random() * 2000);
    case "line": {
      const known = desk.lines.find((line) => line.line === data.line);
      if (known) Object.assign(known, { message: undefined }, data); else desk.lines.push(data);
      return tell("state");
    }
    case "draft": takeDraft(data); return tell("draft", data);
    case "attendance": {
      for (const call of desk.calls.values()) {
        if (call.attendance?.id === data.id) Object.assign(call, { account_id: data.account_id, taken_by: data.taken_by });
      }
      reload();
      return tell("attendance", data);
    }
    default: return tell(kind, data);
  }
}

function takeCall(data) {
  const before = desk.calls.get(key(data));
  const call = { ...before, why_not: undefined, ...data };
  // An update without candidates says nothing new about who is calling.
  if (!data.candidates?.length && before?.candidates) call.candidates = before.candidates;
  if (call.state === "ended") {
    desk.calls.delete(key(data));
    reload(800);
  } else {
    desk.calls.set(key(data), call);
  }
  // A call that changes hands takes its draft along: one list loses it, the other gets it.
  if (before && before.account_id !== call.account_id && call.state !== "ended") reload();
  tell("call", call, before);
  tell("state");
}

/** A draft goes to the top of its holder's list with each answer, and leaves it at the end: the event says all of it. */
function takeDraft(data) {
  const known = desk.drafts.find((draft) => draft.attendance_id === data.attendance_id);
  desk.drafts = desk.drafts.filter((draft) => draft !== known);
  if (data.is_over) reload();
  else if (data.account_id === desk.me?.id) {
    desk.drafts.unshift({ ...known, ...data, customer: data.customer ?? known?.customer ?? null, updated_at: at(data.updated_at) });
  }
  tell("state");
}

/** Loads, then follows. What happens between the two is told by the stream. */
export async function begin() {
  let position;
  while (position === undefined) {
    try { position = await load(); } catch (error) {
      if (!(error instanceof Lost)) throw error;
      setConnection(false);
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
  if (position === false) return;
  let wasLost = false;
  follow(desk.me.id, position, take, (isOpen) => {
    if (isOpen && wasLost) reload(0);
    wasLost = !isOpen;
    setConnection(isOpen);
  });
  // A sign of life for the session and the figures nobody tells: spread, so that desks do not come all at once.
  let turn = 0;
  setInterval(() => {
    turn += 1;
    if (!document.hidden || turn % 5 === 0) reload(Math.random() * 20000);
  }, 60000);
}

function setConnection(isOpen) {
  if (desk.isConnected === isOpen) return;
  desk.isConnected = isOpen;
  tell("connection", isOpen);
}

/** Whether a call's name is only what the line or a list of possible callers says: nobody has confirmed it yet. */
export function isUnconfirmed(call) { return !call.customer && Boolean(callerName(call)); }

/** Who a call is, as short as can be. */
export function callerName(call) {
  return call.customer || (call.candidates?.length === 1 ? call.candidates[0].name : "") || call.caller_name || "";
}
