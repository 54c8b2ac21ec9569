/** The page Preflight: one button, how each step goes, and the report at the end. */

import { Line, REFUSED } from "../../stage/js/line.js";
import { part, write } from "../../stage/js/overlay/parts.js";
import { Viewer } from "./viewer.js";

/** @typedef {import("./protocol.js").Sight} Sight */
/** @typedef {{parentElement: HTMLElement, data: {channel: string}}} Component */

const LOST =
  "No connection to this server: trying again. If it stays so, let WebSockets through to this app.";
const COPIED_FOR = 2000;

/** The signs' names for screen readers. */
const SAID = {
  waiting: "not yet",
  trying: "under way",
  passed: "works",
  failed: "does not work",
  "not tried": "not tried",
};

/** @type {WeakMap<HTMLElement, Page>} */ const pages = new WeakMap();

/**
 * Called by Streamlit at the mount and whenever its data or theme changes: a reconciler.
 * @param {Component} component
 * @returns {() => void} the cleanup, called at the unmount only
 */
export function mount({ parentElement, data }) {
  const page = pages.get(parentElement) ?? new Page(parentElement);
  pages.set(parentElement, page);
  page.follow(data.channel);
  return () => {
    page.close();
    pages.delete(parentElement);
  };
}

class Page {
  #parent;
  #channel = "";
  /** @type {Line | null} */ #line = null;
  /** @type {Viewer | null} */ #viewer = null;
  #watched = "null";

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.#parent = parent;
    // Not `disabled`, which would take the focus from a keyboard.
    const run = this.#find("run");
    run.addEventListener("click", () => {
      if (run.ariaDisabled !== "true") this.#tell({ event: "run" });
    });
    this.#find("copy").addEventListener("click", () => this.#copyReport());
  }

  /** @param {string} channel another one after the server was started anew */
  follow(channel) {
    if (channel === this.#channel) return;
    this.close();
    this.#channel = channel;
    const onClosed = this.#onClosed.bind(this);
    this.#line = new Line(channel, (message) => this.#show(message), onClosed);
    this.#line.open();
  }

  /** @param {string} name */
  #find(name) {
    return part(this.#parent, `preflight-${name}`);
  }

  close() {
    this.#line?.close();
    this.#watch(null);
  }

  /** @param {import("../../stage/js/line.js").Closed} closed */
  #onClosed({ isRefused, failures }) {
    this.#watch(null);
    this.#find("run").ariaDisabled = "true";
    if (isRefused || failures > 1) this.#say(isRefused ? REFUSED : LOST, "failed");
  }

  /** @param {import("./protocol.js").Asked | import("./protocol.js").Saw} message */
  #tell(message) {
    this.#line?.send(message);
  }

  /** @param {import("./protocol.js").Message} message */
  #show({ running, results, verdict, report, refusal, watch }) {
    const run = this.#find("run");
    run.ariaDisabled = String(running);
    run.textContent = running ? "Running…" : verdict ? "Run again" : "Run preflight";
    const isWell = results.every(({ outcome }) => outcome === "passed");
    this.#say(refusal ?? verdict ?? "", refusal || !isWell ? "failed" : "passed");
    this.#find("steps").replaceChildren(...results.map(drawn));
    this.#find("report").hidden = report === null;
    this.#find("report pre").textContent = report;
    this.#watch(watch);
  }

  /** @param {string} sentence @param {"passed" | "failed"} outcome */
  #say(sentence, outcome) {
    const verdict = this.#find("verdict");
    verdict.hidden = !sentence;
    verdict.dataset.outcome = outcome;
    write(verdict, sentence);
  }

  /** @param {import("./protocol.js").Watched | null} media */
  #watch(media) {
    const watched = JSON.stringify(media);
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#viewer?.close();
    const tell = (/** @type {Sight} */ sight, word = "") => this.#tell({ sight, word });
    this.#viewer = media && new Viewer(media, this.#find("picture"), tell);
  }

  /** Selects the text where the browser forbids the clipboard (plain http). */
  async #copyReport() {
    const [text, copy] = [this.#find("report pre"), this.#find("copy")];
    try {
      await navigator.clipboard.writeText(text.textContent ?? "");
      copy.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(text);
      copy.textContent = "Selected";
    }
    setTimeout(() => (copy.textContent = "Copy"), COPIED_FOR);
  }
}

/** @param {import("./protocol.js").ResultMessage} result @returns {HTMLElement} */
function drawn({ name, title, outcome, seconds, detail, toDo }) {
  const step = element("li", "step");
  step.dataset.outcome = outcome;
  step.dataset.step = name;
  const sign = element("span", "sign");
  sign.role = "img";
  sign.ariaLabel = SAID[outcome];
  const took = seconds === null ? (outcome === "not tried" ? outcome : "") : `${seconds.toFixed(2)} s`;
  step.append(sign, element("span", "title", title), element("span", "took", took));
  if (detail) step.append(element("p", "detail", detail));
  if (toDo) step.append(element("p", "to-do", toDo));
  return step;
}

/** @param {string} tag @param {string} name of its class @param {string} [text] */
function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = `preflight-${name}`;
  made.textContent = text;
  return made;
}
