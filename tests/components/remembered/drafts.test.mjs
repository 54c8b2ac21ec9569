import assert from "node:assert/strict";
import test from "node:test";

const store = /** @type {Map<string, string>} */ (new Map());
let isForbidden = false;
const allowed = () => {
  if (isForbidden) throw new Error("SecurityError");
};
Object.assign(globalThis, {
  document: { baseURI: "http://127.0.0.1/demo/preflight" },
  sessionStorage: {
    getItem: (/** @type {string} */ key) => (allowed(), store.get(key) ?? null),
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => (allowed(), store.set(key, text)),
    removeItem: (/** @type {string} */ key) => (allowed(), store.delete(key)),
  },
});
const { Kept, afterSaid } = await import("../../../components/remembered/js/drafts.js");

const SAID = { turn: "2", text: "Good morning." };

for (const [what, draft, isKept] of /** @type {[string, any, boolean][]} */ ([
  ["that nobody asked to be said", { text: SAID.text }, true],
  ["that was asked for", { text: SAID.text, asked: "1" }, false],
  ["that is the first", { text: SAID.text, asked: "" }, false],
  ["that the server has trimmed", { text: "\tGood\x07\r\nmorning. \n", asked: "1" }, false],
  ["that is typed again, and was asked for since", { text: SAID.text, asked: "2" }, true],
  ["beside which another tab has said a text", { text: "Good evening.", asked: "1" }, true],
])) {
  test(`a draft ${what} is ${isKept ? "kept" : "said"}`, () => {
    assert.equal(afterSaid(draft, SAID), isKept ? draft : null);
    assert.equal(afterSaid(draft, null), draft);
  });
}

test("a draft outlives a reload, and belongs to one app of a host", () => {
  new Kept().draft = { text: "Typed." };
  assert.deepEqual([...store.keys()], ["avatar-draft /demo/"]);
  assert.deepEqual(new Kept().draft, { text: "Typed." });
  new Kept().draft = null;
  assert.equal(store.size, 0);
});

test("without a store it is kept for this page", () => {
  isForbidden = true;
  const kept = new Kept();
  kept.draft = { text: "Typed." };
  assert.deepEqual(kept.draft, { text: "Typed." });
});
