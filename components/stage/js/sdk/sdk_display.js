/** An avatar shown through a client SDK: ours, or another one with the vendor's interface. */

import { Peers } from "./peers.js";
import { TAKEN_SENTENCE, goneSentence, isGone, isTaken, pauseAfter } from "../media/retries.js";
import { hasWebRtc } from "../media/whep.js";

/** @typedef {import("../protocol.js").SdkAvatarMessage} SdkAvatar */
/** @typedef {import("../media/direct_display.js").Display} Display */
/** @typedef {import("../media/direct_display.js").DisplayEvents} DisplayEvents */
/** @typedef {typeof import("./client_sdk.js").KalturaAvatarSession} SdkClass */
/** @typedef {InstanceType<SdkClass>} OurSession */
/** @typedef {Omit<OurSession, "close" | "statistics" | "isPlain"> & Partial<OurSession>} SdkSession */
/** @typedef {{message?: string, code?: unknown} | null | undefined} SdkError what an SDK says, untrusted */

const OUR_SDK = new URL("./client_sdk.js", import.meta.url).href;
/** So often in a row another SDK that has shown the avatar may fail to do it again. */
const MOST_FAILURES = 3;

let places = 0;

/**
 * The SDK's module. The browser keeps modules, so asking early makes the start quick.
 * @param {string} sdkUrl empty: the one that ships here
 * @returns {Promise<typeof import("./client_sdk.js")>}
 */
export const loadSdk = (sdkUrl) => import(sdkUrl || OUR_SDK);

/**
 * Why another SDK does not show the avatar, and what does.
 * @param {string} sdkUrl
 * @param {string} reason
 */
export const unfitSentence = (sdkUrl, reason) =>
  `The client SDK at ${sdkUrl} ${reason}, so the one that ships with this app shows the avatar. Check AVATAR_SDK_URL.`;

/**
 * A session of this class, made in the documented form, `(apiKey?, config)`, or in the other one that
 * public apps use, `(config)`: in the one that reads the base URL. Where none does yet, both: what
 * has not read it has not called the service.
 * @param {SdkClass} Session
 * @param {string} baseUrl
 * @returns {{sessions: SdkSession[], isRead: () => boolean}}
 */
function built(Session, baseUrl) {
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
 * Uses the documented interface, so that the vendor's SDK can stand in for ours, and what ours has
 * beyond it where it is there.
 * @implements {Display}
 */
export class SdkDisplay {
  #avatar;
  #container;
  #events;
  #closed = false;
  /** It has failed, or the session is over. */
  #over = false;
  #attached = false;
  #failures = 0;
  /** @type {SdkSession | null} the one that shows it, or tries to */ #session = null;
  /** @type {HTMLElement | null} where that one puts its picture */ #place = null;
  #peers;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {SdkAvatar} avatar @param {HTMLElement} container @param {DisplayEvents} events */
  constructor(avatar, container, events) {
    this.#avatar = avatar;
    this.#container = container;
    this.#events = events;
    this.#peers = avatar.sdkUrl && hasWebRtc() ? new Peers() : null;
  }

  async open() {
    const sdk = await loadSdk(this.#avatar.sdkUrl).catch(() => null);
    if (this.#closed) return;
    const Session = sdk?.KalturaAvatarSession;
    if (Session) await this.#attach(Session);
    else this.#giveUp(sdk ? "exports no KalturaAvatarSession" : "could not be loaded");
  }

  /**
   * The server ends the session. endSession is the one documented way to let go of the picture, and
   * ending what has ended is harmless; where the session goes on, it would end that.
   * @param {boolean} goesOn
   */
  close(goesOn) {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const session = this.#session;
    if (session?.close) session.close();
    else if (!goesOn) (async () => session?.endSession())().catch(() => {});
    this.#drop();
    this.#peers?.close();
  }

  async statistics() {
    return this.#session?.statistics?.() ?? this.#peers?.statistics();
  }

  get isPlain() {
    return this.#session?.isPlain ?? false;
  }

  /** @param {SdkClass} Session */
  async #attach(Session) {
    const { baseUrl, sessionId, token } = this.#avatar;
    const place = this.#makePlace();
    /** @type {SdkError} */ let failure;
    try {
      const { sessions, isRead } = built(Session, baseUrl);
      for (const session of sessions) {
        const stale = () => this.#closed || this.#over || session !== this.#session;
        this.#session = session;
        session.on("speakingStart", () => stale() || this.#events.onSpeaking(true));
        session.on("speakingEnd", () => stale() || this.#events.onSpeaking(false));
        session.on("error", (/** @type {SdkError} */ error) => {
          if (isRead() && !stale()) this.#onError(error, Session);
        });
        try {
          await session.initSession({ sessionId, token }, { videoContainerId: place.id });
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
    else if (error?.message) this.#events.onRefused(error.message, isTaken(error.code));
  }

  /**
   * Ours connects again by itself, so what it gives up is lost. Another one is attached anew where
   * that can help, and the one that failed dropped: its endSession would end the session. One that
   * has never shown it is not believed that the session is gone: ours asks the service.
   * @param {SdkError} error
   * @param {SdkClass} Session
   */
  #fail(error, Session) {
    const taken = isTaken(error?.code);
    const isOurs = Boolean(this.#session?.close);
    const anew = taken || (this.#attached && this.#failures < MOST_FAILURES);
    if (isGone(error?.code) && (isOurs || this.#attached)) {
      this.#over = true;
      this.#events.onGone(goneSentence(error?.code));
    } else if (!isOurs && anew) {
      if (taken) this.#events.onRefused(TAKEN_SENTENCE, true);
      this.#drop();
      this.#failures += 1;
      this.#timer = setTimeout(() => this.#attach(Session), pauseAfter(this.#failures));
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

  /** Each has an element of its own, so that one that was dropped finds no place any more. */
  #makePlace() {
    const place = document.createElement("div");
    place.id = `${this.#container.id}-${(places += 1)}`;
    place.className = "stage-place";
    this.#container.append(place);
    this.#place = place;
    return place;
  }

  /** What a dropped SDK still brings, late, is neither seen nor heard. */
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
