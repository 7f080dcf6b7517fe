// Asking the service. A lost network is not an answer: it is thrown, and whoever asked may try again.
const said = (name) => document.querySelector(`meta[name="${name}"]`);

/** The session's word against requests of other pages; another one after a new sign-in or password in another tab. */
export function token() { return said("csrf")?.content ?? ""; }

/** Whose page this is. */
export function pageAccount() { return said("account")?.content; }

/** A name for one wish, so that repeating it does no harm. `randomUUID` is there only behind https. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The service could not be reached; nothing is known of the request's fate. */
export class Lost extends Error {}

/** Whether an answer says that the page's token is not the session's. */
function isForeign({ status, data }) { return status === 403 && data?.type === "/problems/cross-site"; }

/** Sends with the page's token; with the session's own once more when that is another by now. */
async function withToken(send) {
  const used = token();
  const answer = await send();
  return isForeign(answer) && (token() !== used || await renew()) ? send() : answer;
}

let renewing;
/**
 * Takes the token of the session that began in another tab; true when there is one and it is the same person's.
 *
 * Whoever else signed in there has no say here: nothing is sent in their name from this page.
 */
function renew() {
  renewing ??= (async () => {
    const response = await fetch("/desk/profile", { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(20000) });
    const page = await response.text();
    const read = (name) => new RegExp(`<meta name="${name}" content="([^"]*)"`).exec(page)?.[1];
    const [fresh, account] = [read("csrf"), read("account")];
    if (response.status >= 500) return false;
    if (!fresh || account !== pageAccount()) {
      document.dispatchEvent(new CustomEvent("signed-out"));
      return false;
    }
    const isNew = fresh !== token();
    said("csrf").content = fresh;
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = fresh;
    return isNew;
  })().catch(() => false).finally(() => { renewing = undefined; });
  return renewing;
}

/**
 * Sends JSON, reads JSON: { ok, status, data, tag }; `tag` is that of the record a change was made of, or of what came.
 * `key` makes the request once however often it is sent, where the service takes one.
 */
export function send(method, url, body, options = {}) { return withToken(() => sendOnce(method, url, body, options)); }

async function sendOnce(method, url, body, { timeout = 20000, tag, key }) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (tag) headers["If-Match"] = `"${tag}"`;
  if (key) headers["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch(url, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(timeout),
    });
  } catch {
    throw new Lost();
  }
  if (response.status === 502 || response.status === 504) throw new Lost();
  if (response.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
  const data = response.status === 204 ? null : await response.json().catch(() => null);
  return { ok: response.ok, status: response.status, data, tag: response.headers.get("ETag")?.replaceAll('"', "") };
}

/** What a problem document says, in one sentence. */
export function problemText(data, fallback) {
  if (!data) return fallback;
  const fields = (data.errors ?? []).map((fault) => fault.message).join(" ");
  return fields || [data.title, data.detail].filter(Boolean).join(". ") || fallback;
}

/** Uploads a file as it is; `progress` gets 0…1. Resolves to { ok, status, data }. */
export function upload(url, file, progress) { return withToken(() => uploadOnce(url, file, progress)); }

function uploadOnce(url, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      let data = null;
      try { data = JSON.parse(request.responseText); } catch { /* said by the status */ }
      if (request.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
      resolve({ ok: request.status >= 200 && request.status < 300, status: request.status, data });
    });
    request.addEventListener("error", () => reject(new Lost()));
    request.addEventListener("abort", () => reject(new Lost()));
    request.send(file);
  });
}
