// Prepared texts: looked for while writing, put in filled in with what the ticket says.
import { send, Lost } from "./api.js";
import { t } from "./words.js";
import { h, closed } from "./dom.js";

/** Opens the list for a ticket; `take(text)` gets the one that was chosen. */
export function openCanned(ticket, take) {
  if (document.getElementById("canned")) return;
  let items = [];
  let chosen = 0;
  let latest = 0;
  const list = h("ul", { id: "canned-list", role: "listbox", "aria-label": t("canned.title") });
  const input = h("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "canned-list", "aria-autocomplete": "list",
    "aria-label": t("canned.search"), placeholder: t("canned.search"), autocomplete: "off", maxlength: 200,
  });
  const keep = h("p", { class: "small" }, h("a", { href: "/desk/replies", target: "_blank", rel: "noopener" }, t("canned.keep")));
  const box = h("dialog", { id: "canned", class: "palette", "aria-label": t("canned.title") }, h("div", { class: "body" }, input, list, keep));
  box.addEventListener("close", () => { box.remove(); closed(); });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });

  function draw() {
    chosen = Math.min(chosen, Math.max(0, items.length - 1));
    list.replaceChildren(...items.map((item, index) => {
      const line = h("li", { id: `canned-${index}`, role: "option", "aria-selected": index === chosen },
        h("span", { class: "grow" }, item.title, h("small", {}, item.text.slice(0, 120))));
      line.addEventListener("click", () => pick(item));
      return line;
    }));
    if (!items.length) list.append(h("li", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, t("palette.nothing")));
    if (items.length) input.setAttribute("aria-activedescendant", `canned-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function pick(item) { box.close(); take(item.text); }

  async function search() {
    const turn = ++latest;
    try {
      const words = encodeURIComponent(input.value.trim());
      const { ok, data } = await send("GET", `/api/v1/canned-replies?ticket_id=${ticket}&q=${words}`);
      if (turn !== latest || !ok) return;
      items = data.items;
      chosen = 0;
      draw();
    } catch (error) { if (!(error instanceof Lost)) throw error; }
  }

  let timer;
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      chosen = (chosen + step + items.length) % items.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (items[chosen]) pick(items[chosen]);
    }
  });
  document.body.append(box);
  box.showModal();
  search();
}
