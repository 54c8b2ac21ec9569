/**
 * Inside the frame: draws the slides of a deck that nobody vouches for.
 *
 * The walls are the frame's sandbox and its Content-Security-Policy (../__init__.py): no network, no
 * page around it, no scripts but these. Marp lets no HTML of the deck through. Addresses are dropped
 * here so that nothing even asks for them, and so that a slide's SVG needs nothing from elsewhere.
 */

/**
 * @typedef {object} Deck
 * @property {string} markdown
 * @property {Record<string, string>} pictures a data: URL for each file that the Markdown names
 */

/** In characters: a deck of 1000 long slides. */
const MAX_MARKDOWN = 2_000_000;
/** In ms: a picture that can't be decoded by then does not hold its slide up. */
const MAX_WAIT = 500;
/** A picture that is its own address, with nothing in it that could end a CSS text. */
const OWN_PICTURE = /^data:image\/[\w.+-]+[;,][^"'()<>\\\s]*$/i;
/** In CSS. Once begun it always matches, so that it takes no longer than the text is long. */
const ADDRESS = /\b(?:url|src)\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)?/gi;
const ADDRESSES = ["href", "xlink:href", "src", "srcset", "poster", "data", "action", "formaction", "ping"];

/**
 * Which picture an address stands for: one of the deck's, or one that is the address itself.
 * @param {string} address
 * @param {ReadonlyMap<string, string>} pictures by name
 * @returns {string | undefined} a data: URL
 */
export function pictureAt(address, pictures) {
  if (OWN_PICTURE.test(address)) return address;
  return pictures.get(address) ?? pictures.get(plainName(address));
}

