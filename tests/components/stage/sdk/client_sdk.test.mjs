import assert from "node:assert/strict";
import test, { afterEach, beforeEach } from "node:test";

import { KalturaAvatarSession, constructorArguments } from "../../../../components/stage/js/sdk/client_sdk.js";
import { serving } from "../serving.mjs";

/** @typedef {{status: number, body?: unknown, headers?: Record<string, string>}} Answer */

const credentials = { sessionId: "s-1", token: "jwt" };
const retryConfig = { initialDelayMs: 1, maxDelayMs: 1 };

/** @type {Awaited<ReturnType<typeof serving>>} */ let service;
/** @type {{method?: string, path?: string, authorization?: string, body: string}[]} */
let requests;
/** @type {Answer[]} what is answered, one after the other; then success */ let answers;
let baseUrl = "";

beforeEach(async () => {
  requests = [];
  answers = [];
  service = await serving(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, url: path, headers } = request;
    requests.push({ method, path, authorization: headers.authorization, body });
    const answer = answers.shift() ?? { status: 200, body: { success: true } };
    response.writeHead(answer.status, answer.headers);
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  baseUrl = `${service.url}/v1/avatar-session`;
});

afterEach(() => service.close());

/** A session that knows its credentials, and keeps what it told its listeners. */
async function refusedSession() {
  answers.push({ status: 404, body: { success: false, error: "Session not found" } });
  const session = new KalturaAvatarSession({ baseUrl, retryConfig, logLevel: "none" });
  await assert.rejects(session.initSession(credentials));
  requests = [];
  return session;
}

test("the documented constructor forms are the same session", () => {
  const config = { baseUrl: "https://api.example.com" };
  assert.deepEqual(constructorArguments("ks", config), { apiKey: "ks", config });
  assert.deepEqual(constructorArguments(undefined, config), { apiKey: undefined, config });
  assert.deepEqual(constructorArguments(config), { apiKey: undefined, config });
});

test("without a base URL there is no session", () => {
  assert.throws(() => constructorArguments("ks"), /baseUrl/);
  assert.throws(() => constructorArguments({}), /baseUrl/);
});

test("a new session is idle and disconnected", () => {
  const session = new KalturaAvatarSession({ baseUrl });
  assert.equal(session.getSessionState(), "IDLE");
  assert.equal(session.getConnectionState(), "DISCONNECTED");
});

test("an attach that is refused is told three ways: state, event, rejection", async () => {
  answers.push({ status: 401, body: { success: false, error: "Invalid or expired token" } });
  const session = new KalturaAvatarSession(undefined, { baseUrl, logLevel: "none" });
  /** @type {unknown[]} */ const told = [];
  session.on("stateChange", (/** @type {string} */ state) => told.push(state));
  session.on("error", (/** @type {unknown} */ error) => told.push(error));
  const message = "init-client was answered 401: Invalid or expired token";
  await assert.rejects(session.initSession(credentials), { code: 401, message });
  assert.deepEqual(told, ["CREATING", "ERROR", { code: 401, message }]);
  const path = "/v1/avatar-session/s-1/init-client";
  assert.deepEqual(requests, [{ method: "POST", path, authorization: "Bearer jwt", body: "{}" }]);
});

for (const status of [429, 503]) {
  test(`${status} says that nothing was done, so the call is repeated`, async () => {
    const session = await refusedSession();
    answers.push({ status, headers: { "Retry-After": "0" } });
    await session.interrupt();
    assert.equal(requests.length, 2);
  });
}

for (const status of [400, 401, 403, 404, 410, 500, 502, 504]) {
  test(`${status} may have been done or never will be, so the call is not repeated`, async () => {
    const session = await refusedSession();
    answers.push({ status, body: "<html>" });
    await assert.rejects(session.sayText("Hello"), { code: status });
    assert.equal(requests.length, 1);
  });
}

test("retries end", async () => {
  const session = await refusedSession();
  answers.push(...Array.from({ length: 9 }, () => ({ status: 503 })));
  await assert.rejects(session.interrupt(), { code: 503 });
  assert.equal(requests.length, 3);
});

