/**
 * The stage for the audience: one channel brings the avatar, the other one the show. It has no
 * control and no message: what is wrong is a mark here, and a sentence at the desk.
 */

import { SlideView } from "../../slides/js/slide_view.js";
import { Channel } from "../../stage/js/channel.js";
import { pauseAfter } from "../../stage/js/media/retries.js";
import { Sound } from "../../stage/js/media/sound.js";
import { figures } from "../../stage/js/media/statistics.js";
import { read } from "../../stage/js/overlay/figures.js";
import { singleKeysAreOn } from "../../stage/js/overlay/single_keys.js";
import { FIRST, drawn, reduce } from "../../stage/js/reduce.js";
import { loadSdk } from "../../stage/js/sdk/sdk_display.js";
import { Viewing } from "../../stage/js/viewing.js";
import { setBackdrop } from "./backdrop.js";
import { BackdropPicture } from "./backdrop_picture.js";
import { linesAt } from "./caption.js";
import { ANSWERED_WITHIN } from "./deadline.js";
import { Film } from "./film.js";
import { Keyed } from "./keyed.js";
import { isOneCharacter, keyToVerb } from "./keys.js";

/** @typedef {import("./protocol.js").AudienceMessage} AudienceMessage */

/** What a key does on the stage as well. @type {Partial<Record<import("./keys.js").Verb, import("./protocol.js").Command>>} */
const STEPS = {
  next: { verb: "next" },
  back: { verb: "back" },
  silence: { verb: "silence" },
  go: { verb: "go" },
  again: { verb: "again" },
  skip: { verb: "skip" },
  first: { verb: "jump", slide: 0 },
};

/** In ms. */
const MEASURES_EVERY = 2000;

