// The PBX lines' page: a simulated call, hop by hop.
import "./page.js";
import { send, problemText, Lost } from "./api.js";
import { t } from "./words.js";
import { h, icon } from "./dom.js";

const button = document.getElementById("self-test");
const hops = document.getElementById("hops");

button?.addEventListener("click", async () => {
  button.disabled = true;
  document.getElementById("test").hidden = false;
  hops.replaceChildren(h("li", { class: "quiet" }, t("lines.running")));
  try {
    const { ok, data } = await send("POST", "/api/v1/lines/self-test", undefined, { timeout: 40000 });
    hops.replaceChildren(...(ok ? data.items.map(hop) : [h("li", { class: "late" }, problemText(data, t("form.failed")))]));
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    hops.replaceChildren(h("li", { class: "late" }, t("form.lost")));
  } finally {
    button.disabled = false;
    button.focus();
  }
});

function hop(item) {
  return h("li", { class: item.good ? "done" : "late" }, icon(item.good ? "check" : "alert"),
    h("span", {}, h("strong", {}, item.title), item.detail ? h("span", { class: "quiet number" }, ` ${item.detail}`) : null,
      h("span", { class: "spoken" }, ` ${t(item.good ? "lines.good" : "lines.bad")}`)),
    h("span", { class: "quiet small number" }, `${item.ms} ms`), item.remedy ? h("p", {}, item.remedy) : null);
}
