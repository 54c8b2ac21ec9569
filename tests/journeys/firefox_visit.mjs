/**
 * The main visit in Firefox, by WebDriver BiDi, which needs no driver of its own:
 *
 *     node firefox_visit.mjs FIREFOX APP SIMULATOR
 *
 * Starts, hears the welcome, says, interrupts, reloads, loses the picture, ends. A failure is an
 * uncaught error, with the page's words and its picture's state.
 */

import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

const [firefox, app, simulator] = process.argv.slice(2);
const DEADLINE = { timeout: 30_000, polling: 100 };
const LONG = "This is a very long sentence that goes on and on. ".repeat(6).trim();

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  extraPrefsFirefox: { "media.autoplay.default": 0 }, // sound before a gesture, as with Chromium's flag
});
const page = await browser.newPage();
/** @type {unknown[]} */ const complaints = [];
page.on("pageerror", (error) => complaints.push(error));

/**
 * Clicks it as soon as it can be. By its words: on a busy machine Puppeteer does not find it by its
 * role within 30 s in Firefox (puppeteer-core 25.16), and its own click waits until nothing moves.
 * @param {string} name
 */
const click = (name) =>
  page.waitForFunction(
    (/** @type {string} */ n) => {
      const buttons = [...document.querySelectorAll("button")];
      const button = buttons.find((it) => !it.disabled && (it.ariaLabel ?? it.innerText).includes(n));
      button?.click();
      return button !== undefined;
    },
    DEADLINE, name,
  );

/** @param {string} words */
const until = (words) =>
  page.waitForFunction((/** @type {string} */ w) => document.body.innerText.includes(w), DEADLINE, words);

/** @param {string} text @param {string} state */
const untilTurn = (text, state) =>
  page.waitForFunction(
    (/** @type {string} */ t, /** @type {string} */ s) => {
      const turns = [...document.querySelectorAll(".transcript li")];
      return turns.some(({ textContent: line }) => line?.includes(t) && line.includes(s));
    },
    DEADLINE, text, state,
  );

/** Pictures come: Firefox counts no frames of a MediaStream, so it is the time of the video. */
const untilPicture = async () => {
  const time = await page.evaluate(() => document.querySelector("video")?.currentTime ?? 0);
  await page.waitForFunction((/** @type {number} */ before) => {
    const video = document.querySelector("video");
    return video?.videoWidth === 720 && (video.currentTime < before || video.currentTime > before + 0.5);
  }, DEADLINE, time);
};

/** @param {string} text */
const say = async (text) => {
  await page.evaluate((/** @type {string} */ words) => {
    /** @type {HTMLElement | null} */ (document.querySelector("textarea[aria-label='Text']"))?.focus();
    document.execCommand("selectAll"); // as keys would, and at once
    document.execCommand("insertText", false, words);
  }, text);
  await click("Make Avatar Speak");
};

/** @param {object} mood */
const ask = (mood) =>
  fetch(`${simulator}/simulator/moods`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(mood),
  });

/** The session of this visit: the newest. */
const session = async () => (await (await fetch(`${simulator}/simulator/sessions`)).json()).at(-1);

try {
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(app);
  await click("Start Avatar");
  await until("Status: ready");
  await untilPicture();
  await untilTurn("I am your avatar assistant", "spoken");
  await click("Statistics");
  await until("direct");
  await say("Good morning, Firefox.");
  await untilTurn("Good morning", "spoken");
  await say(LONG);
  await untilTurn("very long sentence", "speaking");
  await click("Interrupt");
  await untilTurn("very long sentence", "interrupted");
  const { sessionId } = await session();

  await page.reload();
  await until("Status: ready");
  await untilPicture();
  assert.equal((await session()).sessionId, sessionId, "a reload comes back to the same session");

  await ask({ call: "whep", status: 503, body: "no", times: null });
  await page.reload();
  await page.waitForFunction(() => document.querySelector(".stage-notice-text")?.checkVisibility(), DEADLINE);
  await fetch(`${simulator}/simulator/moods`, { method: "DELETE" });
  await untilPicture();
  await say("The picture is back.");
  await untilTurn("The picture is back", "spoken");

  await click("End Session");
  await until("Status: idle");
  const deadline = Date.now() + DEADLINE.timeout;
  while ((await session()).state === "live" && Date.now() < deadline) await until("Status: idle");
  const { state, endedBy, turns } = await session();
  assert.deepEqual({ state, endedBy }, { state: "ended", endedBy: "end" });
  const outcomes = turns.map((/** @type {{outcome: string}} */ turn) => turn.outcome);
  assert.deepEqual(outcomes, ["spoken", "spoken", "interrupted", "spoken"]);
  assert.deepEqual(complaints, []);
} catch (error) {
  console.error(await page.evaluate(() => [document.body.innerText, document.querySelector("video")?.currentTime]));
  throw error;
} finally {
  await browser.close();
}
