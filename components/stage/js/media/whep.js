/** One WHEP connection: the avatar's picture and sound, kept going until it is stopped. */

import { mediaUrl, releaseUrl } from "./addresses.js";
import {
  BUNDLED,
  configure,
  firstPolicy,
  gatherEnough,
  iceServers,
  isCutOff,
  noRoute,
} from "./ice.js";
import { Refusal, pauseAfter, whepRefusal } from "./retries.js";
import { readConnection } from "./statistics.js";
import { WAITS } from "./waits.js";

/** @typedef {"connecting" | "connected" | "failed" | "closed"} WhepState */
/**
 * @typedef {object} WhepEvents
 * @property {(stream: MediaStream) => void} onStream a new stream, at every connection
 * @property {(state: WhepState) => void} onState every change; "failed" and "closed" are final
 * @property {(refusal: Refusal) => void} onRefused an attempt failed, and another follows
 * @property {(refusal: Refusal) => void} onFailed it has given up; "failed" follows
 */

const WATCH_EVERY = 500;
/** A slow network gets up to so many times `WAITS.connection`. */
const MOST_PATIENCE = 3;

/** @typedef {{peer: RTCPeerConnection, offer: Promise<RTCSessionDescriptionInit>}} Prepared */

/** An administrator, or an extension, may take WebRTC out of a browser. */
export const hasWebRtc = () => "RTCPeerConnection" in globalThis;

/**
 * A connection and its offer. Made while the session is still being created, it saves some 15 ms.
 * @returns {Prepared}
 * @throws {Refusal} where the browser has no WebRTC
 */
export function prepare() {
  if (!hasWebRtc()) {
    throw new Refusal(
      "WebRTC, over which the avatar is seen, is switched off in this browser: allow it (an extension or a policy forbids it), or use another browser.",
      { again: false },
    );
  }
  const peer = new RTCPeerConnection(BUNDLED);
  peer.addTransceiver("video", { direction: "recvonly" });
  peer.addTransceiver("audio", { direction: "recvonly" });
  return { peer, offer: peer.createOffer() };
}

export class Whep {
  #url;
  #turn;
  /** @type {Prepared | undefined} for the first attempt */ #prepared;
  #events;
  #firstPolicy;
  /** "all" once relays alone have failed. */
  #policy;
  /** @type {string | null} the TURN server's answer, if it refused this attempt */
  #turnRefusal = null;
  /** Moves with every attempt and with stop(), so that callbacks of an older attempt know it. */
  #generation = 0;
  #running = false;
  #failures = 0;
  /** @type {RTCPeerConnection | null} */ #peer = null;
  /** @type {string | null} to DELETE, once */ #resource = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /**
   * @param {{url: string, turn: import("./ice.js").Turn | null}} where
   * @param {WhepEvents} events
   * @param {Prepared} [prepared]
   */
  constructor({ url, turn }, events, prepared) {
    this.#url = url;
    this.#turn = turn;
    this.#events = events;
    this.#firstPolicy = firstPolicy(turn, navigator.userAgent.includes("Firefox"));
    this.#policy = this.#firstPolicy;
    this.#prepared = prepared;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    addEventListener("pagehide", this.#leave);
    this.#connect();
  }

