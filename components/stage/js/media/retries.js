/** What an HTTP answer means, and how long to wait before asking again. */

/** Pauses between attempts, in ms: quick for a blip, at most 8 s for a service that is down. */
const PAUSES = [500, 1000, 2000, 4000, 8000];

/** In ms, at most as a server asks: no visitor watches a frozen picture longer. */
const LONGEST_PAUSE = 30_000;

/** @param {number} failures how many attempts in a row have failed, from 1 @returns {number} ms */
export const pauseAfter = (failures) => PAUSES[Math.min(failures, PAUSES.length) - 1];

/**
 * `Retry-After` in ms: seconds or an HTTP date; null when it is missing or makes no sense.
 * @param {string | null} header
 * @param {number} now Unix time in ms
 */
export function retryAfter(header, now) {
  if (!header) return null;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_PAUSE) : null;
}

/** A failed attempt: the sentence for a person, and whether trying again can help. */
export class Refusal extends Error {
  /**
   * @param {string} message what was tried, what came back, what to do
   * @param {object} facts
   * @param {number} [facts.status]
   * @param {boolean} facts.again
   * @param {number | null} [facts.pause] ms
   * @param {boolean} [facts.noRoute] the network between browser and service lets no media through
   * @param {boolean} [facts.stopped] it was a picture that stopped, which is seen
   * @param {boolean} [facts.garbled] the answer is no description of media (SDP)
   */
  constructor(
    message,
    { status, again, pause = null, noRoute = false, stopped = false, garbled = false },
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.again = again;
    this.pause = pause;
    this.noRoute = noRoute;
    this.stopped = stopped;
    this.garbled = garbled;
  }
}

/** Whether the session is over, by the status of an answer or the code of an SDK's error. */
export const isGone = (/** @type {unknown} */ status) => [404, 410].includes(Number(status));

/** Whether another viewer is watching. */
export const isTaken = (/** @type {unknown} */ status) => Number(status) === 409;

/** @param {unknown} status */
export const goneSentence = (status) =>
  `The avatar's session is over (the service answered ${status}). Start the avatar again.`;

export const TAKEN_SENTENCE =
  "Another viewer is watching this avatar (409). Close the other page, or end the session and start again.";

/**
 * The refusal in a WHEP answer, or null for one to use. 404 and 410: the session is over. 409:
 * somebody is watching, perhaps our own last connection before a reload, so it is tried again. 408,
 * 429 and 5xx: a bad moment.
 * @param {Response} response
 * @param {number} now Unix time in ms
 */
export function whepRefusal(response, now) {
  const { status } = response;
  if (status === 201 || status === 200) return null;
  const pause = retryAfter(response.headers.get("Retry-After"), now);
  if (isGone(status)) return new Refusal(goneSentence(status), { status, again: false });
  if (isTaken(status)) return new Refusal(TAKEN_SENTENCE, { status, again: true, pause });
  const again = status === 408 || status === 429 || status >= 500;
  const advice = again ? "It is asked for again by itself." : "End the session and start again.";
  const sentence = `The avatar's picture was asked for and refused (${status}). ${advice}`;
  return new Refusal(sentence, { status, again, pause });
}
