/**
 * Our own client SDK, with the documented interface of the vendor's `@unisphere/models-sdk-js`
 * (1.2 to 1.4), so that either can replace the other.
 */

import { Calls, KalturaAvatarError } from "./calls.js";
import { Player } from "../media/player.js";
import { isGone } from "../media/retries.js";
import { hasWebRtc, prepare } from "../media/whep.js";

export { KalturaAvatarError };

/** @typedef {"IDLE" | "CREATING" | "READY" | "ENDED" | "ERROR"} SessionState */
/** @typedef {"DISCONNECTED" | "CONNECTING" | "CONNECTED" | "FAILED" | "CLOSED"} ConnectionState */
/** @typedef {"stateChange" | "connectionChange" | "speakingStart" | "speakingEnd" | "error"} EventName */
/** @typedef {"debug" | "info" | "warn" | "error" | "none"} LogLevel */
/** @typedef {{baseUrl: string, retryConfig?: Partial<import("./calls.js").RetryConfig>, logLevel?: LogLevel}} Config */
/** @typedef {{sessionId: string, token: string}} Credentials */

const KEEP_ALIVE_EVERY = 10_000;
const LOG_LEVELS = ["debug", "info", "warn", "error", "none"];
/** @type {Record<import("../media/whep.js").WhepState, ConnectionState>} */
const CONNECTION = {
  connecting: "CONNECTING",
  connected: "CONNECTED",
  failed: "FAILED",
  closed: "CLOSED",
};

/**
 * The documented constructor forms: `(apiKey?, config)` and `(config)`.
 * @type {(first: unknown, second?: Config) => {apiKey: string | undefined, config: Config}}
 */
export function constructorArguments(first, second) {
  const alone = typeof first === "object" && first !== null;
  const config = alone ? /** @type {Config} */ (first) : second;
  if (!config?.baseUrl) throw new TypeError("KalturaAvatarSession needs {baseUrl: '…'}.");
  return { apiKey: typeof first === "string" ? first : undefined, config };
}

export class KalturaAvatarSession {
  #apiKey;
  #calls;
  #logLevel;
  /** @type {SessionState} */ #state = "IDLE";
  /** @type {ConnectionState} */ #connection = "DISCONNECTED";
  /** @type {Map<EventName, Set<Function>>} */ #listeners = new Map();
  /** @type {Credentials | null} */ #credentials = null;
  /** @type {Player | null} */ #player = null;
  /** @type {HTMLVideoElement | null} */ #video = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #keepAlive;

  /**
   * @param {string | Config} [apiKeyOrConfig] the KS, for createSession alone
   * @param {Config} [config]
   */
  constructor(apiKeyOrConfig, config) {
    const given = constructorArguments(apiKeyOrConfig, config);
    this.#apiKey = given.apiKey;
    this.#calls = new Calls(given.config.baseUrl, given.config.retryConfig);
    this.#logLevel = given.config.logLevel ?? "warn";
  }

  /**
   * Creates a session from the browser (which then holds the KS) and shows it.
   * @param {{avatarId: string, voiceId?: string, videoContainerId?: string}} wanted
   */
  async createSession({ videoContainerId, ...wanted }) {
    if (!this.#apiKey) throw new KalturaAvatarError("createSession needs a KS as apiKey.");
    this.#become("CREATING");
    const credentials = await this.#orError(this.#calls.create(wanted, this.#apiKey));
    this.#keepAlive = setInterval(
      () => this.#calls.post(credentials, "keep-alive").catch((error) => this.#log("warn", error)),
      KEEP_ALIVE_EVERY,
    );
    await this.initSession(credentials, { videoContainerId });
  }

