import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { Channel } from "../../../components/stage/js/channel.js";

/** The browser's, as far as a channel needs it; a test is its server. */
class Socket {
  /** @type {Socket[]} */
  static all = [];
  /** @type {object[]} */
  sent = [];
  onmessage = (/** @type {{data: string}} */ _event) => {};
  onclose = (/** @type {{code: number}} */ _event) => {};

  /** @param {URL} url */
  constructor(url) {
    this.url = url.href;
    Socket.all.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  isClosed = false;

  close() {
    this.isClosed = true;
  }

  /** @param {number} heard @param {number} beat */
  beat(heard, beat = 0) {
    this.show({ beat, heard, within: 0.5 });
  }

  show(view = {}) {
    this.onmessage({ data: JSON.stringify(view) });
  }
}
Object.assign(globalThis, { WebSocket: Socket, document: { baseURI: "https://a.example/app/" } });

/** @typedef {import("../../../components/stage/js/channel.js").Loss} Loss */

/** @param {unknown[]} told @returns {unknown[]} the kinds of losses, each once */
const kinds = (told) => [
  ...new Set(told.map((each) => /** @type {Loss | null} */ (each)?.kind).filter(Boolean)),
];

const START = /** @type {const} */ ({ verb: "start" });
const PLAYING = /** @type {const} */ ({ sight: "playing", sessionId: "s-1" });

beforeEach(() => Socket.all.splice(0));

/** @param {import("node:test").TestContext} t */
function opened(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {unknown[]} */ const told = [];
  const channel = new Channel(
    "stage/channel?nonce=n",
    (view) => told.push(view),
    (loss) => told.push(loss),
    () => told.push("asked for a run"),
  );
  channel.open();
  return { channel, told, newest: () => /** @type {Socket} */ (Socket.all.at(-1)) };
}

test("it is beside the page, and shows what comes", (t) => {
  const { told, newest } = opened(t);
  assert.equal(newest().url, "wss://a.example/app/stage/channel?nonce=n");
  newest().show({ revision: 1 });
  newest().show({ revision: 2 });
  assert.deepEqual(told, [null, { revision: 1 }, { revision: 2 }]);
});

test("what is asked for before it is open is not sent, what was seen is sent then", (t) => {
  const { channel, newest } = opened(t);
  assert.equal(channel.ask(START), false);
  channel.tell(PLAYING);
  newest().show();
  assert.equal(channel.ask(START), true);
  assert.deepEqual(newest().sent, [PLAYING, START]);
});

test("what the server would not read is not sent", (t) => {
  const { channel, newest } = opened(t);
  newest().show();
  assert.equal(channel.ask({ verb: "say", text: "x".repeat(32_768) }), false);
  assert.equal(channel.ask({ verb: "say", text: "x".repeat(5000) }), true);
});

test("no more is kept than is of use", (t) => {
  const { channel, newest } = opened(t);
  for (let n = 0; n < 30; n += 1) channel.tell(PLAYING);
  newest().show();
  assert.equal(newest().sent.length, 20);
});

test("a line that is lost opens again, and is told of after 1.5 s, with the next try", (t) => {
  const { told, newest } = opened(t);
  newest().show();
  newest().onclose({ code: 1006 });
  t.mock.timers.tick(500);
  assert.equal(Socket.all.length, 2);
  newest().onclose({ code: 1006 });
  t.mock.timers.tick(999);
  assert.deepEqual(told, [null, {}]);
  t.mock.timers.tick(1);
  const { kind, since, nextAt } = /** @type {Loss} */ (told[2]);
  assert.deepEqual([kind, Math.round((nextAt ?? 0) - since) >= 1000], ["gone", true]);
  newest().show();
  assert.deepEqual(told.slice(3), [null, {}]);
});

test("a first line that fails is told of as soon as a later one", (t) => {
  const { told, newest } = opened(t);
  t.mock.timers.tick(200);
  newest().onclose({ code: 1006 });
  t.mock.timers.tick(1499);
  assert.deepEqual(kinds(told), []);
  t.mock.timers.tick(1);
  assert.deepEqual(kinds(told), ["gone"]);
});

test("a first line that is slow is told of after 5 s", (t) => {
  const { told } = opened(t);
  t.mock.timers.tick(4999);
  assert.deepEqual(kinds(told), []);
  t.mock.timers.tick(1);
  assert.deepEqual(kinds(told), ["gone"]);
});

test("a click that finds no line is told so at once", (t) => {
  const { channel, told, newest } = opened(t);
  newest().show();
  newest().onclose({ code: 1006 });
  assert.equal(channel.ask(START), false);
  assert.deepEqual(kinds(told), ["gone"]);
});

test("the next try can come at once", (t) => {
  const { channel, newest } = opened(t);
  newest().onclose({ code: 1006 });
  channel.openNow();
  channel.openNow();
  assert.equal(Socket.all.length, 2);
  t.mock.timers.tick(10_000);
  assert.equal(Socket.all.length, 2, "the one that was waited for is not made as well");
});

test("a server that takes a connection and never answers it is tried again", (t) => {
  const { newest } = opened(t);
  const [first] = Socket.all;
  t.mock.timers.tick(10_000);
  assert.equal(first.isClosed, true);
  newest().onclose({ code: 1006 });
  t.mock.timers.tick(500);
  assert.equal(Socket.all.length, 2);
});

test("a server that knows this page no more is told of a run, a few times", (t) => {
  const { told, newest } = opened(t);
  for (let n = 0; n < 12; n += 1) {
    newest().onclose({ code: 1008 });
    t.mock.timers.tick(8000);
  }
  assert.equal(told.filter((each) => each === "asked for a run").length, 8);
  assert.deepEqual(kinds(told), ["refused"]);
});

test("a server that sends no beat in time hangs, until the next one comes", (t) => {
  const { channel, told, newest } = opened(t);
  newest().show();
  newest().beat(0);
  for (let n = 0; n < 4; n += 1) {
    t.mock.timers.tick(1000);
    newest().beat(0);
  }
  assert.deepEqual(kinds(told), []);
  t.mock.timers.tick(1400);
  t.mock.timers.tick(250);
  assert.deepEqual(kinds(told), ["hung"]);
  assert.equal(channel.hangs, true);
  newest().beat(0);
  assert.equal(channel.hangs, false);
  assert.equal(told.at(-1), null);
});

test("a look that was late itself waits for what comes behind it", (t) => {
  const { told, newest } = opened(t);
  newest().show();
  newest().beat(0);
  t.mock.timers.tick(1500);
  newest().beat(0);
  t.mock.timers.tick(300);
  assert.deepEqual(kinds(told), []);
});

test("a verb that finds no answer is told of, with its name", (t) => {
  const { channel, told, newest } = opened(t);
  newest().show();
  channel.ask({ verb: "say", text: "Hello." });
  t.mock.timers.tick(1500);
  t.mock.timers.tick(250);
  const loss = /** @type {Loss} */ (told.at(-1));
  assert.deepEqual([loss.kind, loss.asked], ["hung", "say"]);
  newest().beat(1);
  channel.ask({ verb: "say", text: "Again." });
  newest().beat(2);
  t.mock.timers.tick(500);
  assert.equal(told.at(-1), null);
});

test("it is known since when the server answers, and that it does not", (t) => {
  const { channel, newest } = opened(t);
  newest().show();
  newest().beat(0);
  const opening = channel.answeredAt;
  channel.ask(START);
  newest().beat(0);
  assert.equal(channel.answeredAt, Infinity);
  newest().beat(1);
  const answer = channel.answeredAt;
  assert.ok(opening < answer && answer <= performance.now());
  newest().beat(1);
  assert.equal(channel.answeredAt, answer);
  t.mock.timers.tick(1400);
  t.mock.timers.tick(250);
  assert.equal(channel.answeredAt, Infinity);
  newest().beat(1);
  assert.ok(answer < channel.answeredAt && channel.answeredAt <= performance.now());
});

test("a verb says when it was asked for, by the server's clock", (t) => {
  const { channel, newest } = opened(t);
  newest().show();
  newest().beat(0, 5000);
  channel.ask(START);
  const [{ verb, at }] = /** @type {{verb: string, at: number}[]} */ (newest().sent);
  assert.equal(verb, "start");
  assert.ok(at >= 5000 && at < 5010);
});

test("a channel that is closed opens no more", (t) => {
  const { channel, newest } = opened(t);
  newest().onclose({ code: 1006 });
  channel.close();
  t.mock.timers.tick(60_000);
  assert.equal(Socket.all.length, 1);
});
