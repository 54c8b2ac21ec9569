import assert from "node:assert/strict";
import test from "node:test";

import { keyAct } from "../../../../components/stage/js/overlay/keys.js";

const NONE = { ctrlKey: false, metaKey: false, altKey: false, repeat: false };
const PAGE = { inText: false, inBox: false, onStage: false, inPanel: false, lettersOn: true };

/** @param {string} key @param {object} [held] @param {object} [where] */
const act = (key, held = {}, where = {}) =>
  keyAct({ key, ...NONE, ...held }, { ...PAGE, ...where });

test("Ctrl+Enter speaks and Esc interrupts, wherever the focus is", () => {
  for (const inText of [true, false]) {
    assert.equal(act("Enter", { ctrlKey: true }, { inText }), "say");
    assert.equal(act("Enter", { metaKey: true }, { inText }), "say");
    assert.equal(act("Escape", {}, { inText }), "interrupt");
  }
});

test("Ctrl+Enter in the page's own box is Streamlit's to act on", () => {
  assert.equal(act("Enter", { ctrlKey: true }, { inText: true, inBox: true }), null);
});

test("Esc closes a panel first, and a key that is held down asks once", () => {
  assert.equal(act("Escape", {}, { inPanel: true }), null);
  assert.equal(act("Enter", { ctrlKey: true, repeat: true }), null);
  assert.equal(act("Escape", { repeat: true }), null);
});

test("letters are for the stage alone, and ? for the whole page, but not for a text", () => {
  for (const [letter, name] of /** @type {const} */ ([["f", "full"], ["M", "mute"], ["c", "captions"], ["i", "interrupt"]])) {
    assert.equal(act(letter), null);
    assert.equal(act(letter, {}, { onStage: true }), name);
    assert.equal(act(letter, {}, { onStage: true, inText: true }), null);
    assert.equal(act(letter, { ctrlKey: true }, { onStage: true }), null);
  }
  assert.equal(act("?"), "help");
  assert.equal(act("?", {}, { inText: true }), null);
});

test("whoever speaks to the computer can have the single keys off", () => {
  assert.equal(act("?", {}, { lettersOn: false }), null);
  assert.equal(act("f", {}, { onStage: true, lettersOn: false }), null);
  assert.equal(act("Escape", {}, { lettersOn: false }), "interrupt");
});
