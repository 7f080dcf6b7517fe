// The technician's desk: calls on the left, one question in the middle, who it is on the right.
import "./shell.js";
import { desk, on } from "./store.js";
import { t } from "./words.js";
import { h, icon } from "./dom.js";
import { addAction } from "./palette.js";
import { openWith } from "./pops.js";
import { open, walkIn, onShown, isBusy, openAttendance } from "./interview.js";
import { sweepTyped } from "./typed.js";
import "./lists.js";
import "./card.js";

const panes = document.getElementById("main");
const tabs = document.querySelectorAll(".tabs button");
function showPane(name) {
  panes.dataset.pane = name;
  for (const tab of tabs) tab.setAttribute("aria-current", tab.dataset.pane === name ? "true" : "false");
}
for (const tab of tabs) tab.addEventListener("click", () => showPane(tab.dataset.pane));

function welcome() {
  document.getElementById("stage").replaceChildren(h("div", { class: "welcome" }, icon("phone"), h("h1", {}, t("welcome.title")),
    h("p", {}, t("welcome.text")), h("p", { class: "quiet small" }, h("kbd", {}, "Alt A"), ` ${t("keys.take")} · `, h("kbd", {}, "Ctrl K"), ` ${t("keys.palette")} · `, h("kbd", {}, "?"), ` ${t("keys.keys")}`)));
}

const title = document.title;
onShown((state, attendance) => {
  if (attendance) return showPane("talk");
  document.title = title;
  return welcome();
});

document.getElementById("walk-in").addEventListener("click", walkIn);
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.code !== "KeyN" || event.ctrlKey) return;
  event.preventDefault();
  // What a dialog asks is answered first; that a contact is over is only told.
  if (!event.repeat && !document.querySelector("dialog[open]:not(#done)")) walkIn();
});
addAction({ title: () => t("palette.walkin"), icon: "plus", run: walkIn });
openWith((attendance) => open(attendance), isBusy);

let isReady = false;
on("state", () => {
  if (isReady) return;
  isReady = true;
  sweepTyped();
  const asked = Number(new URLSearchParams(location.search).get("a"));
  if (asked > 0) return open(asked);
  welcome();
  // The call in hand comes back after a reload, unless its screen is not wanted by itself.
  const mine = [...desk.calls.values()].find((call) => call.account_id === desk.me.id && call.answered_at && call.attendance);
  if (mine && desk.me.pop === "open" && !openAttendance()) open(mine.attendance.id);
  return undefined;
});
