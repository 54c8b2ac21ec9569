/** The slides on the desk: the one that is shown, the next one, and the notes; and the ways to another. */

import { SlideView } from "../../slides/js/slide_view.js";
import { pauseAfter } from "../../stage/js/media/retries.js";
import { part, write } from "../../stage/js/overlay/parts.js";
import { ANSWERED_WITHIN } from "./deadline.js";
import { Thumbnails, slideText } from "./thumbnails.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/**
 * @typedef {object} Script what `presenter/script` answers
 * @property {number} deck
 * @property {string} markdown
 * @property {Record<string, string>} pictures
 * @property {{title: string, notes: string[]}[]} slides
 */

export class Deck {
  #root;
  #url;
  #over = new AbortController();
  #shown;
  #next;
  #thumbnails;
  /** @type {Script | null} */ #script = null;
  /** The newest message's, and the one whose script is being fetched. */
  #wanted = 0;
  #fetched = 0;
  #slide = -1;
  #slides = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #again;

  /**
   * @param {HTMLElement} root
   * @param {{script: string, frame: string}} paths relative to the page
   * @param {(slide: number) => boolean} jump
   */
  constructor(root, { script, frame }, jump) {
    this.#root = root;
    this.#url = new URL(script, document.baseURI);
    const failed = part(root, "desk-slide-failed");
    this.#shown = new SlideView(part(root, "desk-slide-frame"), frame, {
      onSlides: ({ width, height }) => {
        root.style.setProperty("--desk-ratio", String(width / height));
        write(failed, "");
      },
      onFailed: (sentence) => write(failed, sentence),
    });
    this.#next = new SlideView(part(root, "desk-next-frame"), frame, {});
    this.#thumbnails = new Thumbnails(root, (slide) => this.#next.svg(slide), jump);
    const number = /** @type {HTMLInputElement} */ (part(root, "desk-jump-number"));
    part(root, "desk-jump").addEventListener("submit", (event) => {
      event.preventDefault();
      if (number.value !== "" && jump(Number(number.value) - 1)) number.value = "";
    });
  }

  /** @param {Message} message */
  show({ deck, slide, slides }) {
    if (deck !== this.#wanted) {
      this.#wanted = deck;
      this.#fetch(deck);
    }
    if (slide === this.#slide && slides === this.#slides) return;
    this.#slide = slide;
    this.#slides = slides;
    this.#draw();
  }

  close() {
    this.#over.abort();
    clearTimeout(this.#again);
    this.#shown.close();
    this.#next.close();
    this.#thumbnails.close();
  }

  /** Until it has come. @param {number} deck @param {number} [failures] */
  async #fetch(deck, failures = 0) {
    clearTimeout(this.#again);
    try {
      const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(ANSWERED_WITHIN)]);
      const answer = await fetch(this.#url, { signal, cache: "no-store" });
      if (!answer.ok) throw new Error(`The slides were refused (${answer.status}).`);
      this.#take(await answer.json());
    } catch {
      if (this.#over.signal.aborted || deck !== this.#wanted) return;
      this.#again = setTimeout(() => this.#fetch(deck, failures + 1), pauseAfter(failures + 1));
      if (failures > 0) this.#tell("The slides do not arrive: they are asked for again.");
    }
  }

  /** @param {Script} script */
  #take(script) {
    if (script.deck < this.#fetched) return; // an older answer came late
    this.#fetched = script.deck;
    this.#script = script;
    for (const view of [this.#shown, this.#next]) view.load(script.markdown, script.pictures);
    part(this.#root, "desk-titles").replaceChildren(
      ...script.slides.map(({ title }, place) =>
        Object.assign(document.createElement("option"), { value: String(place + 1), label: slideText(place, title) }),
      ),
    );
    this.#thumbnails.load(script.slides.map(({ title }) => title));
    this.#tell("");
    this.#draw();
  }

  /** @param {string} sentence */
  #tell(sentence) {
    write(part(this.#root, "desk-slide-failed"), sentence);
  }

  #draw() {
    const slides = this.#script?.slides ?? [];
    const [here, after] = [this.#slide, this.#slide + 1];
    const isLast = after >= this.#slides;
    write(part(this.#root, "desk-place"), this.#slides ? `${here + 1} / ${this.#slides}` : "");
    write(part(this.#root, "desk-slide-title"), slides[here]?.title ?? "");
    write(part(this.#root, "desk-next-title"), isLast ? "This is the last slide." : slideText(after, slides[after]?.title));
    part(this.#root, "desk-next-slide").dataset.last = String(isLast);
    const notes = part(this.#root, "desk-notes-text");
    const text = (slides[here]?.notes ?? []).join("\n\n");
    if (notes.textContent !== text) notes.scrollTop = 0;
    write(notes, text);
    /** @type {HTMLInputElement} */ (part(this.#root, "desk-jump-number")).max = String(this.#slides);
    if (!this.#script) return;
    this.#shown.show(here);
    this.#thumbnails.show(here);
    if (!isLast) this.#next.show(after);
  }
}
