/**
 * Why the page can't use a microphone, in the place of Streamlit's recorder, which has "An error has
 * occurred, please try again." for each reason (1.67). One piece without imports: it is inline.
 */

/** @typedef {"insecure" | "missing" | "denied" | "failed"} Reason */

/** @type {Readonly<Record<Reason, string>>} */
export const SENTENCES = {
  insecure:
    "A browser gives a microphone to pages on https or on its own machine (localhost) alone: open" +
    " this page so, or drop a file.",
  missing: "This browser finds no microphone: plug one in, or drop a file.",
  denied:
    "This browser does not let the page use the microphone: allow it with the icon beside the" +
    " address, or drop a file.",
  failed:
    "The microphone could not be used: close other programs that record, then open this again; or" +
    " drop a file.",
};

/** What Streamlit's recorder shows where it could not record. */
const FAILED = /An error has occurred|would like to use your microphone/;

/**
 * @param {object} known
 * @param {boolean} known.isSecure
 * @param {readonly string[] | null} known.kinds of the devices; null: the browser tells of none
 * @param {string} known.permission "granted", "prompt" or "denied"; "" where it can't be asked
 * @param {boolean} known.hasFailed
 * @returns {Reason | null}
 */
export function reasonOf({ isSecure, kinds, permission, hasFailed }) {
  if (!isSecure) return "insecure";
  if (permission === "denied") return "denied";
  if (kinds && !kinds.includes("audioinput")) return "missing";
  return hasFailed ? "failed" : null;
}

/** @type {WeakMap<HTMLElement, Microphone>} */ const shown = new WeakMap();

/**
 * Called by Streamlit at the mount and whenever its data changes.
 * @param {{parentElement: HTMLElement, data: {container: string}}} component
 * @returns {() => void} the cleanup, called at the unmount only
 */
export default function ({ parentElement, data }) {
  if (!shown.has(parentElement)) {
    const container = /** @type {HTMLElement | null} */ (parentElement.closest(data.container));
    if (container) shown.set(parentElement, new Microphone(parentElement, container));
  }
  return () => {
    shown.get(parentElement)?.close();
    shown.delete(parentElement);
  };
}

class Microphone {
  #container;
  #told = document.createElement("p");
  #over = new AbortController();
  #observer = new MutationObserver(() => this.#look());
  #hasFailed = false;
  /** @type {PermissionStatus | undefined} */ #permission;
  /** @type {string[] | null} */ #kinds = null;

  /** @param {HTMLElement} parent @param {HTMLElement} container of the recorder, too */
  constructor(parent, container) {
    this.#container = container;
    this.#told.role = "status";
    this.#told.className = "microphone-told";
    parent.append(this.#told);
    this.#observer.observe(container, { childList: true, subtree: true });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#ask(), this.#over);
    this.#ask();
    navigator.permissions?.query({ name: /** @type {PermissionName} */ ("microphone") }).then(
      (permission) => {
        this.#permission = permission;
        permission.addEventListener("change", () => this.#ask(), this.#over);
        this.#show();
      },
      () => {}, // a browser that can't be asked
    );
  }

  close() {
    this.#over.abort();
    this.#observer.disconnect();
    this.#told.remove();
  }

  async #ask() {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => null);
    this.#kinds = devices?.map(({ kind }) => kind) ?? null;
    this.#hasFailed = false;
    this.#look();
    this.#show();
  }

  #look() {
    const recorder = this.#container.querySelector('[data-testid="stAudioInput"]');
    const hasFailed = FAILED.test(recorder?.textContent ?? "");
    if (hasFailed === this.#hasFailed) return;
    this.#hasFailed = hasFailed;
    this.#show();
  }

  #show() {
    const reason = reasonOf({
      isSecure: isSecureContext && navigator.mediaDevices !== undefined,
      kinds: this.#kinds,
      permission: this.#permission?.state ?? "",
      hasFailed: this.#hasFailed,
    });
    this.#container.dataset.microphone = reason ?? "works";
    const sentence = reason ? SENTENCES[reason] : "";
    if (this.#told.textContent !== sentence) this.#told.textContent = sentence;
  }
}
