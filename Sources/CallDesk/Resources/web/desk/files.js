// Attachments: dropped anywhere on the page, pasted, or chosen; each with its progress and its own fault.
import { upload, problemText, Lost } from "./api.js";
import { t } from "./words.js";
import { h, icon, announce } from "./dom.js";

/** Endings of the files the desk takes, as the server checks them. */
const KINDS =
  ".3gp,.aac,.amr,.avif,.bmp,.csv,.doc,.docx,.eml,.gif,.gsm,.heic,.heif,.jpeg,.jpg,.log,.m4a,.m4v,.mov,.mp3,.mp4,.msg,.ods,.odt,.oga,.ogg,.opus,.pdf,.png,.pptx,.rtf,.tif,.tiff,.txt,.wav,.webm,.webp,.xls,.xlsx,.xml,.zip";

/** 1,4 MB as people write it. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1048576) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
}

let current = null;
function isFiles(event) { return [...(event.dataTransfer?.types ?? [])].includes("Files"); }
document.addEventListener("dragover", (event) => {
  if (!isFiles(event)) return;
  // A file dropped beside the place would otherwise be opened instead of the page.
  event.preventDefault();
  document.body.classList.toggle("dragging", Boolean(current));
});
for (const end of ["dragleave", "dragend"]) {
  document.addEventListener(end, (event) => { if (!event.relatedTarget) document.body.classList.remove("dragging"); });
}
document.addEventListener("drop", (event) => {
  if (!isFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("dragging");
  current?.([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length && current) { event.preventDefault(); current(files); }
});

/** Sends files one after another to `place(name)`; `done(file)` hears of each that is there. `limit`: bytes of the largest. */
export function sendFiles(files, list, place, done, limit = Infinity) {
  return files.reduce((before, file) => before.then(() => sendFile(file, list, place, done, limit)), Promise.resolve());
}

async function sendFile(file, list, place, done, limit) {
  const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
  const state = h("span", { class: "quiet small number" }, size(file.size));
  const again = h("button", { type: "button", class: "compact", hidden: true }, t("files.again"));
  const drop = h("button", { type: "button", class: "plain compact", hidden: true, "aria-label": t("files.remove", { name: file.name }) }, icon("close"));
  const line = h("li", { class: "file" }, h("span", { class: "name" }, file.name), state, again, drop, bar);
  drop.addEventListener("click", () => { line.remove(); document.getElementById("answer")?.focus(); });
  list.append(line);
  const run = async () => {
    again.hidden = true;
    drop.hidden = true;
    bar.hidden = false;
    try {
      const { ok, data } = await upload(place(encodeURIComponent(file.name)), file, (part) => { bar.value = part; });
      if (ok) {
        line.remove();
        announce(t("files.sent", { name: file.name }));
        return done(data);
      }
      fail(problemText(data, t("files.failed")));
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      fail(t("files.lost"));
      again.hidden = false;
    }
  };
  function fail(text) {
    bar.hidden = true;
    drop.hidden = false;
    state.replaceChildren(h("span", { class: "late" }, text));
    state.className = "small wide";
    announce(`${file.name}: ${text}`, true);
  }
  again.addEventListener("click", run);
  // What is too large is not sent for nothing.
  if (file.size > limit) return fail(t("files.toolarge", { size: size(file.size), limit: size(limit) }));
  return run();
}

/** Controls with files on their way, by question: who comes back to it finds them there. */
const underWay = new Map();

/** The control of a question that takes files. */
export function fileControl(prompt, attendance, kept) {
  const question = `${attendance}:${prompt.id}`;
  const same = underWay.get(question);
  if (same?.pending.childElementCount) {
    current = same.take;
    return same.control;
  }
  // What was kept may be of another kind of question, whose form is another by now.
  const files = (Array.isArray(kept) ? kept : prompt.files ?? []).filter((file) => Number.isInteger(file?.id));
  const sent = h("ul", { class: "files", "aria-label": t("files.sentlist") });
  const pending = h("ul", { class: "files" });
  const draw = () => {
    // Kept like everything typed: files that arrived and were not yet answered are listed again after a reload.
    sent.dispatchEvent(new Event("input", { bubbles: true }));
    sent.hidden = !files.length;
    sent.replaceChildren(...files.map((file) => h("li", { class: "file" },
      h("a", { class: "name", href: `/api/v1/attachments/${file.id}/content`, download: true }, file.name),
      h("span", { class: "quiet small number" }, size(file.size)),
      h("button", {
        type: "button", class: "plain compact", "aria-label": t("files.remove", { name: file.name }),
        onclick: () => { files.splice(files.indexOf(file), 1); draw(); input.focus(); },
      }, icon("close")))));
  };
  const isBusy = () => pending.querySelector("progress:not([hidden])") !== null;
  const take = async (list) => {
    underWay.set(question, { take, control, pending });
    await sendFiles(list, pending, (name) => `/api/v1/attendances/${attendance}/attachments/${name}`, (file) => {
      files.push({ id: file.id, name: file.name, size: file.size });
      draw();
    }, prompt.file_limit);
    // One that failed waits there to be sent again.
    if (!pending.childElementCount) underWay.delete(question);
  };
  const input = h("input", { type: "file", multiple: true, accept: KINDS, id: "answer", class: "spoken", "aria-labelledby": "q-label", "aria-describedby": "q-say q-hint q-error" });
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  // The blank opens the choice of files; Enter goes on, as everywhere.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    input.form?.requestSubmit();
  });
  const drop = h("label", { class: "drop", for: "answer" }, icon("clip"), h("span", {}, t("files.drop")), h("span", { class: "button compact" }, t("files.choose")));
  const kinds = h("p", { class: "quiet small" }, t("files.kinds"));
  current = take;
  draw();
  const control = {
    element: h("div", {}, input, drop, kinds, sent, pending),
    answer: () => (files.length ? { files } : undefined),
    focus: () => input.focus(), end: () => { if (current === take) current = null; },
    state: () => files.map((file) => ({ ...file })),
    isBusy,
  };
  return control;
}

/** Lets a page take dropped files while it shows. */
export function takeDrops(take) { current = take; }
