/** The two ways to show an avatar in a container: through a client SDK, or the WHEP answer alone. */

import { Ear } from "./speaking.js";
import { Whep } from "./whep.js";

/** @typedef {import("./whep.js").Prepared} Prepared */

/** @typedef {import("./channel.js").SdkAvatar} SdkAvatar */
/** @typedef {import("./channel.js").DirectAvatar} DirectAvatar */
/**
 * @typedef {object} DisplayEvents
 * @property {(speaking: boolean) => void} onSpeaking
 * @property {(sentence: string) => void} onFailed it will not come by itself any more
 */
/**
 * @typedef {object} Display
 * @property {() => void} open puts a `<video>` into the container, sooner or later
 * @property {() => void} close idempotent
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
        onFailed: ({ message }) => events.onFailed(message),
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

/** @typedef {InstanceType<typeof import("./client_sdk.js").KalturaAvatarSession>} OurSession */
/** @typedef {Omit<OurSession, "close" | "statistics"> & Partial<OurSession>} SdkSession */

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
  /** @type {SdkSession | null} */
  #session = null;

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
    const { sdkUrl, baseUrl, sessionId, token } = this.#avatar;
    const sdk = await loadSdk(sdkUrl).catch(() => null);
    if (this.#closed) return;
    if (!sdk?.KalturaAvatarSession) {
      this.#events.onFailed(
        `The client SDK could not be loaded from ${sdkUrl || OUR_SDK}. Check AVATAR_SDK_URL, or leave it empty to use the SDK that ships with this app.`,
      );
      return;
    }
    try {
      const session = new sdk.KalturaAvatarSession(undefined, { baseUrl });
      this.#session = session;
      session.on("speakingStart", () => this.#closed || this.#events.onSpeaking(true));
      session.on("speakingEnd", () => this.#closed || this.#events.onSpeaking(false));
      session.on("error", this.#onError);
      await session.initSession({ sessionId, token }, { videoContainerId: this.#container.id });
    } catch (error) {
      this.#fail(/** @type {Partial<Error>} */ (error)?.message);
    }
  }

  /**
   * The server ends the session. endSession is the one documented way to let go of the picture, and
   * ending what has ended is harmless.
   */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    const session = this.#session;
    if (session?.close) session.close();
    else Promise.resolve(session?.endSession()).catch(() => {});
    this.#container.replaceChildren();
  }

  async statistics() {
    return this.#session?.statistics?.();
  }

  /** An error that leaves the session as it was (a word that could not be said) is not the end. */
  #onError = (/** @type {{message?: string}} */ error) => {
    const lost =
      this.#session?.getSessionState() === "ERROR" ||
      this.#session?.getConnectionState() === "FAILED";
    if (lost) this.#fail(error?.message);
  };

  /** @param {string | undefined} reason */
  #fail(reason) {
    if (this.#closed) return;
    this.#events.onFailed(
      `The client SDK could not show the avatar (${reason || "it gave no reason"}). End the session and start again.`,
    );
  }
}
