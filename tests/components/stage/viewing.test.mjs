import assert from "node:assert/strict";
import test from "node:test";

import { FIRST, reduce } from "../../../components/stage/js/reduce.js";
import { IDLE } from "./idle.mjs";

/** @typedef {import("../../../components/stage/js/protocol.js").Message} View */

// A page without any picture: this browser has no WebRTC.
class Observer {
  observe() {}
  disconnect() {}
}
Object.assign(globalThis, {
  addEventListener() {},
  removeEventListener() {},
  MutationObserver: Observer,
  document: { createElement: () => ({ remove() {} }) },
});
const { Viewing } = await import("../../../components/stage/js/viewing.js");

const AVATAR = /** @type {const} */ ({ kind: "direct", whepUrl: "https://m.example.com", turn: null, plainUrl: null });
/** @param {string} sessionId @returns {Partial<View>} */
const live = (sessionId) => ({ phase: "ready", avatar: { ...AVATAR, sessionId } });

/** A page that shows what it is told, as both of ours do. */
function page() {
  let state = FIRST;
  const shown = /** @type {unknown[]} */ ([]);
  const container = /** @type {any} */ ({ append: () => shown.push("display"), querySelector: () => null });
  const viewing = new Viewing(container, {
    state: () => state,
    become: (event) => (state = reduce(state, event)),
    tell: () => {},
    onVideo: () => {},
  });
  return {
    shown,
    viewing,
    show: (/** @type {Partial<View>} */ changes) => viewing.show({ ...IDLE, ...changes }),
    isSilent: () => state.muted.interrupt,
  };
}

test("each avatar has one display, however many views have it", () => {
  const { show, shown, viewing } = page();
  show(live("s-1"));
  show({ ...live("s-1"), caption: "Hello." });
  assert.equal(shown.length, 1);
  show(live("s-2"));
  assert.equal(shown.length, 2);
  show({});
  assert.equal(shown.length, 2);
  viewing.end();
});

test("it is silent while it is interrupted, and for a moment after the answer", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { show, isSilent } = page();
  show({ interrupting: true });
  context.mock.timers.tick(60_000);
  assert.equal(isSilent(), true);
  show({ interrupts: 1 });
  context.mock.timers.tick(249);
  assert.equal(isSilent(), true);
  context.mock.timers.tick(1);
  assert.equal(isSilent(), false);
});

test("a click on Interrupt silences it at once, and the view that tells of it for longer", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { show, isSilent, viewing } = page();
  show({});
  viewing.silence();
  assert.equal(isSilent(), true);
  show({ interrupting: true });
  context.mock.timers.tick(60_000);
  assert.equal(isSilent(), true);
  show({ interrupts: 1 });
  context.mock.timers.tick(250);
  assert.equal(isSilent(), false);
});

test("a click of which no view tells silences it for 3 s", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { show, isSilent, viewing } = page();
  show({});
  viewing.silence();
  context.mock.timers.tick(2999);
  assert.equal(isSilent(), true);
  context.mock.timers.tick(1);
  assert.equal(isSilent(), false);
});
