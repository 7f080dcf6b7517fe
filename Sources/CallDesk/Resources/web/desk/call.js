// A number is called from wherever it stands: the technician's own telephone rings, and calls from there.
import { send, problemText } from "./api.js";
import { t } from "./words.js";
import { h, announce } from "./dom.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.call");
  if (!button) return;
  button.disabled = true;
  const { ok, data } = await send("POST", "/api/v1/calls", { number: button.dataset.number }).catch(() => ({}));
  button.disabled = false;
  const text = ok ? t("list.dialling", { number: data.number_display }) : problemText(data, t("form.lost"));
  announce(text, !ok);
  button.parentElement.querySelector(".called")?.remove();
  // Where the line cannot, the machine's own telephone may.
  button.after(h("span", { class: `small called ${ok ? "done" : "late"}` }, text, " ",
    ok ? null : h("a", { href: `tel:${button.dataset.number.replace(/[^+\d]/g, "")}` }, t("list.own"))));
});
