/** The simulator's face, drawn from its pictures where there is no WebRTC. */

/** @typedef {{at: [number, number], pictures: Record<string, string>}} Patches WebP in base64 */
/** @typedef {[crown: number, nose: number, nod: number, rise: number, eyes: string]} Step */
/**
 * @typedef {object} Film of the simulator (`simulator/plain_face.py`)
 * @property {number} size of the picture, in pixels
 * @property {number} rate pictures a second
 * @property {string} still the face at rest: WebP in base64
 * @property {[number, number, number, number, number]} heights of crown, nose, chin, neck, shoulders
 * @property {Patches} eyes
 * @property {Patches} mouths
 * @property {Record<string, number[]>} shapes what tells the mouths apart
 * @property {Step[]} film how far the parts are from rest, in pixels, and the eyes
 */

/** Pixels: the picture is drawn in stripes of this height, each moved as a whole. */
const STRIPE = 4;
/** Seconds in which a mouth goes most of the way to another shape. */
const QUICK = 0.04;

/**
 * Which picture of a film is due after `at` seconds: it is played forwards, then backwards, so that
 * it has no seam.
 * @type {(at: number, rate: number, length: number) => number}
 */
export function pictureAt(at, rate, length) {
  const round = 2 * (length - 1);
  const step = Math.floor(at * rate) % round;
  return step < length ? step : round - step;
}

/**
 * How far the stripe at a height goes to the right and down: the crown most, the neck's foot not at
 * all, the face more than the hair; the shoulders rise, and the picture's lower edge stands.
 * @param {Pick<Film, "size" | "heights">} film
 * @param {Step} step
 * @param {number} y
 * @returns {[right: number, down: number]}
 */
export function shift({ size, heights: [crown, nose, chin, neck, shoulders] }, step, y) {
  const [toCrown, toNose, nod, rise] = step;
  const above = within((neck - y) / (neck - crown));
  const isHead = eased((neck - y) / (neck - chin));
  const isFace = isHead * eased(1 - Math.abs(y - nose) / (nose - crown));
  const isBody = eased(1 - (shoulders - y) / (shoulders - chin));
  const lift = isBody * within((size - y) / (size - shoulders)) * (1 - isHead) + 0.6 * isHead;
  return [toCrown * above + toNose * isFace, nod * (0.3 + 0.7 * isFace) * isHead - rise * lift];
}

/**
 * The key of the mouth that is most like these numbers.
 * @type {(shapes: Iterable<[string, number[]]>, wanted: number[]) => string}
 */
export function nearest(shapes, wanted) {
  let [found, least] = ["", Infinity];
  for (const [key, shape] of shapes) {
    const apart = shape.reduce((sum, part, index) => sum + (part - wanted[index]) ** 2, 0);
    if (apart < least) [found, least] = [key, apart];
  }
  return found;
}

export class PlainFace {
  #film;
  #shapes;
  #pictures;
  #rest = new OffscreenCanvas(1, 1);
  /** The mouth as it is, and when. @type {{shape: number[], at: number} | null} */ #mouth = null;

  /** @param {Film} film @param {Map<string, ImageBitmap>} pictures */
  constructor(film, pictures) {
    this.#film = film;
    this.#shapes = Object.entries(film.shapes);
    this.#pictures = pictures;
    this.#rest.width = this.#rest.height = film.size;
  }

  /**
   * @param {Film} film
   * @returns {Promise<PlainFace>}
   * @throws {DOMException} for a picture that is none
   */
  static async of(film) {
    const named = Object.entries({
      still: film.still,
      ...keyed("eyes", film.eyes.pictures),
      ...keyed("mouth", film.mouths.pictures),
    });
    const decoded = named.map(async ([name, webp]) => {
      const bytes = Uint8Array.from(atob(webp), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/webp" }));
      return /** @type {[string, ImageBitmap]} */ ([name, picture]);
    });
    return new PlainFace(film, new Map(await Promise.all(decoded)));
  }

  get size() {
    return this.#film.size;
  }

  get rate() {
    return this.#film.rate;
  }

  /**
   * @param {CanvasRenderingContext2D} on as large as the face
   * @param {number} at seconds since it was seen first
   * @param {string} viseme
   */
  draw(on, at, viseme) {
    const { film, rate, size, eyes, mouths } = this.#film;
    const step = film[pictureAt(at, rate, film.length)];
    const rest = this.#rest.getContext("2d");
    if (!rest) return;
    this.#lay(rest, "still", [0, 0]);
    this.#lay(rest, `eyes ${step[4]}`, eyes.at);
    this.#lay(rest, `mouth ${nearest(this.#shapes, this.#moved(at, viseme))}`, mouths.at);
    // What a stripe uncovers at the sides is the backdrop at rest.
    on.drawImage(this.#rest, 0, 0);
    for (let y = 0; y < size; y += STRIPE) {
      const [right, down] = shift(this.#film, step, y + STRIPE / 2);
      const from = Math.min(Math.max(y - down, 0), size - STRIPE);
      on.drawImage(this.#rest, 0, from, size, STRIPE, right, y, size, STRIPE);
    }
  }

  close() {
    for (const picture of this.#pictures.values()) picture.close();
  }

  /** The mouth on its way to a viseme. @param {number} at @param {string} viseme */
  #moved(at, viseme) {
    const wanted = this.#film.shapes[viseme];
    const { shape, at: before } = this.#mouth ?? { shape: wanted, at };
    const left = Math.exp(-Math.max(at - before, 0) / QUICK);
    const moved = wanted.map((part, index) => part + left * (shape[index] - part));
    this.#mouth = { shape: moved, at };
    return moved;
  }

  /** @type {(on: OffscreenCanvasRenderingContext2D, name: string, place: [number, number]) => void} */
  #lay(on, name, place) {
    const picture = this.#pictures.get(name);
    if (picture) on.drawImage(picture, ...place);
  }
}

/** @param {string} kind @param {Record<string, string>} pictures */
const keyed = (kind, pictures) =>
  Object.fromEntries(Object.entries(pictures).map(([key, picture]) => [`${kind} ${key}`, picture]));

/** @param {number} part */
const within = (part) => Math.min(Math.max(part, 0), 1);

/** From 0 at 0 to 1 at 1 without a corner. @param {number} part */
const eased = (part) => within(part) ** 2 * (3 - 2 * within(part));
