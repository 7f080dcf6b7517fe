// A template being edited: what the customer will read, and what an SMS costs at the worst, at every keystroke.
import "./page.js";
import { send, problemText, Lost } from "./api.js";
import { t, counted } from "./words.js";
import { h } from "./dom.js";

const form = document.getElementById("template");
const body = document.getElementById("body");
let turn = 0;

function cost(place, part) {
  place.replaceChildren(...(part.segments === null || part.segments === undefined ? [] : [
    h("span", { class: `badge ${part.segments > 1 ? "waiting" : "done"}` }, counted("template.parts", part.segments)),
    h("span", { class: "quiet small number" }, counted("template.units", part.units, { encoding: part.encoding })),
    part.transliterated ? h("span", { class: "quiet small" }, t("template.plain")) : null,
  ].filter(Boolean)));
}

async function preview() {
  const mine = ++turn;
  const values = { body: body.value };
  for (const name of ["subject", "html"]) if (form.elements[name]) values[name] = form.elements[name].value;
  try {
    const { ok, data } = await send("POST", form.dataset.preview, values);
    if (mine !== turn) return;
    for (const place of form.querySelectorAll(".fault")) place.textContent = "";
    if (!ok) {
      const fault = data?.errors?.[0];
      const place = form.querySelector(`.fault[data-for="${CSS.escape(fault?.field ?? "body")}"]`) ?? form.querySelector('.fault[data-for="body"]');
      place.textContent = fault?.message ?? problemText(data, t("form.failed"));
      return;
    }
    document.getElementById("preview-subject").textContent = data.sample.subject ?? "";
    document.getElementById("preview").textContent = data.sample.body;
    document.getElementById("worst").textContent = data.worst.body;
    cost(document.getElementById("preview-cost"), data.sample);
    cost(document.getElementById("worst-cost"), data.worst);
  } catch (error) { if (!(error instanceof Lost)) throw error; }
}

let timer;
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, 200); });

let last = body;
form.addEventListener("focusin", (event) => { if (event.target.matches("textarea, #subject")) last = event.target; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.insert");
  if (!button) return;
  last.setRangeText(`{{${button.dataset.name}}}`, last.selectionStart, last.selectionEnd, "end");
  last.dispatchEvent(new Event("input", { bubbles: true }));
  last.focus();
});
preview();
