/** Shows a preflight's session, and reports its picture, its sound and its failures. */

import { Picture, copyPicture } from "../../stage/js/media/picture.js";
import { Player } from "../../stage/js/media/player.js";
import { playAloud } from "../../stage/js/media/sound.js";
import { routeOf } from "../../stage/js/media/statistics.js";
import { hasWebRtc } from "../../stage/js/media/whep.js";
import { shutRelays } from "./relays.js";

/** @typedef {import("./protocol.js").Sight} Sight preflight/sightings.py says what each means */

/** One failure may be a blip; `noRoute` comes only after every way was tried. */
const FAILURES = 2;
/** The browser's statistics name the route a moment after the connection is made. */
const LOOK_EVERY = 100;

/**
 * What a failed attempt tells; null while it may be a blip.
 * @param {Pick<import("../../stage/js/media/retries.js").Refusal, "status" | "garbled">} refusal
 * @param {number} failures in a row, from 1
 * @param {boolean} isFinal no attempt follows
 * @returns {[sight: Sight, word?: string] | null}
 */
export function sightOf({ status, garbled }, failures, isFinal) {
  if (!isFinal && failures < FAILURES) return null;
  if (garbled) return ["garbled"];
  return status ? ["refused", String(status)] : ["unanswered"];
}

/** Kaltura's service sends H264 alone: without it there are neither frames nor an error. */
function lacksH264() {
  const known = RTCRtpReceiver.getCapabilities?.("video")?.codecs;
  return known !== undefined && !known.some(({ mimeType }) => /^video\/h264$/i.test(mimeType));
}

export class Viewer {
  #player;
  #picture;
  #video = document.createElement("video");
  #note;
  #failures = 0;
  #hasSeen = false;
  #turn;
  #closed = false;

  /**
   * @param {import("./protocol.js").Watched} media
   * @param {HTMLElement} container gets the `<video>`
   * @param {(sight: Sight, word?: string) => void} note
   */
  constructor({ whepUrl, turn }, container, note) {
    this.#note = note;
    this.#turn = turn;
    this.#video.playsInline = true;
    container.replaceChildren(this.#video);
    this.#picture = new Picture(this.#video, (event) => {
      if (event !== "playing") return;
      this.#hasSeen = true;
      this.#see("picture");
    });
    this.#player = new Player(
      { url: whepUrl, turn, plainUrl: null },
      {
        onStream: (stream) => {
          this.#video.srcObject = stream;
          playAloud(this.#video, () => {
            this.#see("blocked");
            this.#video.muted = true;
          });
        },
        onSpeaking: (speaking) => this.#see(speaking ? "sound" : "quiet"),
        onState: (state) => {
          if (state === "connected") this.#tellRoute();
        },
        onRefused: (refusal) => this.#fail(refusal),
        onFailed: (refusal) => this.#fail(refusal, true),
      },
    );
    if (hasWebRtc() && lacksH264()) this.#see("no h264");
    if (hasWebRtc()) this.#player.start();
    else this.#see("no webrtc");
  }

  /** The last picture stays in its place. Idempotent. */
  close() {
    this.#closed = true;
    this.#video.replaceWith(this.#hasSeen ? lastPictureOf(this.#video) : "No picture came");
    this.#player.stop();
    this.#picture.close();
  }

  /** @param {Sight} sight @param {string} [word] */
  #see(sight, word) {
    if (!this.#closed) this.#note(sight, word);
  }

  async #tellRoute() {
    const report = await this.#player.statistics();
    if (this.#closed || typeof report !== "object") return;
    const route = routeOf(report);
    if (route) this.#see("connected", route);
    else setTimeout(() => this.#tellRoute(), LOOK_EVERY);
  }

  /** @param {import("../../stage/js/media/retries.js").Refusal} refusal @param {boolean} [final] */
  async #fail(refusal, final = false) {
    this.#failures += 1;
    if (refusal.noRoute) {
      const { shut, refusal: code } = await shutRelays(this.#turn);
      for (const way of shut) this.#see("shut", way);
      if (code !== null) this.#see("turned away", String(code));
      this.#see("no way");
      return;
    }
    const sight = sightOf(refusal, this.#failures, final);
    if (sight) this.#see(...sight);
  }
}

/** @param {HTMLVideoElement} video */
function lastPictureOf(video) {
  const held = document.createElement("canvas");
  copyPicture(video, held);
  return held;
}