test("an answer that is not the documented shape is an error", async () => {
  const session = await refusedSession();
  answers.push({ status: 200, body: "<html>hello" });
  await assert.rejects(session.interrupt(), /not the documented shape/);
});

test("a service that does not answer is told with its address, and without the token", async () => {
  const session = await refusedSession();
  await service.close();
  await assert.rejects(session.interrupt(), (/** @type {Error} */ error) => {
    assert.match(error.message, /got no answer from http:\/\/127\.0\.0\.1/);
    assert.doesNotMatch(error.message, /jwt/);
    return true;
  });
});

test("sayText is a whole turn with an id of its own", async () => {
  const session = await refusedSession();
  await session.sayText("Hello");
  await session.sayText("Hello");
  const turns = requests.map(({ body }) => JSON.parse(body));
  assert.deepEqual(turns.map(({ text, isFinal }) => [text, isFinal]), [["Hello", true], ["Hello", true]]);
  assert.notEqual(turns[0].turnId, turns[1].turnId);
});

test("sayAudio is a form with turn, duration and sound", async () => {
  const session = await refusedSession();
  await session.sayAudio(new Blob(["abc"], { type: "audio/mpeg" }), "t-1", 1.5);
  assert.equal(requests[0].path, "/v1/avatar-session/s-1/say-audio");
  assert.match(requests[0].body, /name="turnId"\r\n\r\nt-1\r\n/);
  assert.match(requests[0].body, /name="duration"\r\n\r\n1.5\r\n/);
  assert.match(requests[0].body, /name="audio"; filename="blob"\r\nContent-Type: audio\/mpeg\r\n\r\nabc/);
});

for (const status of [200, 404, 410]) {
  test(`end is answered ${status}: ended, and ending again asks nobody`, async () => {
    const session = await refusedSession();
    answers.push({ status, body: { success: status === 200 } });
    await session.endSession();
    await session.endSession();
    assert.equal(session.getSessionState(), "ENDED");
    assert.deepEqual(requests.map(({ path }) => path), ["/v1/avatar-session/s-1/end"]);
  });
}

test("a session that is closed is left to the server that ends it", async () => {
  const session = await refusedSession();
  session.close();
  await session.endSession();
  assert.equal(session.getSessionState(), "ENDED");
  assert.deepEqual(requests, []);
});

test("a listener that throws does not silence the next, and off takes one away", async () => {
  const session = new KalturaAvatarSession({ baseUrl, logLevel: "none" });
  /** @type {string[]} */ const told = [];
  const taken = () => told.push("taken away");
  session.on("stateChange", taken);
  session.on("stateChange", () => {
    throw new Error("of the test");
  });
  session.on("stateChange", (/** @type {string} */ state) => told.push(state));
  session.off("stateChange", taken);
  await session.endSession();
  assert.deepEqual(told, ["ENDED"]);
});

test("with the answer to init-client at hand, it is not asked for", async () => {
  const session = new KalturaAvatarSession({ baseUrl, logLevel: "none" });
  const media = { whepUrl: `${service.url}/whep`, turn: null, plainUrl: null };
  const attached = session.initSession(credentials, { media });
  await assert.rejects(attached); // node has no WebRTC
  assert.deepEqual(requests, []);
});

test("createSession sends the KS with create alone, then attaches with the token", async () => {
  answers.push({ status: 200, body: { success: true, ...credentials } }, { status: 410 });
  const session = new KalturaAvatarSession("the-ks", { baseUrl, logLevel: "none" });
  await assert.rejects(session.createSession({ avatarId: "ava", voiceId: "v" }), { code: 410 });
  assert.deepEqual(requests.map(({ path, authorization }) => [path, authorization]), [
    ["/v1/avatar-session", "KS the-ks"],
    ["/v1/avatar-session/s-1/init-client", "Bearer jwt"],
  ]);
  assert.deepEqual(JSON.parse(requests[0].body), {
    visualConfig: { avatarId: "ava" },
    voiceConfig: { id: "v" },
  });
});