  /** Idempotent. The server is told once that the viewer has gone. */
  stop() {
    if (this.#running) this.#end("closed");
  }

  /** @returns {Promise<RTCStatsReport | undefined>} */
  async statistics() {
    return this.#peer?.getStats();
  }

  async #connect() {
    const attempt = ++this.#generation;
    const stale = () => attempt !== this.#generation;
    this.#events.onState("connecting");
    try {
      const { peer, offer } = this.#openPeer(attempt);
      await peer.setLocalDescription(await offer);
      if (stale()) return;
      // Relays that an earlier attempt has waited for in vain are not waited for again.
      if (this.#policy === this.#firstPolicy) await gatherEnough(peer);
      if (stale()) return;
      if (isCutOff(peer)) throw noRoute(this.#turnRefusal);
      const answer = await this.#exchange(peer, stale);
      if (stale() || answer === null) return;
      await this.#acceptAnswer(peer, answer);
      if (stale()) return;
      this.#watch(peer, attempt);
    } catch (error) {
      this.#fail(attempt, error);
    }
  }

  /** @param {number} attempt */
  #openPeer(attempt) {
    const { peer, offer } = this.#prepared ?? prepare();
    this.#prepared = undefined;
    // No candidate is gathered before the offer is set, so TURN can still be named now.
    configure(peer, iceServers(this.#turn), this.#policy);
    this.#peer = peer;
    this.#turnRefusal = null;
    peer.addEventListener("icecandidateerror", ({ errorCode, errorText }) => {
      // Codes from 700 on are the browser's own, for a server that did not answer.
      if (errorCode < 700) this.#turnRefusal = `${errorCode} ${errorText}`;
    });
    peer.addEventListener("connectionstatechange", () => {
      if (attempt !== this.#generation) return;
      if (peer.connectionState === "connected") this.#events.onState("connected");
      if (peer.connectionState === "failed") this.#fail(attempt, noRoute(this.#turnRefusal));
    });
    return { peer, offer };
  }

  /**
   * The answer's SDP; null when it came too late. stop() does not abort the request: its answer
   * names the resource to delete.
   * @type {(peer: RTCPeerConnection, stale: () => boolean) => Promise<string | null>}
   */
  async #exchange(peer, stale) {
    const response = await fetch(mediaUrl(this.#url), {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: peer.localDescription?.sdp,
      signal: AbortSignal.timeout(WAITS.answer),
    });
    const refusal = whepRefusal(response, Date.now());
    if (refusal) throw refusal;
    const resource = releaseUrl(response.headers.get("Location"), response.url);
    if (stale()) {
      forget(resource);
      return null;
    }
    this.#resource = resource;
    return response.text();
  }

  /** @param {RTCPeerConnection} peer @param {string} sdp */
  async #acceptAnswer(peer, sdp) {
    try {
      await peer.setRemoteDescription({ type: "answer", sdp });
    } catch {
      throw new Refusal(
        "Something else answered where the avatar's picture should be: perhaps a proxy, or a network that wants you to sign in. Open any web page, then start the avatar again.",
        { again: false, garbled: true },
      );
    }
    const tracks = peer.getReceivers().map(({ track }) => track);
    this.#events.onStream(new MediaStream(tracks));
  }

  /**
   * Watches the frames: when the server dies, ICE notices after 5 s and gives up after 15. Looks
   * are counted, not the clock, so a page that slept does not restart.
   * @param {RTCPeerConnection} peer
   * @param {number} attempt
   */
  #watch(peer, attempt) {
    let frames = 0;
    let isConnected = false;
    let looks = 0;
    const look = async () => {
      const { frames: now } = readConnection(await peer.getStats());
      if (attempt !== this.#generation) return;
      const hasConnected = !isConnected && peer.connectionState === "connected";
      looks = now > frames || hasConnected ? 0 : looks + 1;
      isConnected ||= hasConnected;
      if (now > frames) this.#failures = 0;
      frames = now;
      const without = looks * WATCH_EVERY;
      if (!isConnected && (isCutOff(peer) || without >= this.#connectionPatience)) {
        this.#fail(attempt, noRoute(this.#turnRefusal));
      } else if (isConnected && without >= (frames > 0 ? WAITS.frame : WAITS.firstFrame)) {
        this.#fail(attempt, new Refusal("The avatar's picture stopped.", { again: true }));
      } else this.#timer = setTimeout(look, WATCH_EVERY);
    };
    this.#timer = setTimeout(look, WATCH_EVERY);
  }

  get #connectionPatience() {
    return WAITS.connection * Math.min(Math.max(this.#failures, 1), MOST_PATIENCE);
  }

  /** Tries again after a pause, or gives up. @param {number} attempt @param {unknown} error */
  #fail(attempt, error) {
    if (attempt !== this.#generation) return;
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal(
            "The avatar's picture could not be reached. Check the network, then start the avatar again.",
            // TypeError: the request met nobody. TimeoutError: no answer. Anything else: an offer or
            // answer that the browser will not accept the next time either.
            { again: error instanceof TypeError || String(error).startsWith("TimeoutError") },
          );
    if (!refusal.again) {
      this.#events.onFailed(refusal);
      this.#end("failed");
      return;
    }
    this.#generation += 1;
    this.#hangUp();
    this.#failures += 1;
    if (refusal.noRoute && this.#policy === "relay") this.#policy = "all";
    else this.#events.onRefused(refusal);
    this.#events.onState("connecting");
    this.#timer = setTimeout(
      () => this.#connect(),
      Math.max(refusal.pause ?? 0, pauseAfter(this.#failures)),
    );
  }

  /** @param {"closed" | "failed"} state */
  #end(state) {
    this.#running = false;
    this.#generation += 1;
    removeEventListener("pagehide", this.#leave);
    this.#hangUp();
    this.#events.onState(state);
  }

  /** A page that goes away hangs up; from the browser's cache it comes back and connects again. */
  #leave = () => {
    this.#generation += 1;
    this.#hangUp();
    this.#timer = setTimeout(() => this.#connect(), pauseAfter(1));
  };

  #hangUp() {
    clearTimeout(this.#timer);
    this.#peer?.close();
    this.#peer = null;
    forget(this.#resource);
    this.#resource = null;
  }
}

/**
 * `keepalive` lets the request outlive the page. The server reaps a viewer whose DELETE is lost.
 * @param {string | null} resource
 */
function forget(resource) {
  if (resource) fetch(resource, { method: "DELETE", keepalive: true }).catch(() => {});
}
