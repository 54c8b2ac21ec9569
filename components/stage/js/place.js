/**
 * Where a component is in Streamlit's page. A lost run takes it out until the next run, which may
 * bring it another parent: it goes on meanwhile, and its video plays on.
 */

/** In ms: after this it is gone. */
const DETACHED_FOR = 5000;

export class Place {
  root;
  #selector;
  /** Streamlit's HTML, for the component that comes after this one. */
  #pristine;
  #parent;
  #close;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #detached;

  /** @param {HTMLElement} parent @param {string} selector of the root @param {() => void} close the component */
  constructor(parent, selector, close) {
    this.root = /** @type {HTMLElement} */ (parent.querySelector(selector));
    this.#selector = selector;
    this.#pristine = this.root.cloneNode(true);
    this.#parent = parent;
    this.#close = close;
  }

  /** @param {HTMLElement} parent */
  isIn(parent) {
    return this.#parent === parent;
  }

  get isDetached() {
    return this.#detached !== undefined;
  }

  /** @param {HTMLElement} parent @returns {boolean} whether it was moved */
  attach(parent) {
    this.#wait(false);
    this.#parent = parent;
    const fresh = parent.querySelector(this.#selector);
    if (fresh === this.root) return false;
    fresh?.replaceWith(this.root);
    return true;
  }

  /** @param {HTMLElement} parent @returns {boolean} whether it was there */
  detach(parent) {
    if (!this.isIn(parent)) return false;
    this.#wait(true);
    return true;
  }

  /** For ever. */
  leave() {
    this.#wait(false);
    this.root.replaceWith(this.#pristine);
  }

  /** @param {boolean} isDetached */
  #wait(isDetached) {
    clearTimeout(this.#detached);
    this.#detached = isDetached ? setTimeout(this.#close, DETACHED_FOR) : undefined;
  }
}

/**
 * The component of this channel; one of another channel is closed if it is in its place.
 * @template {{place: Place, close: () => void}} T
 * @param {Map<string, T>} components by channel
 * @param {string} channel
 * @param {HTMLElement} parent
 * @param {() => T} make
 * @returns {T}
 */
export function mounted(components, channel, parent, make) {
  for (const [other, component] of components) {
    if (other !== channel && component.place.isIn(parent)) component.close();
  }
  const component = components.get(channel) ?? make();
  components.set(channel, component);
  return component;
}
