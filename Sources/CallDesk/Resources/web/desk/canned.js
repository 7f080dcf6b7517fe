// Prepared texts: looked for while writing, put in filled in with what the ticket says.
import { send } from "./api.js";
import { t } from "./words.js";
import { h } from "./dom.js";
import { openFinder } from "./finder.js";

/** Opens the list for a ticket; `take(text)` gets the one that was chosen. */
export function openCanned(ticket, take) {
  openFinder({
    id: "canned",
    title: t("canned.title"),
    label: t("canned.search"),
    foot: h("p", { class: "small" }, h("a", { href: "/desk/replies", target: "_blank", rel: "noopener" }, t("canned.keep"))),
    async look(words) {
      const { ok, data } = await send("GET", `/api/v1/canned-replies?ticket_id=${ticket}&q=${encodeURIComponent(words)}`);
      return ok ? data.items : null;
    },
    line: (item) => [h("span", { class: "grow" }, item.title, h("small", {}, item.text.slice(0, 120)))],
    take: (item) => take(item.text),
  });
}
