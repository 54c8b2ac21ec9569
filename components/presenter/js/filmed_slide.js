/** The slide as a recording has it: never an older one in place of a newer one. */

export class FilmedSlide {
  /** The newest that could be drawn. @type {HTMLImageElement | null} */ picture = null;
  #svgOf;
  /** The deck and the slide that are drawn, or being drawn. */ #wanted = "";

  /** @param {(slide: number) => Promise<string>} svgOf a slide as an SVG file, or why there is none yet */
  constructor(svgOf) {
    this.#svgOf = svgOf;
  }

  /** Where it could not be drawn, the next call tries again. @param {number} deck @param {number} slide */
  async show(deck, slide) {
    const wanted = `${deck} ${slide}`;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    try {
      const text = await this.#svgOf(slide);
      if (wanted !== this.#wanted) return;
      const picture = new Image();
      picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
      await picture.decode();
      if (wanted === this.#wanted) this.picture = picture;
    } catch {
      if (wanted === this.#wanted) this.forget();
    }
  }

  /** Whatever is shown next is drawn anew. */
  forget() {
    this.#wanted = "";
  }
}
