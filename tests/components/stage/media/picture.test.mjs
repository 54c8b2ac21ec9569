import assert from "node:assert/strict";
import test from "node:test";

import { Picture } from "../../../../components/stage/js/media/picture.js";
import { WAITS } from "../../../../components/stage/js/media/waits.js";

let now = 0;
class Stream {
  active = true;
}
const page = { hidden: false };
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
Object.assign(globalThis, { MediaStream: Stream, document: page });

/** The browser's, as far as a picture needs it; a test lets its frames come. */
class Video extends EventTarget {
  srcObject = new Stream();
  #next = () => {};

  /** @param {() => void} then */
  requestVideoFrameCallback(then) {
    this.#next = then;
  }

  frame() {
    this.#next();
  }
}

/** @param {import("node:test").TestContext} t */
function shown(t) {
  now = 0;
  page.hidden = false;
  t.mock.timers.enable({ apis: ["setInterval"] });
  const video = new Video();
  /** @type {string[]} */ const told = [];
  const picture = new Picture(/** @type {any} */ (video), (event) => told.push(event));
  const pass = (/** @type {number} */ ms) => {
    for (const end = now + ms; now < end; ) {
      now += 250;
      t.mock.timers.tick(250);
    }
  };
  return { video, told, picture, pass };
}

test("the first frame is told once", (t) => {
  const { video, told } = shown(t);
  video.frame();
  video.frame();
  assert.deepEqual(told, ["playing"]);
});

test("a hidden page has its first picture when it has loaded", (t) => {
  const { video, told } = shown(t);
  video.dispatchEvent(new Event("loadeddata"));
  assert.deepEqual(told, ["playing"]);
});

test("a picture that stops has stalled, and the next frame resumes it", (t) => {
  const { video, told, pass } = shown(t);
  video.frame();
  pass(WAITS.stalled - 250);
  assert.deepEqual(told, ["playing"]);
  pass(500);
  video.frame();
  assert.deepEqual(told, ["playing", "stalled", "resumed"]);
});

test("no picture that never came has stalled, and none that nobody looks at", (t) => {
  const { video, told, pass } = shown(t);
  pass(2 * WAITS.stalled);
  assert.deepEqual(told, []);
  video.frame();
  page.hidden = true;
  pass(2 * WAITS.stalled);
  assert.deepEqual(told, ["playing"]);
});

test("the black frame of a track that has ended is no picture", (t) => {
  const { video, told, pass } = shown(t);
  video.frame();
  pass(WAITS.stalled + 250);
  video.srcObject.active = false;
  video.frame();
  assert.deepEqual(told, ["playing", "stalled"]);
});

test("a picture that is closed tells nothing more", (t) => {
  const { video, told, picture, pass } = shown(t);
  picture.close();
  video.frame();
  pass(2 * WAITS.stalled);
  assert.deepEqual(told, []);
});
