import assert from "node:assert/strict";
import test from "node:test";

import { newsOf, standingOf } from "../../../components/presenter/js/state.js";
import { SAID, message } from "./message.mjs";

/** @typedef {import("../../../components/presenter/js/protocol.js").DeskMessage} Message */

/** @param {Partial<Message>} changes */
const standing = (changes) => standingOf(message(changes), null);

test("each state of a show has a word of its own", () => {
  const words = [
    { phase: /** @type {const} */ ("idle") },
    { phase: /** @type {const} */ ("connecting") },
    { phase: /** @type {const} */ ("ending") },
    { phase: /** @type {const} */ ("error") },
    { said: SAID, goesOn: true },
    { said: SAID },
    { stopped: true },
    { pauses: 2, goesOn: true },
    { waits: true },
    { over: true },
    {},
  ].map((changes) => standing(changes).word);
  assert.equal(new Set(words).size, words.length);
});

test("a show that is held says what to press", () => {
  assert.equal(standing({}).sentence, "Held: press Go to play on, or Next for one line.");
  assert.match(standing({ waits: true }).sentence, /waits for you.*Go.*Next/);
});

test("without a session it is said how to start one", () => {
  assert.match(standing({ phase: "idle" }).sentence, /Start Avatar/);
});

test("the server's own sentence is told where it has one", () => {
  const notice = "Start the avatar first.";
  assert.equal(standing({ phase: "idle", stopped: true, notice }).sentence, notice);
  assert.equal(standing({ phase: "error", problem: notice }).sentence, notice);
  assert.equal(standing({ said: SAID, problem: notice }).sentence, notice);
});

test("a line that failed is told with what to do, also without the server's sentence", () => {
  assert.equal(standing({ stopped: true }).sentence, "The line was not said. Press Go to say it again, or Skip.");
  const notice = "It was refused.";
  assert.equal(standing({ stopped: true, notice }).sentence, "It was refused. Press Go to say it again, or Skip.");
});

test("a server that does not answer is told before all else", () => {
  const { name, sentence } = standingOf(message({ stopped: true }), { kind: "hung" });
  assert.equal(name, "lost");
  assert.match(sentence, /This server does not answer/);
});

test("a screen reader is told a change once, and not each line", () => {
  const plays = standing({ said: SAID, goesOn: true });
  const next = standing({ said: { ...SAID, text: "Next." }, goesOn: true });
  assert.deepEqual(newsOf(plays, next), []);
  assert.deepEqual(newsOf(plays, standing({})), ["Held."]);
  assert.deepEqual(newsOf(standing({}), standing({})), []);
  assert.deepEqual(newsOf(plays, standing({ waits: true })), ["The show waits for you."]);
});

test("what has failed is told to a screen reader with its sentence", () => {
  const stopped = standing({ stopped: true, notice: "No answer came." });
  assert.deepEqual(newsOf(standing({}), stopped), ["Stopped: No answer came. Press Go to say it again, or Skip."]);
});

test("what is there when the page opens is no news", () => {
  assert.deepEqual(newsOf(null, standing({})), []);
});
