import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";

import { Calls } from "../../../../components/stage/js/sdk/calls.js";
import { serving } from "../serving.mjs";

const values = { ks: "a-ks", token: "jwt", sessionId: "s-1", turnId: "turn-1", text: "Hello there." };
const faces = { avatarId: "ava", voiceId: "warm" };
const session = { sessionId: values.sessionId, token: values.token };

/** @type {Awaited<ReturnType<typeof serving>>} */ let service;
/** @type {import("node:http").IncomingMessage[]} */ let requests = [];
/** @type {Buffer[]} */ let bodies = [];
/** @type {object} what every request is answered */ let answer = {};
/** @type {Calls} */ let calls;

before(async () => {
  service = await serving(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push(request);
    bodies.push(Buffer.concat(chunks));
    response.end(JSON.stringify(answer));
  });
  calls = new Calls(`${service.url}/v1/avatar-session`);
});

after(() => service.close());

/**
 * The page of this call in simulator/contract, with our values where their names are.
 * @param {string} name
 */
function pinned(name) {
  const page = readFileSync(new URL(`../../../../simulator/contract/${name}.json`, import.meta.url), "utf8");
  const found = Object.entries({ ...values, ...faces });
  return JSON.parse(found.reduce((text, [key, value]) => text.replaceAll(`<${key}>`, value), page));
}

/**
 * What `send` has sent, once it was answered as pinned.
 * @param {string} name
 * @param {() => Promise<unknown>} send
 */
async function sent(name, send) {
  const { request, answer: expected } = pinned(name);
  requests = [];
  bodies = [];
  answer = expected.json;
  assert.deepEqual(await send(), expected.json);
  assert.equal(requests.length, 1);
  const [{ method, url, headers }] = requests;
  assert.equal(method, request.method);
  assert.equal(url, request.path);
  assert.equal(headers.authorization, request.headers.Authorization);
  const type = headers["content-type"] ?? "";
  assert.equal(type.split(";")[0], request.headers["Content-Type"]);
  return { request, type, body: bodies[0] };
}

const jsonCalls = /** @type {const} */ (["init-client", "interrupt", "keep-alive", "end"]);
for (const call of jsonCalls) {
  test(`${call} leaves the browser as pinned`, async () => {
    const { request, body } = await sent(call, () => calls.post(session, call));
    assert.deepEqual(JSON.parse(String(body)), request.json);
  });
}

test("say-text leaves the browser as pinned", async () => {
  const turn = { text: values.text, turnId: values.turnId, isFinal: true };
  const { request, body } = await sent("say-text", () => calls.post(session, "say-text", turn));
  assert.deepEqual(JSON.parse(String(body)), request.json);
});

test("say-audio leaves the browser as pinned", async () => {
  const form = new FormData();
  form.set("turnId", values.turnId);
  form.set("duration", "1.250");
  form.set("audio", new Blob(["mp3"], { type: "audio/mpeg" }), "audio");
  const { request, type, body } = await sent("say-audio", () =>
    calls.post(session, "say-audio", form),
  );
  const parts = await new Response(new Uint8Array(body), { headers: { "Content-Type": type } }).formData();
  const { audio, ...fields } = request.multipart;
  assert.deepEqual([...parts.keys()], Object.keys(request.multipart));
  for (const [name, value] of Object.entries(fields)) assert.equal(parts.get(name), value);
  const file = /** @type {File} */ (parts.get("audio"));
  assert.deepEqual([file.name, file.type, await file.text()], [audio.filename, audio.type, "mp3"]);
});

test("create leaves the browser as pinned, but for the speed", async () => {
  const { request, body } = await sent("create", () => calls.create(faces, values.ks));
  delete request.json.voiceConfig.speed;
  assert.deepEqual(JSON.parse(String(body)), request.json);
});