class StagePage {
  #root;
  #state = FIRST;
  #sound;
  #viewing;
  #avatarLine;
  #audienceLine;
  #slides;
  /** What is behind it, as it was asked for last. */
  #backdrop = "";
  /** @type {Keyed | null} */ #keyed = null;
  /** @type {AudienceMessage | null} */ #scene = null;
  /** When the newest scene came, by `performance.now()`. */
  #at = 0;
  /** The deck that is fetched, and the one that the slides are of. */
  #deck = 0;
  #loaded = 0;
  #isOffline = false;
  /** It has asked for the picture of this session, over this line. */
  #hasTaken = false;
  /** @type {number | undefined} */ #frame;
  #caption = "";
  #picture;
  /** @type {import("../../stage/js/media/statistics.js").Reading | null} */ #reading = null;
  #measuredAt = 0;
  #film;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    const { channel = "", audience = "", frame = "", poster = "", backdropPicture = "" } = root.dataset;
    const forever = new AbortController().signal;
    this.#sound = new Sound((blocked) => this.#onBlocked(blocked), forever);
    this.#slides = new SlideView(this.#part("slide"), frame, {});
    this.#viewing = new Viewing(this.#part("picture"), {
      state: () => this.#state,
      become: (event) => this.#become(event),
      tell: (saw) => this.#avatarLine.tell(saw),
      onVideo: (video) => this.#onVideo(video),
    });
    this.#avatarLine = new Channel(
      channel,
      (/** @type {import("../../stage/js/protocol.js").Message} */ view) => this.#show(view),
      (loss) => {
        this.#become({ type: "line", loss });
        if (loss === null) this.#viewing.tellResumed();
        else if (loss.kind !== "hung") this.#hasTaken = false;
      },
      () => location.reload(), // a server that was restarted wants another nonce
    );
    this.#audienceLine = new Channel(
      audience,
      (/** @type {AudienceMessage} */ scene) => this.#play(scene),
      (loss) => {
        this.#isOffline = loss !== null;
        if (loss === null) this.#tellAgain();
        this.#draw();
      },
      () => location.reload(),
    );
    this.#picture = new BackdropPicture(backdropPicture, () => this.#draw());
    this.#film = new Film(root, {
      slide: async (index) => {
        if (this.#loaded !== this.#scene?.deck) throw new Error("The deck has not come yet.");
        return this.#slides.svg(index);
      },
      report: (told) => this.#audienceLine.tell(told),
      onWaiting: () => this.#tellBlocked(),
    });
    const image = /** @type {HTMLImageElement} */ (this.#part("poster"));
    image.src = poster;
    image.hidden = poster === "";
    this.#part("begin").addEventListener("click", () => this.#begin());
    root.addEventListener("dblclick", () => toggleFullScreen());
    document.addEventListener("keydown", (event) => this.#press(event));
    this.#avatarLine.open();
    this.#audienceLine.open();
    loadSdk("").catch(() => {});
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`.hall-${name}`));
  }

  // The avatar.

  /** @param {import("../../stage/js/protocol.js").Message} view */
  #show(view) {
    // This window shows the picture whenever it is open: the desk's lets go of it.
    // Once a session: of two such windows, the one that was opened last has it.
    if (view.elsewhere && !this.#hasTaken) {
      this.#hasTaken = true;
      this.#avatarLine.ask({ wish: "take" });
    } else if (!view.avatar && !view.elsewhere) this.#hasTaken = false;
    this.#viewing.show(view);
  }

  /** @param {import("../../stage/js/reduce.js").Event} event */
  #become(event) {
    this.#state = reduce(this.#state, event);
    this.#viewing.tellTrouble();
    this.#draw();
  }

  /** @param {HTMLVideoElement | null} video */
  #onVideo(video) {
    this.#sound.attend(video);
    this.#keyed?.stop();
    this.#film.attend(video);
    this.#keyed = video && new Keyed(video, /** @type {HTMLCanvasElement} */ (this.#part("keyed")));
    this.#draw();
  }

  /** @param {boolean} blocked the browser lets nothing be heard before a gesture */
  #onBlocked(blocked) {
    this.#become({ type: "muted", reason: "browser", muted: blocked });
    this.#tellBlocked();
  }

  /** A recording needs the gesture as well, even where nothing is to be heard yet. */
  get #isBlocked() {
    return this.#state.muted.browser || this.#film.isWaiting;
  }

  #tellBlocked() {
    this.#part("begin").hidden = !this.#isBlocked;
    this.#audienceLine.tell({ blocked: this.#isBlocked });
  }

  /** A clicker's keys come here, when this window has the focus. @param {KeyboardEvent} event */
  #press(event) {
    const singleKeysOn = singleKeysAreOn();
    if (singleKeysOn && isOneCharacter(event) && event.key.toLowerCase() === "f" && !event.repeat) toggleFullScreen();
    const verb = keyToVerb(event, { typing: false, dialogOpen: false, singleKeysOn });
    const command = verb && STEPS[verb];
    if (!command) return;
    event.preventDefault(); // of a key that is held down, too: F5 would reload
    if (!event.repeat) this.#audienceLine.ask(command);
  }

  /** The server has seen this page go, and forgotten what it told. */
  #tellAgain() {
    this.#film.tellAgain();
    if (this.#isBlocked) this.#audienceLine.tell({ blocked: true });
  }

  #begin() {
    this.#part("begin").hidden = true;
    document.documentElement.requestFullscreen?.().catch(() => {});
  }

  // The show.

  /** @param {AudienceMessage} scene */
  async #play(scene) {
    this.#scene = scene;
    this.#at = performance.now();
    this.#slides.show(scene.slide);
    this.#draw();
    if (scene.deck !== this.#deck) this.#fetchDeck(scene.deck);
  }

  /** Until it has come. @param {number} deck */
  async #fetchDeck(deck) {
    this.#deck = deck;
    for (let failures = 0; deck === this.#deck; ) {
      const url = /** @type {string} */ (this.#root.dataset.slides);
      const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWERED_WITHIN) }).catch(() => null);
      const came = answer?.ok ? await answer.json().catch(() => null) : null;
      if (deck !== this.#deck) return; // another one is wanted by now
      if (came) {
        this.#slides.load(came.markdown, came.pictures);
        this.#slides.show(this.#scene?.slide ?? 0);
        this.#loaded = deck;
        this.#draw(); // the recording has waited for it
        return;
      }
      failures += 1;
      await new Promise((resolve) => setTimeout(resolve, pauseAfter(failures)));
    }
  }

  #draw() {
    const root = this.#root;
    const shown = drawn(this.#state);
    const scene = this.#scene;
    this.#sound.mute(shown.muted);
    root.dataset.playing = String(shown.playing);
    this.#film.mute(shown.muted);
    const isWrong = this.#isOffline || shown.lost || shown.stalled || this.#state.view?.elsewhere || scene?.trouble;
    this.#part("mark").hidden = !isWrong;
    if (!scene) return;
    const { layout, backdrop, value, captions } = scene.look;
    Object.assign(root.dataset, { layout, backdrop, captions: String(captions) });
    const isKeyed = (backdrop === "color" || backdrop === "picture") && shown.playing;
    if (isKeyed) this.#keyed?.start();
    else this.#keyed?.stop();
    root.dataset.keyed = String(isKeyed);
    this.#part("keyed").hidden = !isKeyed;
    // Alone, the square picture has its own room beside it, out of focus.
    const isBlurred = backdrop === "blur" || layout === "avatar";
    const ofRoom = isBlurred && shown.playing ? "blur" : "room";
    this.#picture.want(scene.pictures);
    const isPicture = isKeyed && backdrop === "picture";
    this.#showBackdrop(isKeyed ? backdrop : ofRoom, isPicture ? this.#picture.url : value);
    this.#part("recording").hidden = !scene.filmed;
    this.#film.show(scene);
    if (scene.said) this.#frame ??= requestAnimationFrame(() => this.#tick());
    else this.#tell("");
  }

  /** @param {import("./protocol.js").Backdrop} backdrop @param {string} value */
  #showBackdrop(backdrop, value) {
    const wanted = `${backdrop} ${value}`;
    if (wanted === this.#backdrop) return;
    this.#backdrop = wanted;
    setBackdrop(this.#root, { kind: backdrop === "room" ? "none" : backdrop, value });
  }

  /** What the desk's figures show, while something is said. */
  async #measure() {
    const reading = read(await this.#viewing.statistics(), this.#viewing.video);
    if (reading) this.#audienceLine.tell({ media: figures(this.#reading ?? reading, reading) });
    this.#reading = reading ?? null;
  }

  /** While something is said. */
  #tick() {
    this.#frame = undefined;
    const said = this.#scene?.said;
    if (!said) return;
    const now = performance.now();
    if (now - this.#measuredAt > MEASURES_EVERY) {
      this.#measuredAt = now;
      this.#measure();
    }
    if (said.since !== null) {
      const seconds = said.since + (now - this.#at) / 1000;
      this.#tell(drawn(this.#state).muted ? "" : linesAt(said.captions, seconds).join("\n"));
    }
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** @param {string} caption */
  #tell(caption) {
    if (caption === this.#caption) return;
    this.#caption = caption;
    const span = document.createElement("span");
    span.textContent = caption;
    this.#part("caption").replaceChildren(span);
  }
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

const root = document.querySelector(".hall");
if (root instanceof HTMLElement) new StagePage(root);
