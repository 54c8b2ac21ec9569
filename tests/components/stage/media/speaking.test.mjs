import assert from "node:assert/strict";
import test from "node:test";

import { Ear } from "../../../../components/stage/js/media/speaking.js";

let now = 0;
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });

/**
 * The changes that a listener is told of, each with its time.
 * @param {[number, number][]} sound pieces: time in ms, loudness
 */
function changes(sound) {
  /** @type {[number, boolean][]} */ const told = [];
  const ear = new Ear((speaking) => told.push([now, speaking]));
  for (const [at, loudness] of sound) {
    now = at;
    ear.hear(loudness);
  }
  return told;
}

/**
 * Pieces of 50 ms.
 * @param {number} from
 * @param {number} until
 * @param {number} loudness
 * @returns {[number, number][]}
 */
const sound = (from, until, loudness) =>
  Array.from({ length: (until - from) / 50 }, (_, n) => [from + 50 * n, loudness]);

for (const { rule, heard, told } of [
  { rule: "silence tells nothing", heard: sound(0, 2000, 0), told: [] },
  { rule: "the noise of an encoder is no voice", heard: sound(0, 2000, 0.001), told: [] },
  { rule: "a voice is told at once", heard: sound(100, 500, 0.05), told: [[100, true]] },
  {
    rule: "a pause between two sentences is part of the turn",
    heard: [...sound(0, 500, 0.05), ...sound(500, 1100, 0), ...sound(1100, 1500, 0.05)],
    told: [[0, true]],
  },
  {
    rule: "700 ms of silence are the end",
    heard: [...sound(0, 500, 0.05), ...sound(500, 2000, 0)],
    told: [[0, true], [1150, false]],
  },
  {
    rule: "the next turn is told again",
    heard: [...sound(0, 500, 0.05), ...sound(500, 2000, 0), ...sound(2000, 2500, 0.05)],
    told: [[0, true], [1150, false], [2000, true]],
  },
]) {
  test(rule, () => assert.deepEqual(changes(heard), told));
}

test("a voice that follows an interrupted one without a pause is another", () => {
  /** @type {boolean[]} */ const told = [];
  const ear = new Ear((speaking) => told.push(speaking));
  now = 0;
  ear.hear(0.05);
  ear.hearAnew();
  ear.hear(0.05);
  assert.deepEqual(told, [true, false, true]);
});
