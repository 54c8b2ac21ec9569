import assert from "node:assert/strict";
import test from "node:test";

import { afterFailure, built } from "../../../../components/stage/js/sdk/sdk_display.js";

for (const [code, isOurs, attached, failures, follows] of /** @type {const} */ ([
  [410, true, false, 0, "gone"],
  [404, false, true, 0, "gone"],
  ["410", false, true, 0, "gone"],
  [410, false, false, 0, "give up"],
  [409, true, true, 0, "give up"],
  [undefined, true, true, 0, "give up"],
  [409, false, false, 9, "again"],
  [undefined, false, true, 2, "again"],
  [undefined, false, true, 3, "give up"],
  [500, false, false, 0, "give up"],
])) {
  const who = `${isOurs ? "ours" : "another SDK"}, ${attached ? "which has shown it" : "never seen"}`;
  test(`after ${code} and ${failures} failures of ${who}: ${follows}`, () => {
    assert.equal(afterFailure(code, { isOurs, attached, failures }), follows);
  });
}

const baseUrl = "https://api.example.com";
/** @typedef {{baseUrl: string}} Config */
/** A class of an SDK from elsewhere. @param {(...given: any[]) => unknown} construct */
const sdk = (construct) =>
  /** @type {any} */ (class {
    /** @param {any[]} given */
    constructor(...given) {
      this.baseUrl = construct(...given);
    }
  });

test("the form that reads the base URL is the one", () => {
  const forms = {
    documented: sdk((/** @type {unknown} */ _key, /** @type {Config} */ config) => config.baseUrl),
    other: sdk((/** @type {Config} */ config) => config.baseUrl ?? assert.fail()),
    otherWithDefault: sdk((/** @type {Config} */ config = { baseUrl: "" }) => config.baseUrl),
  };
  for (const [name, Session] of Object.entries(forms)) {
    const { sessions, isRead } = built(Session, baseUrl);
    assert.deepEqual([/** @type {any} */ (sessions.at(-1)).baseUrl, isRead()], [baseUrl, true], name);
    assert.equal(sessions.length, 1, name);
  }
});

test("a class that reads it later is made in both forms", () => {
  const { sessions, isRead } = built(sdk(() => ""), baseUrl);
  assert.deepEqual([sessions.length, isRead()], [2, false]);
});

test("a class that can't be made says why", () => {
  const none = sdk(() => assert.fail("No licence for this host."));
  assert.throws(() => built(none, baseUrl), /No licence/);
});
