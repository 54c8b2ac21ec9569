import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { KEYS, isOneCharacter, keyCap, keyToVerb } from "../../../components/presenter/js/keys.js";

const NONE = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };
const DESK = { typing: false, dialogOpen: false, singleKeysOn: true };

/** The event of a key as the table names it. @param {string} name */
function event(name) {
  const [key = "", ...held] = name.split("+").reverse();
  const holding = Object.fromEntries(held.map((one) => [`${one.toLowerCase()}Key`, true]));
  return { ...NONE, ...holding, key: key === "Space" ? " " : key };
}

/** @param {string} name @param {object} [more] @param {object} [where] */
const verb = (name, more = {}, where = {}) => keyToVerb({ ...event(name), ...more }, { ...DESK, ...where });

const ROWS = KEYS.flatMap((row) => row.keys.map((key) => /** @type {const} */ ([key, row.verb])));

/** The focus is on an element of this kind. @param {string} tag */
function focused(tag) {
  const closest = (/** @type {string} */ selectors) => (selectors.split(", ").includes(tag) ? {} : null);
  return { target: /** @type {any} */ ({ closest }) };
}

test("every key of the table does what its row says, and stands in one row", () => {
  for (const [key, expected] of ROWS) assert.equal(verb(key), expected, key);
  assert.equal(new Set(ROWS.map(([key]) => key)).size, ROWS.length);
});

test("every row has a verb of its own and a label", () => {
  assert.equal(new Set(KEYS.map((row) => row.verb)).size, KEYS.length);
  for (const { label } of KEYS) assert.match(label, /^[A-Z]/);
});

test("what a clicker sends moves on, moves back, silences and begins again", () => {
  const sent = ["PageDown", "PageUp", "b", ".", "F5", "Shift+F5"];
  assert.deepEqual(sent.map((key) => verb(key)), ["next", "back", "silence", "silence", "first", "first"]);
});

test("a letter is the same in capitals, by Shift or by Caps Lock", () => {
  for (const [key, expected] of ROWS.filter(([key]) => /^[a-z]$/.test(key))) {
    assert.equal(verb(key.toUpperCase()), expected);
    assert.equal(verb(key.toUpperCase(), { shiftKey: true }), expected);
  }
});

test("a digit and a question mark are themselves where they need Shift", () => {
  assert.equal(verb("2", { shiftKey: true }), "layout-beside");
  assert.equal(verb("?", { shiftKey: true }), "keys");
});

test("with Shift, another key than a printed one is not the desk's, but for F5", () => {
  for (const key of ["ArrowRight", "Space", "Enter", "Home"]) assert.equal(verb(key, { shiftKey: true }), null);
});

test("while typing, Escape silences and Ctrl+Enter says; all other keys are the field's", () => {
  for (const [key, asked] of ROWS) {
    const expected = key === "Escape" ? "silence" : asked === "say" ? "say" : null;
    assert.equal(verb(key, {}, { typing: true }), expected, key);
  }
});

test("while a dialog is open, Escape alone is the desk's", () => {
  for (const [key] of ROWS) {
    assert.equal(verb(key, {}, { dialogOpen: true }), key === "Escape" ? "silence" : null, key);
  }
});

test("with Ctrl, Alt or Meta a key is the browser's, but for the one that says a text", () => {
  for (const [key] of ROWS) {
    for (const held of ["ctrlKey", "altKey", "metaKey"]) {
      const isOfTable = key.includes("Enter") && held !== "altKey";
      if (!isOfTable) assert.equal(verb(key, { [held]: true }), null, `${held} ${key}`);
    }
  }
});

test("a key that is held down stays the desk's, so that the browser does not reload at F5", () => {
  for (const [key, expected] of ROWS) assert.equal(verb(key, { repeat: true }), expected, key);
});

test("one character is a letter, a digit or a sign, with nothing held down but Shift", () => {
  for (const key of ["f", "F", "1", "."]) assert.ok(isOneCharacter({ ...event(key), shiftKey: true }), key);
  for (const key of ["Space", "Enter", "F5", "Alt+f", "Ctrl+f", "Meta+f"]) assert.ok(!isOneCharacter(event(key)), key);
});

test("a key that an input method takes is not the desk's", () => {
  for (const key of ["Enter", "Escape", "n"]) assert.equal(verb(key, { isComposing: true }), null);
});

test("Space and Enter on a focused button or link stay that button's; other keys are the desk's", () => {
  for (const tag of ["button", "a[href]", "summary"]) {
    assert.equal(verb("Space", focused(tag)), null);
    assert.equal(verb("Enter", focused(tag)), null);
    assert.equal(verb("ArrowRight", focused(tag)), "next");
    assert.equal(verb("Ctrl+Enter", focused(tag)), "say");
  }
  assert.equal(verb("Enter", focused("main")), "next");
});

test("with single keys off, what is written in a text does nothing; a clicker and Escape go on", () => {
  const acting = ROWS.filter(([key]) => verb(key, {}, { singleKeysOn: false }) !== null).map(([key]) => key);
  const clicker = ["ArrowRight", "PageDown", "ArrowLeft", "PageUp", "Home", "F5", "Shift+F5", "End"];
  assert.deepEqual(acting, [...clicker, "Escape", "Ctrl+Enter", "Meta+Enter"]);
});

test("a key that is in no row asks for nothing", () => {
  for (const key of ["x", "F1", "Tab", "5", "Shift", "Dead"]) assert.equal(verb(key), null);
});

test("the list calls keys what is printed on them", () => {
  const caps = ["ArrowRight", "n", "Escape", "Ctrl+Enter", "."].map(keyCap);
  assert.deepEqual(caps, ["→", "N", "Esc", "Ctrl+Enter", "."]);
});

test("docs/present.md has the list of keys, as the desk has it", () => {
  const page = readFileSync(new URL("../../../docs/present.md", import.meta.url), "utf8");
  const table = page.split("| keys | what they do |\n|---|---|\n")[1] ?? "";
  const rows = KEYS.map(({ keys, label }) => `| ${keys.map(keyCap).join(", ")} | ${label} |\n`);
  assert.equal(table.split("\n\n")[0] + "\n", rows.join(""));
});
