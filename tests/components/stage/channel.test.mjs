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

  close() {}

  show(view = {}) {
    this.onmessage({ data: JSON.stringify(view) });
  }
}
Object.assign(globalThis, { WebSocket: Socket, document: { baseURI: "https://a.example/app/" } });

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

test("a line that is lost opens again, and is told of after 10 s", (t) => {
  const { channel, told, newest } = opened(t);
  newest().show();
  newest().onclose({ code: 1006 });
  assert.equal(channel.ask(START), false);
  t.mock.timers.tick(500);
  assert.equal(Socket.all.length, 2);
  t.mock.timers.tick(9499);
  assert.deepEqual(told, [null, {}]);
  t.mock.timers.tick(1);
  newest().show();
  assert.deepEqual(told, [null, {}, "unreachable", null, {}]);
});

test("a server that knows this page no more is told of a run, a few times", (t) => {
  const { told, newest } = opened(t);
  for (let n = 0; n < 12; n += 1) {
    newest().onclose({ code: 1008 });
    t.mock.timers.tick(8000);
  }
  assert.equal(told.filter((each) => each === "asked for a run").length, 8);
  assert.ok(told.includes("refused"));
});

test("a channel that is closed opens no more", (t) => {
  const { channel, newest } = opened(t);
  newest().onclose({ code: 1006 });
  channel.close();
  t.mock.timers.tick(60_000);
  assert.equal(Socket.all.length, 1);
});
