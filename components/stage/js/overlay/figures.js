/** The connection's statistics, once a second while they are shown. */

import { figures, readConnection, readVideo } from "../media/statistics.js";
import { part } from "./parts.js";

/** @typedef {import("../media/player.js").Statistics | undefined} Report */
/** @typedef {() => Promise<{report: Report, video: HTMLVideoElement | null}>} Ask */

const READ_EVERY = 1000;

/**
 * What there is to read of a connection, or of the video alone.
 * @param {Report} report
 * @param {HTMLVideoElement | null} video
 */
export function read(report, video) {
  const isPlain = report === "plain HTTP";
  const reading = report && !isPlain ? readConnection(report) : video && readVideo(video);
  if (reading && isPlain) reading.route = report;
  return reading;
}

export class Figures {
  #root;
  #ask;
  /** @type {import("../media/statistics.js").Reading | null} */ #reading = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /** @param {HTMLElement} root @param {Ask} ask */
  constructor(root, ask) {
    this.#root = root;
    this.#ask = ask;
  }

  close() {
    clearInterval(this.#timer);
  }

  toggle() {
    const list = part(this.#root, "stage-hud");
    list.hidden = !list.hidden;
    part(this.#root, "stage-figures").ariaPressed = String(!list.hidden);
    clearInterval(this.#timer);
    this.#reading = null;
    if (list.hidden) return;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), READ_EVERY);
  }

  async #draw() {
    const { report, video } = await this.#ask();
    const reading = read(report, video);
    const rows = reading ? figures(this.#reading ?? reading, reading) : [];
    this.#reading = reading;
    part(this.#root, "stage-hud").replaceChildren(
      ...rows.map(({ label, value }) => {
        const row = document.createElement("div");
        for (const [tag, text] of [["dt", label], ["dd", value]]) {
          row.append(Object.assign(document.createElement(tag), { textContent: text }));
        }
        return row;
      }),
    );
  }
}
