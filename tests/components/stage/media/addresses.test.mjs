import assert from "node:assert/strict";
import test from "node:test";

import { mediaUrl, releaseUrl, safeUrl } from "../../../../components/stage/js/media/addresses.js";

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

test("media goes to a safe address, seen from another one where it is relative", () => {
  const url = mediaUrl("viewer", "https://media.example.com/whep/1");
  assert.equal(url, "https://media.example.com/whep/viewer");
});

test("media goes to no other, and trying again would not help", () => {
  assert.throws(() => mediaUrl("http://media.example.com/"), { name: "Refusal", again: false });
});

for (const [location, asked, released] of [
  ["/whep/1/viewer/7", "https://m.example.com/whep/1", "https://m.example.com/whep/1/viewer/7"],
  ["/whep/1/7", "https://m.example.com/whep/1", "https://m.example.com/whep/1/7"],
  ["/s/9/viewer/7", "https://m.example.com/eu/s/9/whep", "https://m.example.com/eu/s/9/whep/viewer/7"],
  ["/viewer/7", "https://m.example.com/eu/s/9/?a=b", "https://m.example.com/eu/s/9/viewer/7?a=b"],
  ["/whep/12/viewer/7", "https://m.example.com/whep/1", "https://m.example.com/whep/1/viewer/7"],
  ["viewer/7", "https://m.example.com/whep/1/", "https://m.example.com/whep/1/viewer/7"],
  ["/r/7", "https://m.example.com/whep/1", "https://m.example.com/r/7"],
  ["https://n.example.com/s/viewer/7", "https://m.example.com/whep", "https://n.example.com/s/viewer/7"],
  ["https://m.example.com/s/viewer/7", "https://m.example.com/eu/s", "https://m.example.com/eu/s/viewer/7"],
  ["http://m.example.com:80/s/viewer/7", "https://m.example.com/eu/s", "https://m.example.com/eu/s/viewer/7"],
  ["http://m.example.com/eu/s/7", "https://m.example.com/eu/s", "https://m.example.com/eu/s/7"],
  ["/s/viewer/7?t=1", "https://m.example.com/eu/s?a=b", "https://m.example.com/eu/s/viewer/7?t=1"],
  ["/eu/s/viewer/7", "https://m.example.com/eu/s?a=b", "https://m.example.com/eu/s/viewer/7"],
  ["viewer/7", "https://m.example.com/eu/s", "https://m.example.com/eu/s/viewer/7"],
  ["?viewer=7", "https://m.example.com/eu/s", "https://m.example.com/eu/s?viewer=7"],
  ["/viewer/app/viewer/7", "https://m.example.com/eu/viewer/app", "https://m.example.com/eu/viewer/app/viewer/7"],
  ["http://127.0.0.1:81/v/7", "http://127.0.0.1:80/whep", "http://127.0.0.1:81/v/7"],
]) {
  test(`a viewer at ${location}, let in at ${asked}, is released at ${released}`, () => {
    assert.equal(releaseUrl(location, asked), released);
  });
}

for (const location of [
  null,
  "",
  "https://[",
  "http://n.example.com/viewer/7",
  "http://127.0.0.1:9200/index",
  "https://localhost/viewer/7",
  "ftp://m.example.com/viewer/7",
  "javascript:alert(1)",
]) {
  test(`at ${location} nothing is asked to release anything`, () => {
    assert.equal(releaseUrl(location, "https://m.example.com/whep"), null);
  });
}
