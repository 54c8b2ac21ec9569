import assert from "node:assert/strict";
import test from "node:test";

import { FilmedSlide } from "../../../components/presenter/js/filmed_slide.js";

/** Pictures, by the text in them, whose decoding ends when it is let. @type {Map<string, () => void>} */
const decoded = new Map();
class Picture {
  src = "";
  get text() {
    return decodeURIComponent(this.src.split(",")[1] ?? "");
  }
  decode() {
    return new Promise((resolve) => decoded.set(this.text, () => resolve(undefined)));
  }
}
Object.assign(globalThis, { Image: Picture });

/** Until all that waits for nothing has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {FilmedSlide} film */
const text = (film) => /** @type {Picture | null} */ (/** @type {unknown} */ (film.picture))?.text;

test("a slide whose picture comes late does not replace a newer one", async () => {
  const film = new FilmedSlide(async (slide) => `slide ${slide}`);
  film.show(1, 0);
  await settled();
  film.show(1, 1);
  await settled();
  decoded.get("slide 1")?.();
  await settled();
  decoded.get("slide 0")?.();
  await settled();
  assert.equal(text(film), "slide 1");
});

test("what could not be drawn is asked for again", async () => {
  let isLoaded = false;
  const film = new FilmedSlide(async (slide) => {
    if (!isLoaded) throw new Error("The deck has not come yet.");
    return `loaded ${slide}`;
  });
  await film.show(2, 0);
  assert.equal(text(film), undefined);
  isLoaded = true;
  film.show(2, 0);
  await settled();
  decoded.get("loaded 0")?.();
  await settled();
  assert.equal(text(film), "loaded 0");
});

test("the same slide is asked for once, until it is forgotten", async () => {
  let asked = 0;
  const film = new FilmedSlide(async () => `asked ${(asked += 1)}`);
  for (const _ of [1, 2]) film.show(3, 0);
  assert.equal(asked, 1);
  film.forget();
  film.show(3, 0);
  assert.equal(asked, 2);
});
