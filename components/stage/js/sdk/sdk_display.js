/** An avatar shown through a client SDK: ours, or another one with the vendor's interface. */

import { answerInitClient } from "./answers.js";
import { Peers } from "./peers.js";
import { TAKEN_SENTENCE, goneSentence, isGone, isTaken, pauseAfter } from "../media/retries.js";
import { hasWebRtc } from "../media/whep.js";

/** @typedef {import("../protocol.js").SdkAvatarMessage} SdkAvatar */
/** @typedef {import("../media/direct_display.js").Display} Display */
/** @typedef {import("../media/direct_display.js").DisplayEvents} DisplayEvents */
/** @typedef {typeof import("./client_sdk.js").KalturaAvatarSession} SdkClass */
/** @typedef {InstanceType<SdkClass>} OurSession */
/** @typedef {"close" | "retry" | "hearAnew" | "statistics"} Ours beside the vendor's interface */
/** @typedef {Omit<OurSession, Ours> & Partial<OurSession>} SdkSession */
/** @typedef {{message?: string, code?: unknown, nextIn?: unknown} | null | undefined} SdkError untrusted */

const OUR_SDK = new URL("./client_sdk.js", import.meta.url).href;
/** Failures in a row of another SDK that has shown the avatar; then ours takes over. */
const MOST_FAILURES = 3;

let places = 0;

/**
 * The SDK's module. The browser keeps modules, so asking early makes the start quick.
 * @type {(sdkUrl: string) => Promise<typeof import("./client_sdk.js")>} empty: ours
 */
export const loadSdk = (sdkUrl) => import(sdkUrl || OUR_SDK);

/** @param {string} sdkUrl of another SDK @param {string} reason why it does not show the avatar */
export const unfitSentence = (sdkUrl, reason) =>
  `The client SDK at ${sdkUrl} ${reason}, so the one that ships with this app shows the avatar. Check AVATAR_SDK_URL.`;

/**
 * A session of this class, made in the documented form, `(apiKey?, config)`, or in the other one
 * that public apps use, `(config)`: the one that reads the base URL. Where neither does yet, both:
 * a session that has not read it has not called the service.
 * @type {(Session: SdkClass, baseUrl: string) => {sessions: SdkSession[], isRead: () => boolean}}
 */
export function built(Session, baseUrl) {
  let read = false;
  const config = {
    get baseUrl() {
      read = true;
      return baseUrl;
    },
  };
  /** @type {SdkSession[]} */ const sessions = [];
  /** @type {unknown} */ let failure;
  for (const given of /** @type {[any, any?][]} */ ([[undefined, config], [config]])) {
    try {
      const session = new Session(...given);
      if (read) return { sessions: [session], isRead: () => read };
      sessions.push(session);
    } catch (error) {
      failure = error;
      if (read) break;
    }
  }
  if (read || sessions.length === 0) throw failure;
  return { sessions, isRead: () => read };
}

/**
 * What follows when an SDK's session fails. Ours connects again by itself, so it has given up;
 * another one is attached anew where that can help. One that has never shown the avatar is not
 * believed that the session is gone: ours asks the service.
 * @param {unknown} code of its error
 * @param {object} facts
 * @param {boolean} facts.isOurs
 * @param {boolean} facts.attached it has shown the avatar
 * @param {number} facts.failures in a row, before this one
 * @returns {"gone" | "again" | "give up"}
 */
export function afterFailure(code, { isOurs, attached, failures }) {
  if (isGone(code) && (isOurs || attached)) return "gone";
  if (isOurs) return "give up";
  return isTaken(code) || (attached && failures < MOST_FAILURES) ? "again" : "give up";
}

/**
 * Uses the documented interface, so that the vendor's SDK can replace ours, and where they are
 * there the additions of ours.
 * @implements {Display}
 */
export class SdkDisplay {
  #avatar;
  #container;
  #events;
  #closed = false;
  /** It has given up, or the session is gone. */
  #over = false;
  #attached = false;
  #failures = 0;
  /** @type {SdkSession | null} */ #session = null;
  /** @type {HTMLElement | null} of the session's picture */ #place = null;
  #peers;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** The next attempt, while it is waited for. */
  #next = () => {};

  /** @param {SdkAvatar} avatar @param {HTMLElement} container @param {DisplayEvents} events */
  constructor(avatar, container, events) {
    this.#avatar = avatar;
    this.#container = container;
    this.#events = events;
    this.#peers = avatar.sdkUrl && hasWebRtc() ? new Peers() : null;
    if (avatar.sdkUrl) answerInitClient(avatar.sessionId, avatar);
  }

