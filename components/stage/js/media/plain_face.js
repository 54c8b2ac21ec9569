/** The simulator's face, drawn from its layers where there is no WebRTC. */

/** @typedef {[number, number, number, number, number, number]} Affine see `simulator/face.py` */
/** @typedef {{x: number, y: number, scale: number, webp: string}} BakedLayer WebP in base64 */
/**
 * @typedef {object} Film of the simulator (`simulator/plain_http.py`)
 * @property {number} size of the picture, in pixels
 * @property {number} rate pictures a second
 * @property {Record<string, BakedLayer>} layers
 * @property {Record<string, Affine>[]} poses where each layer is
 * @property {[pose: number, eyes: string][]} film
 */
/** @typedef {{picture: ImageBitmap, x: number, y: number, width: number, height: number}} Layer */

/** From the bottom to the top; eyes and mouth come last and move with the features. */
const MOVING = ["back", "body", "head", "features"];

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

export class PlainFace {
  #film;
  #layers;
  #poses;

  /** @param {Film} film @param {Map<string, Layer>} layers */
  constructor(film, layers) {
    this.#film = film;
    this.#layers = layers;
    this.#poses = film.poses.map(
      (pose) => new Map(Object.entries(pose).map(([name, affine]) => [name, toPicture(affine)])),
    );
  }

  /**
   * @param {Film} film
   * @returns {Promise<PlainFace>}
   * @throws {DOMException} for a picture that is none
   */
  static async of(film) {
    const decoded = Object.entries(film.layers).map(async ([name, { x, y, scale, webp }]) => {
      const bytes = Uint8Array.from(atob(webp), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/webp" }));
      const [width, height] = [picture.width / scale, picture.height / scale];
      return /** @type {[string, Layer]} */ ([name, { picture, x, y, width, height }]);
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
    const { film, rate } = this.#film;
    const [step, eyes] = film[pictureAt(at, rate, film.length)];
    const pose = this.#poses[step];
    this.#lay(on, "backdrop", undefined);
    for (const name of MOVING) this.#lay(on, name, pose.get(name));
    this.#lay(on, eyes, pose.get("features"));
    this.#lay(on, `mouth-${viseme}`, pose.get("features"));
  }

  close() {
    for (const { picture } of this.#layers.values()) picture.close();
  }

  /** @type {(on: CanvasRenderingContext2D, name: string, place?: DOMMatrix) => void} */
  #lay(on, name, place) {
    const layer = this.#layers.get(name);
    if (!layer) return; // a face need not have each layer
    on.setTransform(place);
    on.drawImage(layer.picture, layer.x, layer.y, layer.width, layer.height);
  }
}

/** The inverse, which a canvas needs. @param {Affine} affine from the picture to the layer */
const toPicture = ([a, b, c, d, e, f]) => new DOMMatrix([a, d, b, e, c, f]).invertSelf();
