// A password noticed in a text: where it goes is asked before anything is stored.
import { t } from "./words.js";
import { h, dialog } from "./dom.js";

/** Whether a refusal says that a text seems to hold a password. */
export function isPassword(problem) { return /password-noticed$/.test(problem?.type ?? ""); }

/** Asks what is to become of it; `choose` hears "seal" or "keep", and nothing when it is thought over. */
export function askAboutPassword(choose) {
  const answer = (wish) => { box.close(); choose(wish); };
  const box = dialog("password", t("password.title"), [h("p", {}, t("password.text"))], [
    h("button", { type: "button", onclick: () => answer("keep") }, t("password.keep")),
    h("button", { type: "button", class: "primary", "data-next": true, onclick: () => answer("seal") }, t("password.seal"))], { close: t("close") });
  box.querySelector("[data-next]").focus();
}
