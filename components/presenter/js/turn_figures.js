/** How quickly the newest lines came to be heard, from the click on; and how the stage's picture comes. */

import { part } from "../../stage/js/overlay/parts.js";

/** @typedef {import("./protocol.js").FigureMessage} Figure */
/** @typedef {import("./protocol.js").MediaFigure} MediaFigure */

/** Lines that are shown. */
const MOST = 5;

/** @param {number | null} seconds */
const secondsText = (seconds) => (seconds === null ? "…" : `${seconds.toFixed(2)} s`);

/** @param {Figure} figure */
export const figureText = ({ accepted, heard }) => `accepted ${secondsText(accepted)} · heard ${secondsText(heard)}`;

/**
 * The newest first; one that is known already is brought up to date.
 * @param {readonly Figure[]} figures
 * @param {Figure | null} figure
 * @returns {readonly Figure[]}
 */
export function withFigure(figures, figure) {
  if (figure === null) return figures;
  return [figure, ...figures.filter(({ number }) => number !== figure.number)].slice(0, MOST);
}

export class TurnFigures {
  #root;
  /** @type {readonly Figure[]} */ #figures = [];
  #drawn = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    const button = part(root, "desk-figures-button");
    button.addEventListener("click", () => {
      const list = part(root, "desk-figures");
      list.hidden = !list.hidden;
      button.ariaPressed = String(!list.hidden);
    });
  }

  /** @param {Figure | null} figure @param {readonly MediaFigure[]} media of the stage's connection */
  show(figure, media) {
    this.#figures = withFigure(this.#figures, figure);
    const turns = this.#figures.map((each) => ({ label: `Line ${each.number}`, value: figureText(each) }));
    const rows = [...turns, ...media];
    const drawn = JSON.stringify(rows);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    part(this.#root, "desk-figures-list").replaceChildren(
      ...rows.map(({ label, value }) => {
        const row = document.createElement("div");
        const name = Object.assign(document.createElement("dt"), { textContent: label });
        row.append(name, Object.assign(document.createElement("dd"), { textContent: value }));
        return row;
      }),
    );
  }
}
