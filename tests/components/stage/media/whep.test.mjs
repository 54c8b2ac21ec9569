import assert from "node:assert/strict";
import test, { afterEach, beforeEach } from "node:test";

import { Whep } from "../../../../components/stage/js/media/whep.js";
import { serving } from "../serving.mjs";

/** The browser's, as far as WHEP needs it: nothing is gathered, nothing travels. */
class Peer extends EventTarget {
  /** @type {Peer[]} */
  static all = [];
  iceGatheringState = "gathering";
  connectionState = "new";
  localDescription = { sdp: "an offer" };
  /** @type {RTCConfiguration} */
  configuration = {};
  isClosed = false;

  constructor() {
    super();
    Peer.all.push(this);
  }

  addTransceiver() {}
  async createOffer() {}
  async setLocalDescription() {}
  async setRemoteDescription() {}
  getReceivers = () => [];
  getStats = async () => new Map();
  getConfiguration = () => ({ iceServers: [] }); // so that no candidate is waited for

  /** @param {RTCConfiguration} configuration */
  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  close() {
    this.isClosed = true;
  }

  fail() {
    this.connectionState = "failed";
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}
const listening = new EventTarget();
Object.assign(globalThis, {
  RTCPeerConnection: Peer,
  MediaStream: Array,
  addEventListener: listening.addEventListener.bind(listening),
  removeEventListener: listening.removeEventListener.bind(listening),
});

/** @type {Awaited<ReturnType<typeof serving>>} */ let service;
/** @type {string[]} */ let requests;
/** @type {number[]} what offers are answered, one after the other; then 201 */ let statuses;
/** @type {unknown[]} */ let told;
/** @type {() => void} */ let onNews;
let url = "";

beforeEach(async () => {
  requests = [];
  statuses = [];
  told = [];
  onNews = () => {};
  Peer.all.splice(0);
  service = await serving((request, response) => {
    request.resume();
    requests.push(`${request.method} ${request.url}`);
    const status = request.method === "DELETE" ? 200 : (statuses.shift() ?? 201);
    response.writeHead(status, { Location: "/viewer/7" });
    response.end("an answer");
    onNews();
  });
  url = `${service.url}/live/whep`;
});

afterEach(() => service.close());

/** @param {import("../../../../components/stage/js/media/ice.js").Turn | null} turn */
function started(turn = null) {
  const tell = (/** @type {unknown} */ it) => {
    told.push(it);
    onNews();
  };
  const whep = new Whep(
    { url, turn },
    {
      onStream: () => tell("stream"),
      onState: tell,
      onRefused: ({ status }) => tell(`refused ${status}`),
      onFailed: ({ status }) => tell(`gave up ${status}`),
    },
  );
  whep.start();
  return whep;
}

/** @param {() => unknown} condition of what is told or asked */
const until = (condition) =>
  new Promise((resolve) => {
    onNews = () => condition() && resolve(null);
    onNews();
  });

test("the place of the viewer is given back, once, when it stops", async () => {
  const whep = started();
  await until(() => told.includes("stream"));
  whep.stop();
  whep.stop();
  await until(() => requests.length > 1);
  assert.deepEqual(requests, ["POST /live/whep", "DELETE /live/whep/viewer/7"]);
  assert.deepEqual(told, ["connecting", "stream", "closed"]);
  assert.ok(Peer.all[0].isClosed);
});

for (const status of [404, 410, 415]) {
  test(`after ${status} it gives up`, async () => {
    statuses = [status];
    started();
    await until(() => told.includes("failed"));
    assert.deepEqual(told, ["connecting", `gave up ${status}`, "failed"]);
    assert.equal(requests.length, 1);
  });
}

test("after a bad moment it asks again", async () => {
  statuses = [503];
  const whep = started();
  await until(() => told.includes("stream"));
  whep.stop();
  assert.deepEqual(told.slice(0, -1), ["connecting", "refused 503", "connecting", "connecting", "stream"]);
});

test("a relay that leads nowhere is followed by every way, and then it is said", async () => {
  const whep = started({ url: "turn.example.com" });
  await until(() => told.includes("stream"));
  Peer.all[0].fail();
  await until(() => told.filter((each) => each === "stream").length === 2);
  Peer.all[1].fail();
  whep.stop();
  const policies = Peer.all.map(({ configuration }) => configuration.iceTransportPolicy);
  assert.deepEqual(policies, ["relay", "all"]);
  assert.deepEqual(told.filter((each) => String(each).startsWith("refused")), ["refused undefined"]);
});

test("a page that goes away hangs up", async () => {
  const whep = started();
  await until(() => told.includes("stream"));
  listening.dispatchEvent(new Event("pagehide"));
  await until(() => requests.length > 1);
  assert.equal(requests[1], "DELETE /live/whep/viewer/7");
  whep.stop();
});
