import assert from "node:assert/strict";
import test from "node:test";

import { safeUrl } from "../../../components/stage/addresses.js";

for (const [address, base, resolved] of [
  ["https://media.example.com/whep/1", undefined, "https://media.example.com/whep/1"],
  ["http://127.0.0.1:8600/whep/1", undefined, "http://127.0.0.1:8600/whep/1"],
  ["http://localhost/whep/1", undefined, "http://localhost/whep/1"],
  ["http://[::1]:8600/whep/1", undefined, "http://[::1]:8600/whep/1"],
  ["/whep/1/viewer", "https://media.example.com/whep/1", "https://media.example.com/whep/1/viewer"],
  ["viewer", "https://media.example.com/whep/1", "https://media.example.com/whep/viewer"],
  ["https://b.example.com/x", "https://a.example.com/whep", "https://b.example.com/x"],
]) {
  test(`${address}${base ? ` seen from ${base}` : ""} is used`, () => {
    assert.equal(safeUrl(/** @type {string} */ (address), base), resolved);
  });
}

for (const address of [
  "http://media.example.com/whep/1",
  "http://127.0.0.1.example.com/whep/1",
  "javascript:alert(1)",
  "data:image/svg+xml,<svg/>",
  "ftp://localhost/whep",
  "/whep/1",
  "",
  null,
]) {
  test(`"${address}" is not used`, () => assert.equal(safeUrl(address), null));
}