  /**
   * Attaches to a session that a server created. Resolves when picture and sound are connected, or
   * when the session was ended meanwhile.
   * @param {Credentials} credentials
   * @param {{videoContainerId?: string, media?: import("./answers.js").Media}} [options]
   *   `videoContainerId`: of an element of the page's document. `media`, not in the vendor's: the
   *   answer to init-client, where the server has asked for it
   */
  async initSession({ sessionId, token }, { videoContainerId, media } = {}) {
    this.#credentials = { sessionId, token };
    this.#become("CREATING");
    const preparing = (async () => (hasWebRtc() ? prepare() : undefined))();
    preparing.catch(() => {}); // awaited below, when the session turns out to be there
    try {
      const asked = media ?? this.#calls.post(this.#session, "init-client");
      const { whepUrl, turn = null, plainUrl = null } = await this.#orError(Promise.resolve(asked));
      if (this.#state !== "CREATING") return;
      const where = { url: whepUrl, turn: turn?.url ? turn : null, plainUrl };
      await this.#orError(this.#connect(where, await this.#orError(preparing), videoContainerId));
    } finally {
      if (this.#player === null) preparing.then((prepared) => prepared?.peer.close()).catch(() => {});
    }
    if (this.#state === "CREATING") this.#become("READY");
  }

  /** @param {string} text */
  async sayText(text) {
    const turn = { text, turnId: newTurnId(), isFinal: true };
    await this.#calls.post(this.#session, "say-text", turn);
  }

  /** @param {Blob} file @param {string} turnId @param {number} duration seconds */
  async sayAudio(file, turnId, duration) {
    const form = new FormData();
    form.set("turnId", turnId);
    form.set("duration", String(duration));
    form.set("audio", file);
    await this.#calls.post(this.#session, "say-audio", form);
  }

  async interrupt() {
    await this.#calls.post(this.#session, "interrupt");
  }

  /** Ends the session at the service and closes the picture; ending twice is no error. */
  async endSession() {
    if (this.#state === "ENDED") return;
    this.close();
    if (this.#credentials === null) return;
    try {
      await this.#calls.post(this.#session, "end");
    } catch (error) {
      if (!(error instanceof KalturaAvatarError && isGone(error.code))) throw error;
    }
  }

  /** Not in the vendor's: lets go of the picture and leaves the session to the server. */
  close() {
    this.#close();
    this.#become("ENDED");
  }

  /** Not in the vendor's: asks for the picture now, rather than after the pause. */
  retry() {
    this.#player?.retry();
  }

  /** Not in the vendor's: a voice that is heard from now on is of another turn. */
  hearAnew() {
    this.#player?.hearAnew();
  }

  /** Not in the vendor's: the connection's statistics. */
  async statistics() {
    return this.#player?.statistics();
  }

  getSessionState() {
    return this.#state;
  }

  getConnectionState() {
    return this.#connection;
  }

  /** @param {EventName} event @param {Function} listener */
  on(event, listener) {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  }

  /** @param {EventName} event @param {Function} listener */
  off(event, listener) {
    this.#listeners.get(event)?.delete(listener);
  }

  get #session() {
    if (this.#credentials === null) {
      throw new KalturaAvatarError("There is no session yet: call initSession first.");
    }
    return this.#credentials;
  }

  /**
   * @param {import("../media/player.js").Where} where
   * @param {import("../media/whep.js").Prepared | undefined} prepared
   * @param {string | undefined} videoContainerId
   */
  async #connect(where, prepared, videoContainerId) {
    const video = (this.#video = openVideo(videoContainerId));
    await new Promise((resolve, reject) => {
      this.#player = new Player(
        where,
        {
          onStream: (stream) => {
            if (video) video.srcObject = stream;
          },
          onSpeaking: (speaking) => this.#emit(speaking ? "speakingStart" : "speakingEnd"),
          onState: (state) => {
            this.#becomeConnected(CONNECTION[state]);
            if (state === "connected" || state === "closed") resolve(undefined);
          },
          onRefused: ({ message, status, stopped }, nextIn) => {
            if (!stopped) this.#emit("error", { code: status, message, nextIn });
          },
          onFailed: ({ message, status }) => {
            const error = new KalturaAvatarError(message, status);
            if (this.#state === "READY") this.#fail(error);
            reject(error);
          },
        },
        prepared,
      );
      this.#player.start();
    });
  }

  #close() {
    clearInterval(this.#keepAlive);
    this.#player?.stop();
    this.#video?.remove();
  }

  /**
   * A step towards READY that fails is the state ERROR, an `error` event, and a rejection.
   * @template T
   * @param {Promise<T>} step
   * @returns {Promise<T>}
   */
  async #orError(step) {
    try {
      return await step;
    } catch (error) {
      if (this.#state === "CREATING") this.#fail(/** @type {KalturaAvatarError} */ (error));
      throw error;
    }
  }

  /** @param {KalturaAvatarError} error */
  #fail(error) {
    this.#log("error", error);
    this.#close();
    this.#become("ERROR");
    this.#emit("error", { code: error.code, message: error.message });
  }

  /** @param {SessionState} state */
  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#emit("stateChange", state);
  }

  /** @param {ConnectionState} connection */
  #becomeConnected(connection) {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.#emit("connectionChange", connection);
  }

  /**
   * One listener that throws must not silence the others.
   * @param {EventName} event
   * @param {unknown[]} payload
   */
  #emit(event, ...payload) {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        listener(...payload);
      } catch (error) {
        this.#log("error", /** @type {Error} */ (error));
      }
    }
  }

  /** @param {"warn" | "error"} level @param {Error} error */
  #log(level, error) {
    if (LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(this.#logLevel)) {
      console[level](`KalturaAvatarSession: ${error.message}`);
    }
  }
}

/** crypto.randomUUID is missing on plain http, where this still has to work. */
function newTurnId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");
}

/** @param {string} [containerId] of an element of the document */
function openVideo(containerId) {
  if (!containerId) return null;
  const container = document.getElementById(containerId);
  if (!container) throw new KalturaAvatarError(`There is no element with the id "${containerId}".`);
  const video = document.createElement("video");
  video.autoplay = true;
  video.playsInline = true;
  container.append(video);
  return video;
}
