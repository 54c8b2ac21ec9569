import assert from "node:assert/strict";
import test, { after } from "node:test";

import { answerInitClient, answerTo } from "../../../../components/stage/js/sdk/answers.js";
import { serving } from "../serving.mjs";

/** As much of the browser's as `open` needs. */
class Opened {
  /** @param {unknown[]} given */
  open(...given) {
    this.given = given;
  }
}
Object.assign(globalThis, {
  document: { baseURI: "https://page.example.com/app/" },
  XMLHttpRequest: Opened,
});

const media = {
  whepUrl: "https://m.example.com/whep",
  turn: { url: "turn.example.com", username: "u", credential: "c" },
  plainUrl: null,
};
const API = "https://api.example.com/v1/avatar-session";
answerInitClient("s:1", media);

const service = await serving((request, response) => response.end(`${request.method} it was`));
after(() => service.close());

for (const address of [
  `${API}/s:1/init-client`,
  `${API}/s%3A1/init-client?a=b`,
  new URL(`${API}/s:1/init-client`),
  new Request(`${API}/s:1/init-client`, { method: "POST" }),
  "/v1/avatar-session/s:1/init-client",
]) {
  test(`init-client at ${address} is answered by the page`, async () => {
    const answer = answerTo(address);
    assert.deepEqual(JSON.parse((await answer?.text()) ?? ""), { success: true, ...media });
  });
}

for (const address of [
  `${API}/s-2/init-client`,
  `${API}/s:1/end`,
  `${API}/s:1/init-client/more`,
  "https://[",
  undefined,
]) {
  test(`${address} is for the service`, () => assert.equal(answerTo(address), undefined));
}

test("fetch gives the answer, again and again, and asks the service for all else", async () => {
  for (const again of [1, 2]) {
    const answer = await fetch(`${API}/s:1/init-client`, { method: "POST", body: "{}" });
    assert.deepEqual([answer.ok, answer.headers.get("Content-Type")], [true, "application/json"]);
    assert.equal((await answer.json()).whepUrl, media.whepUrl, `${again}`);
  }
  const answer = await fetch(`${service.url}/s-2/init-client`, { method: "POST" });
  assert.equal(await answer.text(), "POST it was");
});

test("so does XMLHttpRequest", async () => {
  const request = new XMLHttpRequest();
  request.open("POST", `${API}/s:1/init-client`);
  const [method, url] = /** @type {any} */ (request).given;
  assert.deepEqual([method, (await (await fetch(url)).json()).whepUrl], ["GET", media.whepUrl]);
  request.open("POST", `${API}/s:1/end`, false);
  assert.deepEqual(/** @type {any} */ (request).given, ["POST", `${API}/s:1/end`, false]);
});
