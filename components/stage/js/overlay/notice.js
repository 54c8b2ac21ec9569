/** What is wrong, the seconds of it, and the buttons that are offered. */

import { SLOW } from "../reduce.js";
import { pageIsConnected, writeStatus } from "../streamlit.js";
import { part, write } from "./parts.js";

/** @typedef {import("../reduce.js").Drawn} Drawn */

/** The parts of the buttons. @type {Record<import("../troubles.js").Offer, string>} */
const BUTTONS = {
  again: "stage-again",
  take: "stage-take",
  retry: "stage-retry",
  reload: "stage-reload",
  end: "stage-hang-up",
};

/**
 * The seconds beside a notice, such as "next try in 4 s" or "12 s".
 * @param {import("../reduce.js").Count} count
 * @param {number} now by `performance.now()`
 */
export function counted(count, now) {
  if (count === null) return "";
  if ("until" in count) {
    const left = Math.ceil((count.until - now) / 1000);
    if (count.wait) return left > 0 ? `wait ${left} s` : "";
    return left > 0 ? `next try in ${left} s` : "trying…";
  }
  const past = now - count.since;
  return past < Math.max(count.from ?? 0, 1000) ? "" : `${Math.floor(past / 1000)} s`;
}

/** Whether something takes longer than usual. @param {import("../reduce.js").Count} count @param {number} now */
export const isSlow = (count, now) =>
  count !== null && "since" in count && now - count.since >= (count.slowFrom ?? Infinity);

export class Notice {
  #root;
  /** @type {Drawn | null} */ #shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  close() {
    clearTimeout(this.#timer);
    writeStatus(null);
  }

  /** @param {Drawn} shown */
  show(shown) {
    this.#shown = shown;
    write(part(this.#root, "stage-notice-text"), shown.notice);
    for (const [offer, name] of Object.entries(BUTTONS)) {
      const isOffered = shown.offers.includes(/** @type {keyof typeof BUTTONS} */ (offer));
      part(this.#root, name).hidden = !isOffered;
    }
    this.#draw();
  }

  /** Four times a second, so that no second is left out, and only while one is counted. */
  #draw() {
    clearTimeout(this.#timer);
    if (!this.#shown) return;
    const { count, says, hint, status, lossKind } = this.#shown;
    const now = performance.now();
    const seconds = says ? counted(count, now) : "";
    const slow = isSlow(count, now) ? SLOW : "";
    write(part(this.#root, "stage-hint"), [hint, slow].filter(Boolean).join(" "));
    write(part(this.#root, "stage-count"), seconds && `· ${seconds}`);
    // Streamlit's own line may be there without ours, and does not notice a server that hangs.
    writeStatus(lossKind === "hung" || !pageIsConnected() ? status : null);
    if ((count && says) || status) this.#timer = setTimeout(() => this.#draw(), 250);
  }
}
