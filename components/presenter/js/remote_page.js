/** The presenter's remote: a phone, or another tab, that drives the desk with a one-time code. */

import { Channel } from "../../stage/js/channel.js";

/** @typedef {import("./protocol.js").DeskMessage} DeskMessage */

const LOST = "The server does not answer: trying again.";
const OVER = "This remote's code is used up: type a new one from the desk.";
const NOT_REACHED = "The server was not reached: try again.";

/** @param {string} selector @returns {any} */
const part = (selector) => document.querySelector(selector);

/** @type {Channel | undefined} */ let channel;

/** @param {string} [problem] */
function askForCode(problem = "") {
  channel?.close();
  channel = undefined;
  part(".remote-door").hidden = false;
  part(".remote-desk").hidden = true;
  part(".remote-problem").textContent = problem;
  part(".remote-code").value = "";
  part(".remote-code").focus();
}

/** With the cookie that a code has brought, if there is one. */
function connect() {
  let hasBeenOpen = false;
  channel = new Channel(
    "presenter/remote",
    (/** @type {DeskMessage} */ message) => {
      hasBeenOpen = true;
      part(".remote-door").hidden = true;
      part(".remote-desk").hidden = false;
      show(message);
    },
    (loss) => loss && (part(".remote-state").textContent = LOST),
    () => askForCode(hasBeenOpen ? OVER : ""),
  );
  channel.open();
}

/** @param {DeskMessage} desk */
function show(desk) {
  const isLive = desk.phase === "ready";
  const said = desk.said?.text ?? "";
  const [next] = desk.coming;
  part(".remote-place").textContent = `Slide ${desk.slide + 1} of ${desk.slides}`;
  part(".remote-clock").textContent = desk.elapsed === null ? "" : minutes(desk.elapsed);
  part(".remote-line").textContent = said || (next?.text ?? "");
  part(".remote-after").textContent = said && next?.text ? `Next: ${next.text}` : "";
  part(".remote-state").textContent =
    desk.refusal ?? desk.notice ?? desk.problem ?? (isLive ? stateOf(desk) : `The avatar is not live (${desk.phase}).`);
  const go = part(".remote-go");
  go.dataset.verb = desk.goesOn ? "hold" : "go";
  go.textContent = desk.goesOn ? "Hold" : "Go";
  part('[data-verb="start"]').disabled = !["idle", "error"].includes(desk.phase);
  part('[data-verb="end"]').disabled = !["creating", "connecting", "ready"].includes(desk.phase);
}

/** @param {DeskMessage} desk */
function stateOf(desk) {
  if (desk.over) return "The show is over.";
  if (desk.said) return desk.goesOn ? "Speaking" : "Speaking, then held";
  if (desk.pauses !== null) return "Pause";
  if (desk.waits) return "Waits for you";
  return "Held";
}

/** @param {number} seconds */
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** @param {object} command */
function ask(command) {
  if (!channel?.ask(/** @type {any} */ (command))) part(".remote-state").textContent = LOST;
}

document.addEventListener("click", (event) => {
  const verb = event.target instanceof HTMLElement && event.target.dataset.verb;
  if (verb) ask({ verb });
});

part(".remote-ask").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  const box = part(".remote-text");
  ask({ verb: "say", text: box.value });
  box.value = "";
});

part(".remote-door").addEventListener("submit", async (/** @type {Event} */ event) => {
  event.preventDefault();
  const body = JSON.stringify({ code: part(".remote-code").value });
  const answer = await fetch("presenter/redeem", { method: "POST", body }).catch(() => null);
  const { problem } = await (answer?.json().catch(() => ({})) ?? {});
  if (answer?.ok) connect();
  else part(".remote-problem").textContent = problem ?? NOT_REACHED;
});

connect();
