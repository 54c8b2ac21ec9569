import assert from "node:assert/strict";
import test from "node:test";

import { Sound } from "../../../../components/stage/js/media/sound.js";

class Stream {
  active = true;
}
const page = new EventTarget();
Object.assign(globalThis, { MediaStream: Stream, document: page });

/** The browser's, as far as sound needs it: `blocks` sound until the visitor's first gesture. */
class Video extends EventTarget {
  srcObject = new Stream();
  isConnected = true;
  muted = false;
  blocks = true;

  async play() {
    if (this.blocks && !this.muted) throw new DOMException("no gesture", "NotAllowedError");
  }
}

/** @param {Partial<Video>} [facts] */
function attended(facts = {}) {
  /** @type {boolean[]} */ const told = [];
  const leaving = new AbortController();
  const sound = new Sound((blocked) => told.push(blocked), leaving.signal);
  const video = Object.assign(new Video(), facts);
  sound.attend(/** @type {any} */ (video));
  return { sound, video, told, leaving };
}
const gesture = () => page.dispatchEvent(new Event("pointerup"));

test("a sound that plays is not told of", async () => {
  const { sound, told } = attended({ blocks: false });
  await sound.play();
  assert.deepEqual(told, []);
});

test("a blocked sound is told, and any gesture allows it", async () => {
  const { sound, video, told } = attended();
  await sound.play();
  assert.deepEqual(told, [true]);
  video.blocks = false;
  gesture();
  assert.deepEqual(told, [true, false]);
});

test("a sound that the visitor has muted is not blocked", async () => {
  const { sound, told } = attended();
  sound.mute(true);
  await sound.play();
  assert.deepEqual(told, []);
});

test("a mute holds for the next video", () => {
  const { sound } = attended();
  sound.mute(true);
  const next = new Video();
  sound.attend(/** @type {any} */ (next));
  assert.equal(next.muted, true);
});

test("a video that is gone, or has no stream, is not played", async () => {
  for (const facts of [{ isConnected: false }, { srcObject: { active: false } }]) {
    const { sound, told } = attended(facts);
    await sound.play();
    assert.deepEqual(told, []);
  }
});

test("an earlier video's block is no news", async () => {
  const { sound, told } = attended();
  const playing = sound.play();
  sound.attend(/** @type {any} */ (Object.assign(new Video(), { blocks: false })));
  await playing;
  assert.deepEqual(told, []);
});

test("a stage that has gone listens to no gesture", async () => {
  const { sound, told, leaving } = attended();
  await sound.play();
  leaving.abort();
  gesture();
  assert.deepEqual(told, [true]);
});
