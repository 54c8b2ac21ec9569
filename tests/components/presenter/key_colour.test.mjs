import assert from "node:assert/strict";
import test from "node:test";

import { borderOf, groundOf, matte, toRgb, toYcc, withoutGround } from "../../../components/presenter/js/key_colour.js";

/** @typedef {import("../../../components/presenter/js/key_colour.js").Colour} Colour */

/** @param {number} red @param {number} green @param {number} blue @returns {Colour} */
const bytes = (red, green, blue) => [red / 255, green / 255, blue / 255];

const GREEN = bytes(0, 177, 64);
const PEOPLE = /** @type {Record<string, Colour>} */ ({
  "light skin": bytes(224, 172, 150),
  "dark skin": bytes(110, 68, 42),
  "black hair": bytes(18, 16, 15),
  "red lips": bytes(134, 48, 60),
  "white shirt": bytes(240, 240, 238),
  "grey suit": bytes(96, 98, 102),
  "teal jacket": bytes(40, 120, 115),
  "blue jeans": bytes(50, 70, 140),
});

/** @param {Colour} person @param {number} alpha how much of the pixel it is @returns {Colour} */
const mixed = (person, alpha) =>
  /** @type {any} */ (person.map((part, at) => alpha * part + (1 - alpha) * (GREEN[at] ?? 0)));

test("Y, Cb and Cr make the same colour again", () => {
  for (const rgb of [GREEN, ...Object.values(PEOPLE)]) {
    toRgb(toYcc(rgb)).forEach((part, at) => assert.ok(Math.abs(part - (rgb[at] ?? 0)) < 1e-3));
  }
});

test("the ground is nothing, also a little darker or lighter and noisy", () => {
  for (const ground of [GREEN, bytes(0, 160, 58), bytes(12, 190, 75), bytes(6, 170, 70)]) {
    assert.equal(matte(ground, GREEN), 0);
  }
});

test("a person is whole, whatever the colour of skin, hair and clothes", () => {
  for (const [what, colour] of Object.entries(PEOPLE)) assert.ok(matte(colour, GREEN) > 0.98, what);
});

test("a soft edge is soft: the more of the person, the more is seen", () => {
  const hair = PEOPLE["black hair"] ?? GREEN;
  const seen = [0, 0.25, 0.5, 0.75, 1].map((alpha) => matte(mixed(hair, alpha), GREEN));
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
  assert.ok((seen[1] ?? 0) < 0.2 && (seen[2] ?? 0) > 0.5, String(seen));
});

test("no edge shines green, and none is brighter than it may be", () => {
  for (const person of Object.values(PEOPLE)) {
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const rgb = mixed(person, part);
      const alpha = matte(rgb, GREEN);
      const [r, g, b] = withoutGround(rgb, alpha, GREEN, true);
      assert.ok(g <= Math.max(r, b));
      assert.ok([r, g, b].every((one) => one >= 0 && one <= alpha));
    }
  }
});

test("away from the edge a person keeps every colour", () => {
  const eyes = bytes(90, 130, 80);
  assert.deepEqual(withoutGround(eyes, 1, GREEN, false), [...eyes]);
});

test("the ground is the middle colour of a border that is one green, whatever crosses a part of it", () => {
  const noisy = Array.from({ length: 100 }, (_, at) => bytes(at % 7, 172 + (at % 11), 60 + (at % 9)));
  const ground = groundOf([...noisy, ...Array(10).fill(PEOPLE["dark skin"])]);
  assert.ok(ground);
  ground.forEach((part, at) => assert.ok(Math.abs(part - (GREEN[at] ?? 0)) < 0.03, String(ground)));
});

test("a border of a room, or of another colour than green, is no ground", () => {
  const room = Array.from({ length: 100 }, (_, at) => bytes(40 + 2 * at, 60 + at, 120 - at));
  assert.equal(groundOf(room), null);
  const { "teal jacket": _, ...others } = PEOPLE;
  for (const colour of [...Object.values(others), bytes(200, 214, 196)]) {
    assert.equal(groundOf(Array(100).fill(colour)), null, String(colour));
  }
  assert.equal(groundOf([]), null);
});

test("the ground stays what it was while an arm crosses the border, and not when the room is another", () => {
  const skin = PEOPLE["light skin"] ?? GREEN;
  const crossed = [...Array(50).fill(GREEN), ...Array(50).fill(skin)];
  assert.equal(groundOf(crossed), null);
  assert.equal(groundOf(crossed, GREEN), GREEN);
  assert.equal(groundOf(Array(100).fill(skin), GREEN), null);
});

test("the border is the upper edge and two thirds of the sides", () => {
  const pixels = new Uint8ClampedArray(4 * 6 * 6);
  for (let at = 0; at < 36; at++) pixels[4 * at] = at;
  const places = borderOf(pixels, 6, 6).map(([red]) => Math.round(red * 255));
  assert.deepEqual(places, [0, 1, 2, 3, 4, 5, 6, 11, 12, 17, 18, 23]);
});
