import assert from "node:assert/strict";
import test from "node:test";

import { mediaUrl } from "../../../components/stage/whep.js";

test("media goes to a safe address, seen from another one where it is relative", () => {
  const url = mediaUrl("viewer", "https://media.example.com/whep/1");
  assert.equal(url, "https://media.example.com/whep/viewer");
});

test("media goes to no other, and trying again would not help", () => {
  assert.throws(() => mediaUrl("http://media.example.com/"), { name: "Refusal", again: false });
});
