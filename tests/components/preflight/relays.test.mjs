import assert from "node:assert/strict";
import test from "node:test";

import { wayTo } from "../../../components/preflight/js/relays.js";

for (const [url, way] of /** @type {[string, string][]} */ ([
  ["turn:turn.example.com:80?transport=udp", "UDP port 80"],
  ["turn:turn.example.com:443?transport=tcp", "TCP port 443"],
  ["turns:turn.example.com:443?transport=tcp", "TLS over TCP port 443"],
  ["turn:turn.example.com", "UDP port 3478"],
  ["turns:turn.example.com", "TLS over TCP port 5349"],
])) {
  test(`the way to ${url} is called ${way}`, () => {
    assert.equal(wayTo(url), way);
  });
}
