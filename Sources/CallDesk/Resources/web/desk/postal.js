// The file of postal codes: imported in place of the one before, or deleted.
import "./page.js";
import { send, upload, problemText, Lost } from "./api.js";
import { t, counted } from "./words.js";
import { h } from "./dom.js";

const url = "/api/v1/postal-file";
const result = document.getElementById("result");
const form = document.getElementById("import");
const button = form.querySelector("button");
const remove = document.getElementById("delete");

function say(kind, ...lines) {
  result.replaceChildren(h("div", { class: `note ${kind}` }, lines.map((line) => h("p", {}, line))));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = form.elements.file.files;
  if (!file) return;
  const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
  result.replaceChildren(h("p", { class: "quiet" }, t("postal.running")), bar);
  button.disabled = true;
  try {
    const { ok, data } = await upload(url, file, (part) => {
      if (part < 1) bar.value = part;
      else bar.removeAttribute("value");
    });
    if (!ok) { say("late", problemText(data, t("form.failed"))); return; }
    const lines = data.lines.map((line) => t("postal.line", { line }));
    if (data.refused > lines.length) lines.push(counted("postal.more", data.refused - lines.length));
    say(data.refused ? "waiting" : "done", counted("postal.taken", data.taken), ...lines);
    (document.getElementById("codes") ?? document.getElementById("none")).replaceChildren(counted("postal.codes", data.taken));
    form.reset();
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    say("late", t("form.lost"));
  } finally {
    button.disabled = false;
    result.tabIndex = -1;
    result.focus();
  }
});

remove?.addEventListener("click", async () => {
  if (!confirm(t("postal.sure"))) return;
  remove.disabled = true;
  try {
    // A million lines go a batch at a time.
    const { ok, data } = await send("DELETE", url, undefined, { timeout: 600000 });
    if (ok) { location.reload(); return; }
    say("late", problemText(data, t("form.failed")));
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    say("late", t("form.lost"));
  }
  remove.disabled = false;
});
