/**
 * The text in the box that was not said yet: kept in this tab, and put back where Streamlit lost it.
 *
 * A form keeps a text in the browser until it is submitted (Streamlit 1.67). Another page of the
 * app, a reload, and a new session at the server, after a sleep or a restart, begin with the text
 * that the server knows. This comes with the page's first run, as one piece without imports, so
 * that no text is typed before it listens.
 */

/**
 * @typedef {object} Said the last text that has left its box
 * @property {string} turn its id
 * @property {string} text
 */
/**
 * @typedef {object} Draft
 * @property {string} text as typed
 * @property {string} [asked] it was asked to be said; the id of the last text said before, or ""
 */

const TEXT = ".st-key-text textarea";
const SPEAK = ".st-key-speak button:enabled";
const RUNNING = '[data-test-script-state="running"]';

/** In ms after the page has changed: the rest of a run's changes come with it. */
const SETTLES = 50;

/**
 * Called by Streamlit at the mount and whenever its data changes. There is no cleanup: what is
 * typed while a lost run takes the component out of the page must not be lost.
 * @param {{data: {said: Said | null}}} component
 */
export default function ({ data }) {
  const page = /** @type {{avatarDrafts?: Drafts}} */ (globalThis);
  page.avatarDrafts ??= new Drafts();
  page.avatarDrafts.show(data.said);
}

/** The server trims a text and has blanks for its control characters. @param {string} text */
const bare = (text) => text.replace(/[\s\p{Cc}\p{Cs}]+/gu, "");

/**
 * What becomes of a draft: null once it was said.
 * @param {Draft | null} draft
 * @param {Said | null} said
 * @returns {Draft | null}
 */
export function afterSaid(draft, said) {
  if (!draft || !said || draft.asked === undefined || draft.asked === said.turn) return draft;
  return bare(draft.text) === bare(said.text) ? null : draft;
}

/** One draft, in the store of this tab. */
export class Kept {
  /** Apps below different paths of one host share a store. */
  #key = `avatar-draft ${new URL(".", document.baseURI).pathname}`;
  /** @type {Draft | null} */ #draft = null;

  constructor() {
    try {
      this.#draft = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
    } catch {
      // A browser may forbid it: the text outlives a restart all the same, but no reload.
    }
  }

  get draft() {
    return this.#draft;
  }

  set draft(draft) {
    this.#draft = draft;
    try {
      if (draft) sessionStorage.setItem(this.#key, JSON.stringify(draft));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // As above; or the text is too long for it.
    }
  }
}

const theBox = () => /** @type {HTMLTextAreaElement | null} */ (document.querySelector(TEXT));

/**
 * Types `text`, so that Streamlit takes it for the visitor's.
 * @param {HTMLTextAreaElement} box
 * @param {string} text
 */
function type(box, text) {
  const value = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
  value?.set?.call(box, text); // React has put a property of its own before it
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Looks after the text in the box of this page. */
class Drafts {
  #kept = new Kept();
  /** @type {Said | null} as the newest run has drawn it */ #said = null;
  /** @type {string | undefined} the turn for which a draft has left this page's box */ #left;
  /** @type {{box: Element, text: string} | null} as it was last */ #seen = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #looking;

  constructor() {
    addEventListener("input", ({ target }) => this.#typed(target), true);
    addEventListener("click", ({ target }) => this.#clicked(target), true);
    addEventListener("keydown", (event) => this.#pressed(event), true);
    new MutationObserver(() => {
      this.#keepTyped();
      this.#lookSoon();
    }).observe(document.body, {
      attributeFilter: ["data-test-script-state"],
      childList: true,
      subtree: true,
    });
  }

  /** @param {Said | null} said */
  show(said) {
    this.#said = said;
    this.#lookSoon();
  }

  /** @param {EventTarget | null} box */
  #typed(box) {
    if (!(box instanceof HTMLTextAreaElement && box.matches(TEXT))) return;
    this.#seen = { box, text: box.value };
    if (box.value === this.#kept.draft?.text) return;
    this.#kept.draft = box.value ? { text: box.value } : null;
  }

  /** @param {EventTarget | null} target */
  #clicked(target) {
    if (target instanceof Element && target.closest(SPEAK)) this.#asked();
  }

  /** @param {KeyboardEvent} event */
  #pressed({ key, ctrlKey, metaKey, target }) {
    const submits = key === "Enter" && (ctrlKey || metaKey);
    if (submits && target === theBox() && document.querySelector(SPEAK)) this.#asked();
  }

  /** The text is to be said. A second click, or key, is for the same turn. */
  #asked() {
    const text = theBox()?.value;
    const { draft } = this.#kept;
    if (!text || (draft?.text === text && draft.asked !== undefined)) return;
    this.#kept.draft = { text, asked: this.#said?.turn ?? "" };
  }

  /** At once, before a key is heard: a run that empties the box of the last text may find the next one. */
  #keepTyped() {
    const box = theBox();
    const { draft } = this.#kept;
    if (box && draft && draft.asked === undefined && box.value !== draft.text) type(box, draft.text);
  }

  #lookSoon() {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      this.#look();
    }, SETTLES);
  }

  #look() {
    const box = theBox();
    if (!box || document.querySelector(RUNNING)) return;
    const before = this.#kept.draft;
    const draft = afterSaid(before, this.#said);
    if (draft !== before) {
      this.#kept.draft = draft;
      this.#left = this.#said?.turn;
    }
    const { turn, text = "" } = this.#said ?? {};
    if (draft && box.value !== draft.text) type(box, draft.text);
    // After a reload the server does not know that the box has a text that was on its way.
    else if (!draft && box.value && turn === this.#left && bare(box.value) === bare(text)) type(box, "");
    // The server has put it back, because it could not be said.
    else if (!draft && box.value && this.#seen?.box === box && this.#seen.text !== box.value) {
      this.#kept.draft = { text: box.value };
    }
    this.#seen = { box, text: box.value };
  }
}
