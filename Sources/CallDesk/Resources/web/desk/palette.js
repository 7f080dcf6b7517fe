// Everything in one line: actions, customers, tickets, protocol numbers, phones.
import { send, Lost } from "./api.js";
import { desk } from "./store.js";
import { t } from "./words.js";
import { h, icon, closed } from "./dom.js";

const actions = [];
/** Adds an action to the palette; `run` is called, or `href` opened; `isOpen` says whether it can be done now, `keys` shows its keys. */
export function addAction(action) { actions.push(action); }

addAction({ title: () => t("palette.desk"), href: "/desk", icon: "phone" });
addAction({ title: () => t("palette.tickets"), href: "/desk/tickets", icon: "ticket" });
addAction({ title: () => t("palette.calls"), href: "/desk/calls", icon: "clock" });
addAction({ title: () => t("palette.customers"), href: "/admin/customers", icon: "user" });
addAction({ title: () => t("palette.newcustomer"), href: "/admin/customers/new", icon: "plus" });
addAction({ title: () => t("palette.replies"), href: "/desk/replies", icon: "mail" });
addAction({ title: () => t("palette.profile"), href: "/desk/profile", icon: "user" });
addAction({ title: () => t("palette.admin"), href: "/admin", icon: "info", role: "supervisor" });
addAction({ title: () => t("palette.notices"), href: "/admin/notices", icon: "sms", role: "supervisor" });
addAction({ title: () => t("palette.lines"), href: "/admin/lines", icon: "phone", role: "supervisor" });
addAction({ title: () => t("palette.theme"), icon: "info", run: () => document.getElementById("theme")?.click() });
addAction({ title: () => t("palette.keys"), icon: "info", run: () => document.getElementById("open-keys")?.click() });

const ICONS = { customer: "user", company: "company", ticket: "ticket", protocol: "phone" };
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function openPalette() {
  if (document.getElementById("palette")) return;
  let items = [];
  let chosen = 0;
  let latest = 0;
  const list = h("ul", { id: "palette-list", role: "listbox", "aria-label": t("palette.results") });
  const input = h("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    "aria-label": t("palette.title"), placeholder: t("palette.placeholder"), autocomplete: "off", maxlength: 200,
  });
  const box = h("dialog", { id: "palette", class: "palette", "aria-label": t("palette.title") }, h("div", { class: "body" }, input, list));
  box.addEventListener("close", () => { box.remove(); closed(); });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });

  function draw() {
    chosen = Math.min(chosen, Math.max(0, items.length - 1));
    list.replaceChildren(...items.map((item, index) => {
      const line = h("li", { id: `hit-${index}`, role: "option", "aria-selected": index === chosen },
        icon(item.icon), h("span", { class: "grow" }, item.title, item.detail ? h("small", {}, item.detail) : null),
        item.keys ? h("kbd", { "aria-hidden": "true" }, item.keys) : null);
      line.addEventListener("click", () => run(item));
      return line;
    }));
    if (!items.length) list.append(h("li", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, t("palette.nothing")));
    if (items.length) input.setAttribute("aria-activedescendant", `hit-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function run(item) {
    box.close();
    if (item.run) item.run(); else if (item.href) location.assign(item.href);
  }

  function own(words) {
    const rank = { technician: 0, supervisor: 1, administrator: 2 };
    const mine = rank[desk.me?.role] ?? 0;
    return actions.filter((action) => (rank[action.role] ?? 0) <= mine && (action.isOpen?.() ?? true))
      .map((action) => ({ ...action, title: action.title() }))
      .filter((action) => fold(action.title).includes(fold(words)));
  }

  async function search() {
    const words = input.value.trim();
    const turn = ++latest;
    items = own(words);
    draw();
    if (words.length < 2) return;
    try {
      const { ok, data } = await send("GET", `/api/v1/search?q=${encodeURIComponent(words)}`);
      if (turn !== latest || !ok) return;
      items = [...data.items.map((hit) => ({ ...hit, icon: ICONS[hit.kind] ?? "info" })), ...own(words)];
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
      if (items[chosen]) run(items[chosen]);
    }
  });
  document.body.append(box);
  box.showModal();
  search();
}
