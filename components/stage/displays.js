/** The two ways to show an avatar in a container: through a client SDK, or the WHEP answer alone. */

import { TAKEN_SENTENCE, goneSentence, isGone, isTaken, pauseAfter } from "./retries.js";
import { Ear } from "./speaking.js";
import { Whep } from "./whep.js";

/** @typedef {import("./whep.js").Prepared} Prepared */

/** @typedef {import("./channel.js").SdkAvatar} SdkAvatar */
/** @typedef {import("./channel.js").DirectAvatar} DirectAvatar */
/**
 * @typedef {object} DisplayEvents
 * @property {(speaking: boolean) => void} onSpeaking
 * @property {(sentence: string, taken: boolean) => void} onRefused it is tried again; `taken`:
 *   somebody else is watching
 * @property {(sentence: string) => void} onFailed it will not come by itself any more
 * @property {(sentence: string) => void} onGone the session is over
 */
/**
 * @typedef {object} Display
 * @property {() => void} open puts a `<video>` into the container, sooner or later
 * @property {(elsewhere: boolean) => void} close idempotent; `elsewhere`: the session goes on there
 * @property {() => Promise<RTCStatsReport | undefined>} statistics undefined: nobody can know
 */

const OUR_SDK = new URL("./client_sdk.js", import.meta.url).href;

/**
 * The SDK's module. The browser keeps modules, so asking early makes the start quick.
 * @param {string} sdkUrl empty: the one that ships here
 * @returns {Promise<typeof import("./client_sdk.js")>}
 */
export const loadSdk = (sdkUrl) => import(sdkUrl || OUR_SDK);

/** @implements {Display} */
export class DirectDisplay {
  #whep;
  #ear;
  #video = document.createElement("video");

  /**
   * @param {DirectAvatar} avatar
   * @param {HTMLElement} container
   * @param {DisplayEvents} events
   * @param {Prepared} [prepared]
   */
  constructor(avatar, container, events, prepared) {
    this.#video.playsInline = true;
    container.append(this.#video);
    this.#whep = new Whep(
      { url: avatar.whepUrl, turn: avatar.turn },
      {
        onStream: (stream) => {
          this.#video.srcObject = stream;
          this.#ear.listenTo(stream);
        },
        onState: (state) => {
          if (state !== "connected") this.#ear.close();
        },
        onRefused: ({ message, status }) => {
          if (status) events.onRefused(message, isTaken(status));
        },
        onFailed: ({ message, status }) => {
          if (isGone(status)) events.onGone(message);
          else events.onFailed(message);
        },
      },
      prepared,
    );
    this.#ear = new Ear(events.onSpeaking);
  }

  open() {
    this.#whep.start();
  }

  close() {
    this.#whep.stop();
    this.#video.remove();
  }

  statistics() {
    return this.#whep.statistics();
  }
}

/** @typedef {typeof import("./client_sdk.js").KalturaAvatarSession} SdkClass */
/** @typedef {InstanceType<SdkClass>} OurSession */
/** @typedef {Omit<OurSession, "close" | "statistics"> & Partial<OurSession>} SdkSession */
/** @typedef {{message?: string, code?: unknown} | undefined} SdkError what an SDK says, untrusted */

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
  /** @type {SdkSession | null} the one that shows it, or tries to */
  #session = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {SdkAvatar} avatar
   * @param {HTMLElement} container
   * @param {DisplayEvents} events
   */
  constructor(avatar, container, events) {
    this.#avatar = avatar;
    this.#container = container;
    this.#events = events;
  }

  async open() {
    const { sdkUrl } = this.#avatar;
    const sdk = await loadSdk(sdkUrl).catch(() => null);
    if (this.#closed) return;
    if (!sdk?.KalturaAvatarSession) {
      this.#events.onFailed(
        `The client SDK could not be loaded from ${sdkUrl || OUR_SDK}. Check AVATAR_SDK_URL, or leave it empty to use the SDK that ships with this app.`,
      );
      return;
    }
    await this.#attach(sdk.KalturaAvatarSession);
  }

  /**
   * The server ends the session. endSession is the one documented way to let go of the picture, and
   * ending what has ended is harmless; where the session goes on elsewhere, it would end that.
   * @param {boolean} elsewhere
   */
  close(elsewhere) {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const session = this.#session;
    if (session?.close) session.close();
    else if (!elsewhere) Promise.resolve(session?.endSession()).catch(() => {});
    this.#container.replaceChildren();
  }

  async statistics() {
    return this.#session?.statistics?.();
  }

  /** @param {SdkClass} Session */
  async #attach(Session) {
    const { baseUrl, sessionId, token } = this.#avatar;
    /** @type {SdkSession | null} */
    let session = null;
    const stale = () => this.#closed || this.#over || session !== this.#session;
    try {
      session = new Session(undefined, { baseUrl });
      this.#session = session;
      session.on("speakingStart", () => stale() || this.#events.onSpeaking(true));
      session.on("speakingEnd", () => stale() || this.#events.onSpeaking(false));
      session.on("error", (/** @type {SdkError} */ error) => {
        if (!stale()) this.#onError(error, Session);
      });
      await session.initSession({ sessionId, token }, { videoContainerId: this.#container.id });
      this.#attached ||= !stale();
    } catch (error) {
      if (!stale()) this.#fail(/** @type {SdkError} */ (error), Session);
    }
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
   * that can help, and the one that failed dropped: its endSession would end the session.
   * @param {SdkError} error
   * @param {SdkClass} Session
   */
  #fail(error, Session) {
    const taken = isTaken(error?.code);
    if (isGone(error?.code)) {
      this.#over = true;
      this.#events.onGone(goneSentence(error?.code));
    } else if (!this.#session?.close && (taken || this.#attached)) {
      if (taken) this.#events.onRefused(TAKEN_SENTENCE, true);
      this.#session = null;
      this.#container.replaceChildren();
      this.#failures += 1;
      this.#timer = setTimeout(() => this.#attach(Session), pauseAfter(this.#failures));
    } else {
      this.#over = true;
      this.#events.onFailed(
        `The client SDK could not show the avatar (${error?.message || "it gave no reason"}). End the session and start again.`,
      );
    }
  }
}
