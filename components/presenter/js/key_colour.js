/**
 * The colours of a chroma key: which colour the ground has, and what of a pixel is not the ground.
 * Colours are [red, green, blue] or [Y, Cb, Cr], 0 to 1; Cb and Cr are -0.5 to 0.5. The numbers are
 * also those of the shader in keyed.js.
 */

/** @typedef {readonly [number, number, number]} Colour */

/** The rows that make Y, Cb and Cr of red, green and blue (BT.601). */
export const YCC = /** @type {const} */ ([
  [0.299, 0.587, 0.114],
  [-0.168736, -0.331264, 0.5],
  [0.5, -0.418688, -0.081312],
]);

/**
 * How far from the ground's Cb and Cr a pixel is all ground, and all person: parts of the ground's own
 * distance from grey. What is grey, such as black hair, is at 1; teal clothes are at 0.65.
 */
export const NEAR = 0.18;
export const FAR = 0.55;

/** How grey a ground may be: with less colour than this, skin and grey clothes would go with it. */
const COLOURED = 0.12;
/** How far from the ground's Cb and Cr a pixel of the border counts as ground: the codec's noise. */
const ALIKE = 0.06;
/** The part of the border that is ground: where a key begins, and while it stays; an arm may cross it. */
const BEGINS = 0.85;
const STAYS = 0.4;

/** @param {Colour} a @param {Colour} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** @param {Colour} rgb @returns {Colour} */
export const toYcc = (rgb) => [dot(YCC[0], rgb), dot(YCC[1], rgb), dot(YCC[2], rgb)];

/** @param {Colour} ycc @returns {Colour} */
export const toRgb = ([y, cb, cr]) => [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb];

/** The distance of two colours, brightness apart. @param {Colour} a @param {Colour} b both YCC */
const apart = (a, b) => Math.hypot(a[1] - b[1], a[2] - b[2]);

/** @param {number} from @param {number} to @param {number} x */
function smoothstep(from, to, x) {
  const part = Math.min(Math.max((x - from) / (to - from), 0), 1);
  return part * part * (3 - 2 * part);
}

/** How much of a pixel is not the ground: 0 to 1. @param {Colour} rgb @param {Colour} ground RGB */
export function matte(rgb, ground) {
  const key = toYcc(ground);
  return smoothstep(NEAR, FAR, apart(toYcc(rgb), key) / Math.hypot(key[1], key[2]));
}

/**
 * A pixel without the ground that shows through it, premultiplied. Where `isEdge`, green is at most what
 * red or blue is, so that nothing shines green.
 * @param {Colour} rgb @param {number} alpha @param {Colour} ground RGB @param {boolean} isEdge
 * @returns {Colour}
 */
export function withoutGround(rgb, alpha, ground, isEdge) {
  const [red, green, blue] = rgb.map((part, at) =>
    Math.min(Math.max(part - (1 - alpha) * (ground[at] ?? 0), 0), alpha),
  );
  const [r, g, b] = /** @type {[number, number, number]} */ ([red, green, blue]);
  return [r, isEdge ? Math.min(g, Math.max(r, b)) : g, b];
}

/**
 * The ground's colour by the pixels of a picture's border, or `null` where they are not one green.
 * @param {readonly Colour[]} border RGB
 * @param {Colour | null} [before] the ground's colour so far: it stays while enough of the border has it
 * @returns {Colour | null}
 */
export function groundOf(border, before = null) {
  const pixels = border.map(toYcc);
  const partAlike = (/** @type {Colour} */ ycc) =>
    pixels.filter((pixel) => apart(pixel, ycc) < ALIKE).length / pixels.length;
  if (before && partAlike(toYcc(before)) >= STAYS) return before;
  if (pixels.length === 0) return null;
  const medianOf = (/** @type {0 | 1 | 2} */ at) => median(pixels.map((ycc) => ycc[at]));
  /** @type {Colour} */ const middle = [medianOf(0), medianOf(1), medianOf(2)];
  const isGreen = Math.hypot(middle[1], middle[2]) > COLOURED && middle[1] < 0 && middle[2] < 0;
  return isGreen && partAlike(middle) >= BEGINS ? clamped(toRgb(middle)) : null;
}

/** @param {number[]} numbers */
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** @param {Colour} rgb @returns {Colour} */
const clamped = ([r, g, b]) => [inside(r), inside(g), inside(b)];
const inside = (/** @type {number} */ part) => Math.min(Math.max(part, 0), 1);

/**
 * The pixels of the border of a picture, RGBA bytes: its upper edge and the upper two thirds of its sides. The
 * person stands on the lower edge.
 * @param {Uint8ClampedArray} bytes @param {number} width @param {number} height
 * @returns {Colour[]}
 */
export function borderOf(bytes, width, height) {
  /** @type {Colour[]} */ const border = [];
  for (let y = 0; y < (height * 2) / 3; y++) {
    for (let x = 0; x < width; x += y === 0 ? 1 : width - 1) {
      const at = 4 * (y * width + x);
      border.push([(bytes[at] ?? 0) / 255, (bytes[at + 1] ?? 0) / 255, (bytes[at + 2] ?? 0) / 255]);
    }
  }
  return border;
}
