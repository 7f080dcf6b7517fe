// Everything in one line: actions, customers, tickets, protocol numbers, phones.
import { send } from "./api.js";
import { desk } from "./store.js";
import { t } from "./words.js";
import { h, icon } from "./dom.js";
import { openFinder } from "./finder.js";

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

function own(words) {
  const rank = { technician: 0, supervisor: 1, administrator: 2 };
  const mine = rank[desk.me?.role] ?? 0;
  return actions.filter((action) => (rank[action.role] ?? 0) <= mine && (action.isOpen?.() ?? true))
    .map((action) => ({ ...action, title: action.title() }))
    .filter((action) => fold(action.title).includes(fold(words)));
}

export function openPalette() {
  openFinder({
    id: "palette",
    title: t("palette.title"),
    listTitle: t("palette.results"),
    label: t("palette.title"),
    placeholder: t("palette.placeholder"),
    atOnce: own,
    async look(words) {
      if (words.length < 2) return null;
      const { ok, data } = await send("GET", `/api/v1/search?q=${encodeURIComponent(words)}`);
      return ok ? [...data.items.map((hit) => ({ ...hit, icon: ICONS[hit.kind] ?? "info" })), ...own(words)] : null;
    },
    line: (item) => [
      icon(item.icon), h("span", { class: "grow" }, item.title, item.detail ? h("small", {}, item.detail) : null),
      item.keys ? h("kbd", { "aria-hidden": "true" }, item.keys) : null,
    ],
    take(item) { if (item.run) item.run(); else if (item.href) location.assign(item.href); },
  });
}
