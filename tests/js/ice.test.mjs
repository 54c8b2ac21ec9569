import assert from "node:assert/strict";
import test from "node:test";

import { iceServers, peerConfiguration } from "../../components/stage/ice.js";

const turn = { username: "u", credential: "c" };

test("a bare TURN host stands for four addresses, UDP first and TLS last", () => {
  assert.deepEqual(iceServers({ url: "turn.example.com", ...turn }), [
    {
      urls: [
        "turn:turn.example.com:80?transport=udp",
        "turn:turn.example.com:443?transport=udp",
        "turn:turn.example.com:80?transport=tcp",
        "turns:turn.example.com:443?transport=tcp",
      ],
      ...turn,
    },
  ]);
});

test("a TURN address that is whole is left as it is", () => {
  const url = "turns:turn.example.com:5349?transport=tcp";
  assert.deepEqual(iceServers({ url, ...turn }), [{ urls: [url], ...turn }]);
});

test("no TURN, or one without an address, is no server", () => {
  assert.deepEqual(iceServers(null), []);
  assert.deepEqual(iceServers({ url: "", username: "", credential: "" }), []);
});

for (const [url, firefox, policy] of /** @type {[string, boolean, string][]} */ ([
  ["turn.example.com", false, "relay"],
  ["turn.example.com", true, "all"],
  ["", false, "all"],
  ["", true, "all"],
])) {
  test(`with TURN "${url}" and Firefox ${firefox} the media may come by: ${policy}`, () => {
    const { iceTransportPolicy, bundlePolicy } = peerConfiguration({ url, ...turn }, firefox);
    assert.equal(iceTransportPolicy, policy);
    assert.equal(bundlePolicy, "max-bundle");
  });
}
