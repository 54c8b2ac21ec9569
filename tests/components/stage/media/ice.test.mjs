import assert from "node:assert/strict";
import test from "node:test";

import { configure, firstPolicy, gatherEnough, iceServers, isCutOff } from "../../../../components/stage/js/media/ice.js";

const turn = { username: "u", credential: "c" };

const FOUR = [
  "turn:turn.example.com:80?transport=udp",
  "turn:turn.example.com:443?transport=udp",
  "turn:turn.example.com:80?transport=tcp",
  "turns:turn.example.com:443?transport=tcp",
];

for (const [url, urls] of /** @type {[string, string[]][]} */ ([
  ["turn.example.com", FOUR],
  ["turn.example.com/", FOUR],
  ["turn:turn.example.com", FOUR],
  ["turns:turn.example.com/", FOUR],
  ["turn:turn.example.com?transport=tcp", FOUR],
  ["turn:turn.example.com:3478", ["turn:turn.example.com:3478"]],
  ["turn.example.com:3478/", ["turn:turn.example.com:3478"]],
  ["turns:turn.example.com:5349?transport=tcp", ["turns:turn.example.com:5349?transport=tcp"]],
  ["stun:stun.example.com", ["stun:stun.example.com"]],
  [" turn.example.com\n", FOUR],
  ["turn:turn.example.com/?transport=udp", FOUR],
  ["turns://turn.example.com", FOUR],
  ["TURN:turn.example.com", FOUR],
  ["TURNS:turn.example.com:443/?transport=tcp", ["turns:turn.example.com:443?transport=tcp"]],
  ["turn:10.0.0.1:80", ["turn:10.0.0.1:80"]],
  ["turn:[2001:db8::1]:80?transport=udp", ["turn:[2001:db8::1]:80?transport=udp"]],
  ...["[2001:db8::1]", "2001:db8::1", "turn:2001:db8::1/"].map(
    (url) => /** @type {[string, string[]]} */ ([
      url,
      FOUR.map((each) => each.replace("turn.example.com", "[2001:db8::1]")),
    ]),
  ),
])) {
  test(`a TURN server at ${url} is asked at ${urls}`, () => {
    assert.deepEqual(iceServers({ url, ...turn }), [{ urls, ...turn }]);
  });
}

test("a TURN server that names nobody is opened with the vendor's own login", () => {
  const [{ username, credential }] = iceServers({ url: "turn.example.com" });
  assert.deepEqual([username, credential], ["kaltura", "avatar"]);
});

test("no TURN, or one without an address, is no server", () => {
  assert.deepEqual(iceServers(null), []);
  for (const url of ["", " ", "turn:", "/"]) assert.deepEqual(iceServers({ url, ...turn }), []);
});

for (const [url, firefox, policy] of /** @type {[string, boolean, string][]} */ ([
  ["turn.example.com", false, "relay"],
  ["turn.example.com", true, "all"],
  ["", false, "all"],
  ["", true, "all"],
])) {
  test(`with TURN "${url}" and Firefox ${firefox} the media may first come by: ${policy}`, () => {
    assert.equal(firstPolicy({ url, ...turn }, firefox), policy);
  });
}

for (const [objects, urls] of /** @type {[boolean, string[]][]} */ ([
  [false, ["turn:t:80?transport=udp", "turn:t:80?transport=tcp", "turns:t:443?transport=tcp"]],
  [true, ["turn:t:80", "turns:t:443"]],
])) {
  test(`a browser that objects to "?transport=" (${objects}) gets ${urls}`, () => {
    /** @type {RTCConfiguration[]} */ const set = [];
    const peer = /** @type {RTCPeerConnection} */ ({
      setConfiguration(configuration) {
        const given = configuration?.iceServers?.flatMap((server) => server.urls) ?? [];
        if (objects && given.some((url) => url.includes("?"))) throw new SyntaxError("query");
        set.push(configuration ?? {});
      },
    });
    const all = ["turn:t:80?transport=udp", "turn:t:80?transport=tcp", "turns:t:443?transport=tcp"];
    configure(peer, [{ urls: all, ...turn }], "relay");
    assert.deepEqual(set, [
      { bundlePolicy: "max-bundle", iceServers: [{ urls, ...turn }], iceTransportPolicy: "relay" },
    ]);
  });
}

test("an address that a browser will not take in any form is no relay", () => {
  /** @type {RTCConfiguration[]} */ const set = [];
  const peer = /** @type {RTCPeerConnection} */ ({
    setConfiguration(configuration) {
      if (configuration?.iceServers?.length) throw new SyntaxError("host");
      set.push(configuration ?? {});
    },
  });
  configure(peer, [{ urls: ["turn:not a host:80?transport=udp"], ...turn }], "relay");
  assert.deepEqual(set, [{ bundlePolicy: "max-bundle", iceServers: [], iceTransportPolicy: "all" }]);
});

/**
 * As much of a connection as gathering needs: its servers, its state, and what it has found.
 * @param {{servers?: number, state?: RTCIceGatheringState, candidates?: string[]}} facts
 */
function gathering({ servers = 1, state = "gathering", candidates = [] }) {
  const peer = Object.assign(new EventTarget(), {
    iceGatheringState: state,
    localDescription: { sdp: candidates.map((line) => `a=candidate:${line}\r\n`).join("") },
    getConfiguration: () => ({ iceServers: Array(servers).fill({ urls: "turn:t" }) }),
  });
  return /** @type {RTCPeerConnection} */ (/** @type {unknown} */ (peer));
}

/**
 * @param {RTCPeerConnection} peer
 * @param {string | null} type of a candidate; null is the end of the gathering
 */
const found = (peer, type) =>
  peer.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: type && { type } }));

test("without ICE servers nothing is waited for", async () => {
  await gatherEnough(gathering({ servers: 0 }));
});

for (const type of ["relay", "srflx", null]) {
  test(`the first candidate that is "${type}" is waited for, and no other`, async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const peer = gathering({});
    let done = false;
    const gathered = gatherEnough(peer).then(() => (done = true));
    found(peer, "host");
    await Promise.resolve();
    assert.equal(done, false);
    found(peer, type);
    await gathered;
  });
}

test("a TURN server that is silent is waited for 1.5 s and no longer", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let done = false;
  const gathered = gatherEnough(gathering({})).then(() => (done = true));
  t.mock.timers.tick(1499);
  await Promise.resolve();
  assert.equal(done, false);
  t.mock.timers.tick(1);
  await gathered;
});

const RELAY = "1 1 udp 41885439 127.0.0.1 50000 typ relay raddr 0.0.0.0 rport 0";
const ACTIVE_TCP = "2 1 tcp 1518280447 10.0.0.2 9 typ host tcptype active";

for (const [state, candidates, cutOff] of /** @type {[RTCIceGatheringState, string[], boolean][]} */ ([
  ["new", [], false],
  ["gathering", [], false],
  ["complete", [], true],
  ["complete", [ACTIVE_TCP], true],
  ["complete", [ACTIVE_TCP, RELAY], false],
])) {
  test(`gathering ${state} with ${candidates.length} candidates: cut off is ${cutOff}`, () => {
    assert.equal(isCutOff(gathering({ state, candidates })), cutOff);
  });
}