/** The name of a file as it was written: Marp encodes spaces. @param {string} address */
function plainName(address) {
  const name = address.replace(/^\.\//, "");
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * CSS with the deck's pictures for their addresses, and without any other address.
 *
 * There are rarer ways to write an address, which the frame's policy stops.
 * @param {string} css
 * @param {ReadonlyMap<string, string>} pictures
 */
export function withPictures(css, pictures) {
  return css.replace(/@import[^;]*;?/gi, "").replace(ADDRESS, (_, double, single, bare) => {
    const picture = pictureAt(double ?? single ?? bare.trimEnd(), pictures);
    return picture ? `url("${picture}")` : "none";
  });
}

/** The addresses that are left in a CSS text that `withPictures` wrote. @param {string} css */
export function picturesIn(css) {
  return [...css.matchAll(/url\("([^"]*)"\)/g)].map(([, url]) => /** @type {string} */ (url));
}

/**
 * A copy of one slide, with its pictures' data: URLs in place.
 * @param {SVGSVGElement} drawn
 * @param {ReadonlyMap<string, string>} pictures
 */
function withoutAddresses(drawn, pictures) {
  const slide = /** @type {SVGSVGElement} */ (drawn.cloneNode(true)); // where nothing is loaded yet
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (slide.querySelectorAll("*"))) {
    for (const name of ADDRESSES) {
      const address = element.getAttribute(name);
      if (address === null) continue;
      const picture = element.localName === "img" && name === "src" ? pictureAt(address, pictures) : undefined;
      if (picture) element.setAttribute(name, picture);
      else element.removeAttribute(name);
    }
    const style = element.style.cssText;
    if (style) element.style.cssText = withPictures(style, pictures);
  }
  return slide;
}

/** Of vendor/marp.js. */
const { marp } = /** @type {{marp: Marp}} */ (/** @type {unknown} */ (globalThis));

class Frame {
  #sheet = document.head.appendChild(document.createElement("style"));
  /** As Marp made them, in a document that loads nothing. @type {SVGSVGElement[]} */ #drawn = [];
  /** @type {ReadonlyMap<string, string>} */ #pictures = new Map();
  /** Those in the page: the one that is shown, and its neighbours. @type {Map<number, Prepared>} */
  #prepared = new Map();
  /** The slide that is wanted: only the newest wish is shown. */ #wanted = 0;
  /** Which deck it is. */ #deck = 0;

  constructor() {
    addEventListener("message", ({ source, data }) => {
      if (source !== parent || !data) return;
      try {
        if (data.deck) this.#open(data.deck);
        if ("show" in data) void this.#show(data.show);
      } catch (error) {
        this.#close();
        this.#tell({ failed: sentence(error) });
      }
      if ("svg" in data) void this.#draw(data.svg, data.id);
    });
    this.#tell({ ready: true });
  }

  /** @param {Deck} deck */
  #open({ markdown, pictures }) {
    this.#close();
    if (markdown.length > MAX_MARKDOWN) throw new Refused("The deck is too long to be drawn: split it.");
    this.#pictures = new Map(Object.entries(pictures).filter(([, url]) => OWN_PICTURE.test(url)));
    const { html, css } = marp.render(markdown);
    this.#drawn = html.map((text) => {
      const slide = new DOMParser().parseFromString(text, "text/html").querySelector("svg");
      if (!slide) throw new Error("Marp drew no slide.");
      return slide;
    });
    this.#sheet.textContent = withPictures(css, this.#pictures);
    this.#tell({ slides: this.#drawn.length, ...this.#size() });
  }

  #close() {
    this.#deck += 1;
    for (const { slide } of this.#prepared.values()) slide.remove();
    this.#prepared.clear();
    this.#drawn = [];
    this.#sheet.textContent = "";
  }

  #size() {
    const [, , width = 0, height = 0] = this.#drawn[0]?.getAttribute("viewBox")?.split(" ").map(Number) ?? [];
    return { width, height };
  }

  /** @param {number} index */
  async #show(index) {
    if (!this.#drawn[index]) return;
    this.#wanted = index;
    const deck = this.#deck;
    const { slide, ready } = this.#prepare(index);
    await ready;
    if (deck !== this.#deck || index !== this.#wanted) return;
    for (const { slide: other } of this.#prepared.values()) other.toggleAttribute("data-shown", other === slide);
    this.#tell({ shown: index });
    this.#forgetFar();
    for (const next of [index + 1, index - 1]) if (this.#drawn[next]) this.#prepare(next);
  }

  /** Takes what is not shown soon out of the page: pictures need room. */
  #forgetFar() {
    for (const [at, { slide }] of this.#prepared) {
      if (Math.abs(at - this.#wanted) <= 1 || slide.hasAttribute("data-shown")) continue;
      slide.remove();
      this.#prepared.delete(at);
    }
  }

  /** Puts a slide into the page, hidden, with its pictures decoded and its texts fitted. @param {number} index */
  #prepare(index) {
    const known = this.#prepared.get(index);
    if (known) return known;
    const drawn = /** @type {SVGSVGElement} */ (this.#drawn[index]);
    const slide = document.body.appendChild(withoutAddresses(drawn, this.#pictures));
    marp.fitText(document);
    const prepared = { slide, ready: Promise.race([Promise.all([decoded(slide), fitted(slide)]), after(MAX_WAIT)]) };
    this.#prepared.set(index, prepared);
    return prepared;
  }

  /** Answers with one slide's SVG. @param {number} index @param {number} id */
  async #draw(index, id) {
    try {
      this.#tell({ svg: index, id, text: await this.#svg(index) });
    } catch (error) {
      this.#tell({ failed: sentence(error), id });
    }
    this.#forgetFar();
  }

  /** A whole SVG file, which names nothing outside of it. @param {number} index */
  async #svg(index) {
    const drawn = this.#drawn[index];
    if (!drawn) throw new Refused(`The deck has no slide ${index + 1}.`);
    const slide = withoutAddresses(drawn, this.#pictures);
    const { slide: live, ready } = this.#prepare(index);
    await ready;
    copySizes(live, slide);
    const { width, height } = this.#size();
    slide.setAttribute("width", `${width}`);
    slide.setAttribute("height", `${height}`);
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = this.#sheet.textContent;
    slide.prepend(style);
    return new XMLSerializer().serializeToString(slide);
  }

  /** @param {object} message */
  #tell(message) {
    parent.postMessage(message, "*"); // our own page: no other may frame this one
  }
}

/** @typedef {{slide: SVGSVGElement, ready: Promise<unknown>}} Prepared */

/**
 * @typedef {object} Marp
 * @property {(markdown: string) => {html: string[], css: string}} render
 * @property {(target: Document) => void} fitText
 */

/** Its message is for people. */
class Refused extends Error {}

/** @param {unknown} error */
const sentence = (error) => (error instanceof Refused ? error.message : NOT_DRAWN);

const NOT_DRAWN = "The deck could not be drawn: look at its Markdown and its styles.";

/** All pictures of a slide, so that it is not shown without them. @param {SVGSVGElement} slide */
function decoded(slide) {
  const styled = [...slide.querySelectorAll("[style]")].flatMap((it) => picturesIn(it.getAttribute("style") ?? ""));
  const images = [...slide.querySelectorAll("img")].map((it) => it.src);
  const loading = [...new Set([...styled, ...images])].map((src) => Object.assign(new Image(), { src }).decode());
  return Promise.allSettled(loading);
}

/** What Marp fits to the slide (its own elements). @param {ParentNode} slide */
const fittedIn = (slide) => /** @type {NodeListOf<HTMLElement>} */ (slide.querySelectorAll("[data-auto-scaling]"));

/** Marp's elements measure themselves in the frame after they were laid out. @param {SVGSVGElement} slide */
async function fitted(slide) {
  if (fittedIn(slide).length === 0) return;
  for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
}

/**
 * Gives a copy the sizes of the fitted texts: what Marp's elements do is not part of a file.
 * @param {SVGSVGElement} live
 * @param {SVGSVGElement} copy
 */
function copySizes(live, copy) {
  const shown = fittedIn(live);
  fittedIn(copy).forEach((element, at) => {
    const own = shown[at]?.shadowRoot?.querySelector("marp-auto-scaling")?.shadowRoot?.querySelector("svg");
    if (!shown[at] || !own?.viewBox.baseVal?.width) return;
    const { width, height } = getComputedStyle(own);
    const natural = own.viewBox.baseVal;
    const scale = Math.min(parseFloat(width) / natural.width, parseFloat(height) / natural.height);
    element.style.fontSize = `${parseFloat(getComputedStyle(shown[at]).fontSize) * scale}px`;
    if (element.localName !== "pre") element.style.whiteSpace = "nowrap";
  });
}

/** @param {number} ms */
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

if (typeof document === "object") new Frame();
