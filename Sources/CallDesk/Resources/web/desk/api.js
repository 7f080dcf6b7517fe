// Asking the service. A lost network is not an answer: it is thrown, and whoever asked may try again.
const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** The service could not be reached; nothing is known of the request's fate. */
export class Lost extends Error {}

/** Sends JSON, reads JSON: { ok, status, data, tag }; `tag` is that of the record a change was made of, or of what came. */
export async function send(method, url, body, { timeout = 20000, tag } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (tag) headers["If-Match"] = `"${tag}"`;
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
export function upload(url, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrf);
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
