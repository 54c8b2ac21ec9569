/** STUB, to be overwritten by the real one: draws the headings of a deck as plain text. */

/**
 * @typedef {object} Told
 * @property {(index: number) => void} [onShown]
 * @property {(deck: {slides: number, width: number, height: number}) => void} [onSlides]
 * @property {(sentence: string) => void} [onFailed]
 */

export class SlideView {
  #place = document.createElement("div");
  #told;
  /** @type {string[]} */ #slides = [];

  /** @param {HTMLElement} container @param {string} _frameUrl @param {Told} [told] */
  constructor(container, _frameUrl, told = {}) {
    this.#told = told;
    this.#place.style.cssText =
      "width: 100%; height: 100%; padding: 8%; box-sizing: border-box; background: #fff; color: #123; white-space: pre-line; font: 600 5cqw/1.4 system-ui; container-type: inline-size";
    container.append(this.#place);
  }

  /** @param {string} markdown @param {Record<string, string>} [_pictures] */
  load(markdown, _pictures = {}) {
    this.#slides = markdown.split(/^---$/m);
    this.#told.onSlides?.({ slides: this.#slides.length, width: 1280, height: 720 });
    this.show(0);
  }

  /** @param {number} index */
  show(index) {
    const text = Object.assign(document.createElement("div"), { textContent: this.#slides[index]?.trim() ?? "" });
    text.style.fontSize = "7cqw";
    this.#place.replaceChildren(text);
    this.#told.onShown?.(index);
  }

  /** @param {number} index @returns {Promise<string>} */
  async svg(index) {
    return `<svg xmlns="http://www.w3.org/2000/svg"><text>${index}</text></svg>`;
  }

  close() {
    this.#place.remove();
  }
}