  async open() {
    const sdk = await loadSdk(this.#avatar.sdkUrl).catch(() => null);
    if (this.#closed) return;
    const Session = sdk?.KalturaAvatarSession;
    if (Session) await this.#attach(Session);
    else this.#giveUp(sdk ? "exports no KalturaAvatarSession" : "could not be loaded");
  }

  /**
   * The server ends the session. endSession is the only documented way to let go of the picture,
   * and harmless then; a session that goes on must not be asked for it.
   * @param {boolean} goesOn
   */
  close(goesOn) {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#next = () => {};
    const session = this.#session;
    if (session?.close) session.close();
    else if (!goesOn) (async () => session?.endSession())().catch(() => {});
    this.#drop();
    this.#peers?.close();
  }

  retry() {
    this.#session?.retry?.();
    this.#next();
  }

  hearAnew() {
    this.#session?.hearAnew?.();
  }

  async statistics() {
    return this.#session?.statistics?.() ?? this.#peers?.statistics();
  }

  /** @param {SdkClass} Session */
  async #attach(Session) {
    const { baseUrl, sessionId, token, sdkUrl } = this.#avatar;
    const place = this.#makePlace();
    /** @type {SdkError} */ let failure;
    try {
      const { sessions, isRead } = built(Session, baseUrl);
      for (const session of sessions) {
        const stale = () => this.#closed || this.#over || session !== this.#session;
        this.#session = session;
        session.on("connectionChange", (/** @type {unknown} */ state) => {
          if (state === "CONNECTED" && !stale()) this.#events.onConnected();
        });
        session.on("speakingStart", () => stale() || this.#events.onSpeaking(true));
        session.on("speakingEnd", () => stale() || this.#events.onSpeaking(false));
        session.on("error", (/** @type {SdkError} */ error) => {
          if (isRead() && !stale()) this.#onError(error, Session);
        });
        try {
          const options = { videoContainerId: place.id, ...(!sdkUrl && { media: this.#avatar }) };
          await session.initSession({ sessionId, token }, options);
          if (stale()) return;
          this.#attached = true;
          this.#failures = 0;
          return;
        } catch (error) {
          if (stale()) return;
          if (isRead()) throw error;
          failure = /** @type {SdkError} */ (error);
        }
      }
    } catch (error) {
      failure = /** @type {SdkError} */ (error);
    }
    this.#fail(failure, Session);
  }

  /**
   * An error that leaves the session as it was (a word that could not be said) is not the end.
   * @param {SdkError} error
   * @param {SdkClass} Session
   */
  #onError(error, Session) {
    const lost =
      this.#session?.getSessionState() === "ERROR" ||
      this.#session?.getConnectionState() === "FAILED";
    if (lost) this.#fail(error, Session);
    else if (error?.message) {
      const nextIn = typeof error.nextIn === "number" ? error.nextIn : undefined;
      this.#events.onRefused(error.message, { taken: isTaken(error.code), nextIn });
    }
  }

  /** @param {SdkError} error @param {SdkClass} Session */
  #fail(error, Session) {
    const isOurs = Boolean(this.#session?.close);
    const facts = { isOurs, attached: this.#attached, failures: this.#failures };
    const follows = afterFailure(error?.code, facts);
    if (follows === "gone") {
      this.#over = true;
      this.#events.onGone(goneSentence(error?.code));
    } else if (follows === "again") {
      this.#drop(); // its endSession would end the session
      this.#failures += 1;
      const nextIn = pauseAfter(this.#failures);
      if (isTaken(error?.code)) this.#events.onRefused(TAKEN_SENTENCE, { taken: true, nextIn });
      this.#next = () => {
        clearTimeout(this.#timer);
        this.#next = () => {};
        this.#attach(Session);
      };
      this.#timer = setTimeout(() => this.#next(), nextIn);
    } else this.#giveUp(error?.message ? `said “${error.message}”` : "failed without a reason");
  }

  /** @param {string} reason */
  #giveUp(reason) {
    const { sdkUrl } = this.#avatar;
    this.#over = true;
    if (sdkUrl) this.#events.onUnfit(unfitSentence(sdkUrl, reason));
    else {
      this.#events.onFailed(
        `The client SDK could not show the avatar: it ${reason}. End the session and start again.`,
      );
    }
  }

  /** Each session has an element of its own, so that a dropped one finds no place any more. */
  #makePlace() {
    const place = document.createElement("div");
    place.id = `${this.#container.id}-${(places += 1)}`;
    place.className = "stage-place";
    this.#container.append(place);
    this.#place = place;
    return place;
  }

  /** A picture that a dropped SDK still brings is neither seen nor heard. */
  #drop() {
    const place = this.#place;
    this.#session = this.#place = null;
    this.#peers?.hangUp();
    if (!place) return;
    place.remove();
    const silence = () => {
      for (const video of place.querySelectorAll("video")) {
        video.srcObject = null;
        video.muted = true;
      }
    };
    silence();
    new MutationObserver(silence).observe(place, { childList: true, subtree: true });
  }
}
