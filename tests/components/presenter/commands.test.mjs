import assert from "node:assert/strict";
import test from "node:test";

import { commandOf } from "../../../components/presenter/js/commands.js";
import { slideText } from "../../../components/presenter/js/thumbnails.js";
import { figureText, withFigure } from "../../../components/presenter/js/turn_figures.js";
import { SAID, message } from "./message.mjs";

test("one button holds a show that goes on, and lets one that is held go on", () => {
  assert.deepEqual(commandOf("hold", message({ goesOn: true }), false), { verb: "hold" });
  assert.deepEqual(commandOf("hold", message(), false), { verb: "go" });
  assert.deepEqual(commandOf("hold", message({ pauses: 2 }), false), { verb: "hold" });
});

test("while a single line is said, the button lets the show go on after it", () => {
  assert.deepEqual(commandOf("hold", message({ said: SAID }), false), { verb: "go" });
});

test("Silence pressed again plays on where all is silent, and else silences again", () => {
  assert.deepEqual(commandOf("silence", message(), true), { verb: "go" });
  assert.deepEqual(commandOf("silence", message(), false), { verb: "silence" });
  assert.deepEqual(commandOf("silence", message({ said: SAID }), true), { verb: "silence" });
  assert.deepEqual(commandOf("silence", message({ goesOn: true }), true), { verb: "silence" });
});

test("the first and the last slide are jumped to", () => {
  assert.deepEqual(commandOf("first", message(), false), { verb: "jump", slide: 0 });
  assert.deepEqual(commandOf("last", message({ slides: 7 }), false), { verb: "jump", slide: 6 });
  assert.deepEqual(commandOf("last", message({ slides: 0 }), false), { verb: "jump", slide: 0 });
});

test("the look's keys choose one, or the next one, and begin anew after the last", () => {
  const { look } = message();
  const last = message({ look: { ...look, layout: "voice", backdrop: "blur" } });
  assert.deepEqual(commandOf("layout-corner", last, false), { verb: "look", layout: "corner" });
  assert.deepEqual(commandOf("layout", last, false), { verb: "look", layout: "avatar" });
  assert.deepEqual(commandOf("backdrop", last, false), { verb: "look", backdrop: "room" });
  assert.deepEqual(commandOf("captions", last, false), { verb: "look", captions: false });
});

test("a step is asked for as it is", () => {
  for (const verb of /** @type {const} */ (["next", "back", "again", "skip", "go"])) {
    assert.deepEqual(commandOf(verb, message(), false), { verb });
  }
});

test("a slide is called by its number from 1, and by its title if it has one", () => {
  assert.deepEqual([slideText(0, "Welcome"), slideText(1, "")], ["1 · Welcome", "Slide 2"]);
});

test("the figures are those of the newest lines, each line once", () => {
  const first = { number: 1, accepted: 0.1, heard: null };
  let figures = withFigure([], first);
  figures = withFigure(figures, { ...first, heard: 0.62 });
  assert.deepEqual(figures.map(figureText), ["accepted 0.10 s · heard 0.62 s"]);
  for (let number = 2; number < 9; number += 1) figures = withFigure(figures, { number, accepted: null, heard: null });
  assert.deepEqual(figures.map(({ number }) => number), [8, 7, 6, 5, 4]);
  assert.equal(withFigure(figures, null), figures);
  assert.equal(figureText(figures[0]), "accepted … · heard …");
});
