/** A small picture of each slide, one beside the other. Those in view are drawn, one at a time. */

import { part } from "../../stage/js/overlay/parts.js";

/** In pixels of a picture: sharp at twice the size at which it is shown. */
const WIDTH = 320;
/** In ms, after a picture that could not be drawn. */
const AGAIN_AFTER = 1000;
/** Where the focus goes. Left and Right are Back and Next, as everywhere on the desk. */
const STEPS = /** @type {Readonly<Record<string, number>>} */ ({ ArrowUp: -1, ArrowDown: 1 });

/** What a slide is called. @param {number} place from 0 @param {string} [title] */
export const slideText = (place, title) => (title ? `${place + 1} · ${title}` : `Slide ${place + 1}`);

export class Thumbnails {
  #list;
  #svgOf;
  #jump;
  #seen;
  /** @type {HTMLButtonElement[]} one for each slide */ #buttons = [];
  /** Those in view that are not drawn yet. @type {Set<HTMLButtonElement>} */ #waiting = new Set();
  #isDrawing = false;
  #shown = 0;
  #resized = new ResizeObserver(() => this.#reveal());

  /**
   * @param {HTMLElement} root
   * @param {(slide: number) => Promise<string>} svgOf a slide as an SVG file
   * @param {(slide: number) => boolean} jump
   */
  constructor(root, svgOf, jump) {
    this.#list = part(root, "desk-thumbnails");
    this.#svgOf = svgOf;
    this.#jump = jump;
    this.#seen = new IntersectionObserver((entries) => this.#see(entries), { root: this.#list, rootMargin: "25%" });
    this.#list.addEventListener("keydown", (event) => this.#step(event));
    this.#resized.observe(this.#list);
  }

  /** Another deck. @param {readonly string[]} titles of its slides */
  load(titles) {
    this.#seen.disconnect();
    this.#waiting.clear();
    this.#buttons = titles.map((title, place) => this.#buttonOf(place, title));
    this.#list.replaceChildren(
      ...this.#buttons.map((button) => {
        const item = document.createElement("li");
        item.append(button);
        this.#seen.observe(button);
        return item;
      }),
    );
    this.show(this.#shown);
  }

  /** Marks the slide that is shown now. @param {number} slide from 0 */
  show(slide) {
    this.#shown = slide;
    for (const [place, button] of this.#buttons.entries()) button.ariaCurrent = place === slide ? "true" : null;
    if (!this.#list.contains(document.activeElement)) this.#stopAt(this.#buttons[slide]);
    this.#reveal();
  }

  close() {
    this.#seen.disconnect();
    this.#resized.disconnect();
    this.#waiting.clear();
    this.#buttons = [];
  }

  #reveal() {
    const button = this.#buttons[this.#shown];
    if (!button || this.#isLookedThrough()) return;
    const [list, { offsetLeft, offsetTop, offsetWidth, offsetHeight }] = [this.#list, button];
    list.scrollTo(
      offsetLeft - (list.clientWidth - offsetWidth) / 2,
      offsetTop - (list.clientHeight - offsetHeight) / 2,
    );
  }

  /** Then it stays where it is, while the show goes on. */
  #isLookedThrough() {
    const isPointedAt = this.#list.matches(":hover") && matchMedia("(hover: hover)").matches;
    return isPointedAt || this.#list.querySelector(":focus-visible") !== null;
  }

  /** @param {number} place @param {string} title */
  #buttonOf(place, title) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "desk-thumbnail";
    button.title = button.ariaLabel = slideText(place, title);
    button.tabIndex = -1;
    const number = document.createElement("span");
    number.textContent = String(place + 1);
    button.append(number);
    button.addEventListener("click", ({ detail }) => {
      this.#jump(place);
      if (detail > 0) button.blur(); // a pointer's: Space and Enter are to mean Next again
    });
    button.addEventListener("focus", () => this.#stopAt(button));
    return button;
  }

  /** One of them is reached by Tab, not two hundred. @param {HTMLButtonElement | undefined} button */
  #stopAt(button) {
    for (const one of this.#buttons) one.tabIndex = one === button ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const step = STEPS[event.key];
    const place = this.#buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    if (step === undefined || place < 0) return;
    event.preventDefault();
    this.#buttons[place + step]?.focus();
  }

  /** @param {readonly IntersectionObserverEntry[]} entries */
  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      const button = /** @type {HTMLButtonElement} */ (target);
      const canvas = button.querySelector("canvas");
      if (isIntersecting && !canvas) this.#waiting.add(button);
      if (isIntersecting) continue;
      this.#waiting.delete(button);
      canvas?.remove(); // hundreds of them would need as many megabytes
    }
    void this.#drawAll();
  }

  async #drawAll() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    for (const button of this.#waiting) {
      await this.#draw(button).catch(() => this.#drawLater(button)); // its number stands there meanwhile
      this.#waiting.delete(button);
    }
    this.#isDrawing = false;
  }

  /** @param {HTMLButtonElement} button */
  async #draw(button) {
    const text = await this.#svgOf(this.#buttons.indexOf(button));
    const slide = new Image();
    slide.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await slide.decode();
    if (!this.#waiting.has(button)) return; // it is out of view by now
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * slide.naturalHeight) / slide.naturalWidth);
    canvas.getContext("2d")?.drawImage(slide, 0, 0, canvas.width, canvas.height);
    button.prepend(canvas);
  }

  /** If it is in view then. @param {HTMLButtonElement} button */
  #drawLater(button) {
    this.#seen.unobserve(button);
    setTimeout(() => {
      if (this.#buttons.includes(button)) this.#seen.observe(button);
    }, AGAIN_AFTER);
  }
}
