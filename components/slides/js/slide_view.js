/** A deck on our page: one slide at a time, drawn in a frame that reaches nothing (frame.js). */

/**
 * @typedef {object} Told
 * @property {(index: number) => void} [onShown] a slide is on the page
 * @property {(deck: {slides: number, width: number, height: number}) => void} [onSlides] a deck is there; in CSS pixels
 * @property {(sentence: string) => void} [onFailed] nothing is shown
 */

/** In ms, for a frame to draw what it was asked for. */
const MAX_WAIT = 20_000;
const SILENT = "The slides could not be drawn: reload the page.";
const CLOSED = "The slides are not shown any more.";

export class SlideView {
  #frame = document.createElement("iframe");
  #told;
  #ending = new AbortController();
  #isReady = false;
  /** @type {import("./frame.js").Deck | undefined} */ #deck;
  #wanted = 0;
  #asked = 0;
  /** What `svg` waits for, by id. @type {Map<number, Drawing>} */ #drawings = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #deadline;

  /** @param {HTMLElement} container whose size the slide takes @param {string} frameUrl @param {Told} [told] */
  constructor(container, frameUrl, told = {}) {
    this.#told = told;
    const frame = this.#frame;
    frame.title = "Slide";
    frame.tabIndex = -1;
    frame.setAttribute("sandbox", "allow-scripts");
    frame.referrerPolicy = "no-referrer";
    // A frame of another colour scheme than its element gets an opaque ground.
    frame.style.cssText =
      "display: block; width: 100%; height: 100%; border: 0; pointer-events: none; color-scheme: light";
    addEventListener("message", (event) => this.#take(event), { signal: this.#ending.signal });
    frame.src = frameUrl;
    container.append(frame);
  }

  /**
   * Shows the first slide of a deck, in place of the one before.
   * @param {string} markdown
   * @param {Record<string, string>} [pictures] data: URLs by the names that the Markdown has for them
   */
  load(markdown, pictures = {}) {
    this.#deck = { markdown, pictures };
    this.#wanted = 0;
    this.#open();
  }

  /** @param {number} index from 0; one that the deck does not have is not shown */
  show(index) {
    this.#wanted = index;
    if (this.#isReady) this.#send({ show: index });
  }

  /**
   * A slide as a file, for a canvas: `data:image/svg+xml,${encodeURIComponent(text)}` in an <img>,
   * which loads nothing else. Never put it into the page itself: the deck wrote it.
   * @param {number} index @returns {Promise<string>}
   */
  svg(index) {
    if (this.#ending.signal.aborted) return Promise.reject(new Error(CLOSED));
    const id = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#settle(id, () => reject(new Error(SILENT))), MAX_WAIT);
      this.#drawings.set(id, { index, resolve, reject, late });
      if (this.#isReady) this.#send({ svg: index, id });
    });
  }

  close() {
    this.#ending.abort();
    clearTimeout(this.#deadline);
    this.#frame.remove();
    for (const id of this.#drawings.keys()) this.#settle(id, ({ reject }) => reject(new Error(CLOSED)));
  }

  /** @param {MessageEvent} event */
  #take({ source, data }) {
    if (source !== this.#frame.contentWindow || !data) return;
    if (data.ready) this.#begin();
    else if ("slides" in data) {
      clearTimeout(this.#deadline);
      this.#told.onSlides?.(data);
    } else if ("shown" in data) this.#told.onShown?.(data.shown);
    else if ("svg" in data) this.#settle(data.id, ({ resolve }) => resolve(data.text));
    else if ("failed" in data) this.#fail(data.failed, data.id);
  }

  /** The frame is there, or there again after it was loaded anew. */
  #begin() {
    this.#isReady = true;
    if (this.#deck) this.#open();
    for (const [id, { index }] of this.#drawings) this.#send({ svg: index, id });
  }

  #open() {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#told.onFailed?.(SILENT), MAX_WAIT);
    if (this.#isReady) this.#send({ deck: this.#deck, show: this.#wanted });
  }

  /** @param {string} sentence @param {number | undefined} id of a drawing; none for the deck */
  #fail(sentence, id) {
    if (id !== undefined) return this.#settle(id, ({ reject }) => reject(new Error(sentence)));
    clearTimeout(this.#deadline);
    this.#told.onFailed?.(sentence);
  }

  /** @param {number} id @param {(drawing: Drawing) => void} how */
  #settle(id, how) {
    const drawing = this.#drawings.get(id);
    if (!drawing) return;
    clearTimeout(drawing.late);
    this.#drawings.delete(id);
    how(drawing);
  }

  /** @param {object} message */
  #send(message) {
    this.#frame.contentWindow?.postMessage(message, "*"); // a sandboxed frame has no origin to name
  }
}

/**
 * @typedef {object} Drawing
 * @property {number} index
 * @property {(text: string) => void} resolve
 * @property {(why: Error) => void} reject
 * @property {ReturnType<typeof setTimeout>} late
 */
