// What the desk knows: loaded whole, then kept by the stream. Views listen and draw themselves.
import { send, pageAccount, Lost } from "./api.js";
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

/** What a call is known by; while its database is away it has no number of its own. */
export function key(call) { return call.id ?? `${call.line}|${call.number ?? ""}|${call.started_at ?? ""}`; }

/** The call as it was told while it could not be recorded. */
function unnumbered({ line, number, started_at }) {
  return [...desk.calls.values()].find((call) => call.id === undefined && started_at && call.line === line
    && call.started_at === started_at && (call.number ?? number) === (number ?? call.number));
}

// Loads begun, and the newest that is shown.
let asked = 0;
let shown = 0;
/** Where the lists that are shown end in the stream. */
let where;
/** For each load under way what the stream told since it began; a load ends within the time `send` gives it. */
const underWay = new Set();

/**
 * Loads the board whole. What the stream told while the answer was on its way is done once more on top of it; an answer that
 * a later one has overtaken says what was, and is not shown.
 * @returns {Promise<number | false>} where the lists end in the stream; false for somebody who is signed out, or another
 *   person by now
 * @throws {Lost} for any other answer: a proxy's, a database's that is away
 */
async function load() {
  const turn = ++asked;
  const heard = [];
  underWay.add(heard);
  try {
    const { ok, status, data } = await send("GET", "/api/v1/board");
    if (status === 401) return false;
    if (!ok || !data) throw new Lost();
    if (String(data.me.id) !== pageAccount()) {
      document.dispatchEvent(new CustomEvent("signed-out"));
      return false;
    }
    answered();
    if (turn > shown) {
      shown = turn;
      where = Number(data.position);
      show(data, heard);
    }
    return Number(data.position);
  } finally {
    underWay.delete(heard);
  }
}

function show(data, heard) {
  setClock(data.time_zone, at(data.now));
  desk.me = data.me;
  const before = desk.calls;
  desk.calls = new Map(data.calls.map(flat).map((call) => [key(call), { ...keep(before.get(key(call))), ...call }]));
  desk.toReturn = data.to_return.map(({ item, ...more }) => ({ ...flat(item), ...more, since: at(more.since), due_at: at(more.due_at) }));
  desk.today = data.today.map(flat);
  desk.drafts = data.drafts.map((draft) => ({ ...draft, updated_at: at(draft.updated_at) }));
  desk.lines = data.lines;
  desk.queue = { ...data.queue, since: at(data.queue.since) };
  // Whoever listens has heard of it: only what is known here follows.
  for (const [kind, event] of heard) follows[kind](event);
  tell("state");
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
    load().catch((error) => {
      if (!(error instanceof Lost)) throw error;
      lostAt = Date.now();
      drawConnection();
      // Not all desks at once.
      reload(3000 + Math.random() * 4000);
    });
    const rest = last - Date.now();
    if (rest > 0) reload(rest);
  }, delay);
}

/** What the stream's events change of what a load brings; doing one twice changes nothing. */
const follows = { call: keepCall, line: keepLine, draft: keepDraft, attendance: keepHolder };

function take(kind, data) {
  if (kind in follows) for (const heard of underWay) heard.push([kind, data]);
  switch (kind) {
    case "call": return takeCall(data);
    case "resync": {
      isStored = true;
      // Told to every desk at once: they do not all ask at once. A load that begins soon finds all that was missed.
      if (!pending || due > Date.now() + 1500) reload(Math.random() * 1500);
      return;
    }
    case "database": {
      isStored = data.ok;
      if (isStored) reload(300 + Math.random() * 1000);
      drawConnection();
      return tell(kind, data);
    }
    // Told to every desk at once: they do not all ask at once.
    case "callback": return reload(300 + Math.random() * 2000);
    case "line": keepLine(data); return tell("state");
    case "draft": {
      keepDraft(data);
      if (data.is_over) reload();
      tell("state");
      return tell("draft", data);
    }
    case "attendance": keepHolder(data); reload(); return tell("attendance", data);
    default: return tell(kind, data);
  }
}

function takeCall(data) {
  const [call, before] = keepCall(data);
  if (call.state === "ended") reload(800);
  // A call that changes hands takes its draft along: one list loses it, the other gets it.
  else if (before && before.account_id !== call.account_id) reload();
  tell("call", call, before);
  tell("state");
}

/** The call as it is now, and as it was. */
function keepCall(event) {
  const data = told(event);
  const before = desk.calls.get(key(data)) ?? unnumbered(data);
  const call = { ...before, why_not: undefined, ...data };
  // An update without candidates says nothing new about who is calling.
  if (!data.candidates?.length && before?.candidates) call.candidates = before.candidates;
  // What was told before it could be recorded comes again under its own number.
  if (before && (call.state === "ended" || key(before) !== key(call))) desk.calls.delete(key(before));
  if (call.state !== "ended") desk.calls.set(key(call), call);
  return [call, before];
}

function keepLine(data) {
  const known = desk.lines.find((line) => line.line === data.line);
  if (known) Object.assign(known, { message: undefined }, data); else desk.lines.push(data);
}

function keepHolder(data) {
  for (const call of desk.calls.values()) {
    if (call.attendance?.id === data.id) Object.assign(call, { account_id: data.account_id, taken_by: data.taken_by });
  }
}

/** A draft goes to the top of its holder's list with each answer, and leaves it at the end: the event says all of it. */
function keepDraft(data) {
  const known = desk.drafts.find((draft) => draft.attendance_id === data.attendance_id);
  desk.drafts = desk.drafts.filter((draft) => draft !== known);
  if (data.is_over || data.account_id !== desk.me?.id) return;
  desk.drafts.unshift({ ...known, ...data, customer: data.customer ?? known?.customer ?? null, updated_at: at(data.updated_at) });
}

/** Loads, then follows. What happens between the two is told by the stream. */
export async function begin() {
  let position;
  while (position === undefined) {
    try { position = await load(); } catch (error) {
      if (!(error instanceof Lost)) throw error;
      lostAt = Date.now();
      drawConnection();
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
  if (position === false) {
    // Signed out as the page opened: it begins once this very person is answered again.
    await new Promise((back) => on("state", back));
    position = where;
  }
  stream = follow(desk.me.id, position, take, (isOpen) => {
    if (isOpen && !isStreamOpen) reload(0);
    isStreamOpen = isOpen;
    drawConnection();
  });
  // A sign of life for the session and the figures nobody tells: spread, so that desks do not come all at once.
  let turn = 0;
  setInterval(() => {
    turn += 1;
    if (!document.hidden || turn % 5 === 0) reload(Math.random() * 20000);
  }, 60000);
}

let stream;
let isStreamOpen = true;
/** When the board could not be read; 0 once it is read again. */
let lostAt = 0;
/** Whether the database answers, as the stream told last. */
let isStored = true;

/** The service answers this person: whatever waited for that goes on. */
function answered() {
  // A stream that was there all along may be dead and not know it.
  if (lostAt) stream?.renew(lostAt);
  lostAt = 0;
  stream?.resume();
  drawConnection();
  tell("answered");
}

/** Connected is who hears the stream and is answered; that a database which is away answers nothing is told by itself. */
function drawConnection() {
  const isOpen = isStreamOpen && (!lostAt || !isStored);
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
