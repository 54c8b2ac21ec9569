import assert from "node:assert/strict";
import test from "node:test";

import { pictureAt, picturesIn, withPictures } from "../../../components/slides/js/frame.js";

const PICTURE = "data:image/webp;base64,UklGRg==";
const pictures = new Map([["1.webp", PICTURE], ["my pic.webp", PICTURE]]);

for (const name of ["1.webp", "./1.webp", "my pic.webp", "my%20pic.webp", PICTURE]) {
  test(`${name} is a picture of the deck`, () => assert.equal(pictureAt(name, pictures), PICTURE));
}

for (const address of [
  "http://a.example/1.webp",
  "//a.example/1.webp",
  "/1.webp",
  "../1.webp",
  "file:///1.webp",
  "javascript:alert(1)",
  "data:text/html,<script>",
  'data:image/png," onerror=',
  "data:image/svg+xml,<svg>",
  "%",
  "__proto__",
  "",
]) {
  test(`${address} is dropped`, () => assert.equal(pictureAt(address, pictures), undefined));
}

for (const [css, kept] of /** @type {[string, string][]} */ ([
  ["a { background: url(1.webp) }", `a { background: url("${PICTURE}") }`],
  ["a { background: url('1.webp') }", `a { background: url("${PICTURE}") }`],
  ['a { background: URL("./1.webp") }', `a { background: url("${PICTURE}") }`],
  ['a { background: url("http://a.example/") }', "a { background: none }"],
  ["a { background: url(//a.example/) }", "a { background: none }"],
  ['a { background: image-set(url("http://a.example/") 1x) }', "a { background: image-set(none 1x) }"],
  ["a { background: url(http://a.example/", "a { background: none"],
  ['@import "http://a.example/"; a { color: red }', " a { color: red }"],
  ["@import url(http://a.example/); a { color: red }", " a { color: red }"],
  ["a { color: red }", "a { color: red }"],
])) {
  test(`${css} becomes ${kept}`, () => assert.equal(withPictures(css, pictures), kept));
}

for (const part of ["url(", "url( ", 'url("', "url('", "@import ", "url(\"'", " "]) {
  test(`a text of nothing but ${JSON.stringify(part)} takes no longer than it is long`, () => {
    const began = performance.now();
    withPictures(part.repeat(200_000), pictures);
    assert.ok(performance.now() - began < 2000);
  });
}

test("the pictures of a text are found in it", () => {
  assert.deepEqual(picturesIn(withPictures("url(1.webp) url(x) url('my%20pic.webp')", pictures)), [PICTURE, PICTURE]);
});
