/** What the bundle gives: Marp, set up to draw a deck without a network. */

import { Marp } from "@marp-team/marp-core";
import { browser } from "@marp-team/marp-core/browser";

/** A fresh Marp for each deck: it keeps the deck's own theme and directives. @param {string} markdown */
export function render(markdown) {
  const marp = new Marp({
    container: false, // a slide's SVG is then complete without an element around it
    emoji: { shortcode: true, unicode: false }, // the font's own, not pictures of another site
    html: false,
    math: false,
    minifyCSS: false,
    script: false,
    slug: false, // no ids that a deck could choose
  });
  return marp.render(markdown, { htmlAsArray: true });
}

/** Scales what Marp fits to the slide: `<!-- fit -->` headings, long lines of code. */
export const fitText = browser;
