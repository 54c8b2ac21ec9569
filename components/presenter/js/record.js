/** The recording of what the audience sees and hears, from the consent to the file. */

import { part, write } from "../../stage/js/overlay/parts.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/** @typedef {"film" | "stopFilm"} FilmVerb */

const BEGINS = "The recording begins…";
const CLICK = "Click on the stage once, and the recording begins.";

/**
 * What the presenter is told of it, and what the button does.
 * @param {Pick<Message, "film" | "filmProblem" | "windows" | "blocked">} message
 * @returns {{button: string, verb: FilmVerb | "ask", sentence: string}} `ask`: for consent first
 */
export function filmOf({ film, filmProblem, windows, blocked }) {
  if (film === "asked") return { button: "Stop recording", verb: "stopFilm", sentence: blocked ? CLICK : BEGINS };
  if (film === "on") return { button: "Stop recording", verb: "stopFilm", sentence: "Recording" };
  const sentence =
    film === "saving" ? "Saving the recording…" : (filmProblem ?? "");
  return { button: "Record", verb: "ask", sentence: sentence || (windows ? "" : "To record, open the stage first.") };
}

export class Recording {
  #root;
  #dialog;
  #ask;
  /** @type {Message | null} */ #message = null;

  /**
   * @param {HTMLElement} root of the desk
   * @param {string} file where the recording is got from, relative to the page
   * @param {(verb: FilmVerb) => boolean} ask
   */
  constructor(root, file, ask) {
    this.#root = root;
    this.#ask = ask;
    this.#dialog = /** @type {HTMLDialogElement} */ (part(root, "desk-consent"));
    const agreed = /** @type {HTMLInputElement} */ (part(root, "desk-agreed"));
    const start = /** @type {HTMLButtonElement} */ (part(root, "desk-film-start"));
    /** @type {HTMLAnchorElement} */ (part(root, "desk-film-file")).href = new URL(file, document.baseURI).href;
    agreed.addEventListener("change", () => (start.disabled = !agreed.checked));
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "record") ask("film");
      this.#dialog.returnValue = "";
      start.disabled = true;
      agreed.checked = false;
    });
    part(root, "desk-film").addEventListener("click", () => this.#press());
  }

  /** Whether it asks for consent now. */
  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {Message} message */
  show(message) {
    this.#message = message;
    const { film } = message;
    const { button, sentence } = filmOf(message);
    const pressed = part(this.#root, "desk-film");
    pressed.dataset.on = String(film === "on" || film === "asked");
    write(part(pressed, "desk-film-name"), button);
    const isTold = film !== "off" && (film !== "ready" || message.filmProblem !== null);
    write(part(this.#root, "desk-film-state"), isTold ? sentence : "");
    part(this.#root, "desk-film-file").hidden = film !== "ready";
  }

  #press() {
    if (!this.#message) return;
    const { verb } = filmOf(this.#message);
    if (verb === "ask") this.#dialog.showModal();
    else this.#ask(verb);
  }
}
