/** What comes next, and what can be done with it. */

import { part, write } from "../../stage/js/overlay/parts.js";
import { clockTime } from "./clock.js";

/** @typedef {import("./protocol.js").ItemMessage} Item */
/** @typedef {Pick<import("./protocol.js").Command, "verb" | "itemId" | "by" | "text">} Asked */

/** Such as "12 s" or "1:05". @param {number} seconds */
export const lengthText = (seconds) =>
  Math.round(seconds) < 60 ? `${Math.max(1, Math.round(seconds))} s` : clockTime(Math.round(seconds));

/** What an item is called. @param {Pick<Item, "kind" | "text" | "seconds">} item */
export function kindText({ kind, text, seconds }) {
  if (kind === "pause") return `Pause ${Math.round(seconds * 10) / 10} s`;
  if (kind === "wait") return "Waits for you";
  return kind === "recording" ? `Recording: ${text}` : text;
}

/**
 * What is to be seen of an item.
 * @param {Item} item
 * @param {number} place in the queue, from 0
 * @param {number} count of items
 */
export function labelOf(item, place, count) {
  const isSaid = item.kind === "line" || item.kind === "recording";
  return {
    text: kindText(item),
    slide: String(item.slide + 1),
    length: isSaid && item.seconds > 0 ? lengthText(item.seconds) : "",
    isYours: item.by === "presenter",
    canSay: isSaid,
    canEdit: item.kind === "line",
    canGoUp: place > 0,
    canGoDown: place < count - 1,
  };
}

/** The drawings of the buttons, 24 by 24. */
const ICONS = {
  "Say now": "M7 5.5v13l11-6.5z",
  Edit: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  Earlier: "M12 19V6M6 11.5 12 5.5l6 6",
  Later: "M12 5v13M6 12.5l6 6 6-6",
  Remove: "M6 6l12 12M18 6 6 18",
};
/** @typedef {keyof typeof ICONS} Action */

export class Queue {
  #list;
  #count;
  #more;
  #clear;
  #ask;
  /** @type {Map<string, Row>} by the item's id */ #rows = new Map();

  /** @param {HTMLElement} root @param {(asked: Asked) => boolean} ask */
  constructor(root, ask) {
    this.#list = part(root, "desk-items");
    this.#count = part(root, "desk-count");
    this.#more = part(root, "desk-more");
    this.#clear = part(root, "desk-clear");
    this.#ask = ask;
    this.#clear.addEventListener("click", () => ask({ verb: "clear" }));
  }

  /** @param {readonly Item[]} items @param {number} count of all, also of those that are not shown */
  show(items, count) {
    const focused = document.activeElement;
    const hadFocus = this.#list.contains(focused);
    const ids = new Set(items.map(({ itemId }) => itemId));
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    for (const [place, item] of items.entries()) {
      const row = this.#rowOf(item.itemId);
      row.show(item, labelOf(item, place, count));
      const there = this.#list.children[place] ?? null;
      if (there !== row.element) this.#list.insertBefore(row.element, there);
    }
    write(this.#count, String(count));
    write(this.#more, count > items.length ? `and ${count - items.length} more` : "");
    this.#clear.hidden = !items.some(({ by }) => by === "presenter");
    // An element that is moved loses the focus, and one that has gone takes it along.
    if (!hadFocus || document.activeElement === focused) return;
    const isThere = focused instanceof HTMLElement && focused.isConnected;
    (isThere ? focused : this.#list).focus({ preventScroll: true });
  }

  /** @param {string} id */
  #rowOf(id) {
    const known = this.#rows.get(id);
    if (known) return known;
    const row = new Row(id, this.#ask);
    this.#rows.set(id, row);
    return row;
  }
}

/** An item on the page. Its elements stay, and with them the focus and what is being edited. */
class Row {
  element = made("li", "desk-item");
  #id;
  #ask;
  #slide = made("span", "desk-item-slide");
  #text = made("p", "desk-item-text");
  #mark = made("span", "desk-mark", "Yours");
  #length = made("span", "desk-item-length");
  #buttons = made("span", "desk-item-buttons");
  /** @type {Partial<Record<Action, HTMLButtonElement>>} */ #byName = {};
  #written = "";

  /** @param {string} id @param {(asked: Asked) => boolean} ask */
  constructor(id, ask) {
    this.#id = id;
    this.#ask = ask;
    this.#text.id = `desk-item-${id}`;
    this.#text.dir = "auto";
    /** @type {Record<Action, () => void>} */
    const acts = {
      "Say now": () => ask({ verb: "sayNow", itemId: id }),
      Edit: () => this.#edit(),
      Earlier: () => ask({ verb: "move", itemId: id, by: -1 }),
      Later: () => ask({ verb: "move", itemId: id, by: 1 }),
      Remove: () => ask({ verb: "remove", itemId: id }),
    };
    for (const [name, act] of /** @type {[Action, () => void][]} */ (Object.entries(acts))) {
      const button = /** @type {HTMLButtonElement} */ (made("button", "desk-icon"));
      button.type = "button";
      button.title = button.ariaLabel = name;
      button.setAttribute("aria-describedby", this.#text.id);
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
      button.addEventListener("click", () => {
        if (button.ariaDisabled !== "true") act();
      });
      this.#byName[name] = button;
      this.#buttons.append(button);
    }
    const end = made("span", "desk-item-end");
    end.append(this.#mark, this.#length);
    this.element.append(this.#slide, this.#text, end, this.#buttons);
  }

  /** @param {Item} item @param {ReturnType<typeof labelOf>} label */
  show(item, label) {
    this.element.dataset.kind = item.kind;
    write(this.#text, label.text);
    write(this.#slide, label.slide);
    this.#slide.title = this.#slide.ariaLabel = `Slide ${label.slide}`;
    this.#slide.role = "img";
    write(this.#length, label.length);
    this.#mark.hidden = !label.isYours;
    this.#written = item.written;
    const { "Say now": say, Edit: edit, Earlier: earlier, Later: later } = this.#byName;
    if (say) say.hidden = !label.canSay;
    if (edit) edit.hidden = !label.canEdit;
    // Not `disabled`, which would take the focus from a keyboard.
    if (earlier) earlier.ariaDisabled = String(!label.canGoUp);
    if (later) later.ariaDisabled = String(!label.canGoDown);
  }

  /** A box in place of the text, until it is saved or cancelled. */
  #edit() {
    if (this.element.dataset.edited === "true") return;
    const form = /** @type {HTMLFormElement} */ (made("form", "desk-edit"));
    const box = /** @type {HTMLTextAreaElement} */ (made("textarea", "desk-box"));
    const save = made("button", "desk-button desk-small", "Save");
    const cancel = /** @type {HTMLButtonElement} */ (made("button", "desk-button desk-small", "Cancel"));
    Object.assign(box, { value: this.#written, ariaLabel: "Text of this line", maxLength: 5000, rows: 3 });
    cancel.type = "button";
    const close = () => {
      form.remove();
      this.element.dataset.edited = "false";
      this.#byName.Edit?.focus({ preventScroll: true });
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const isSaved = box.value.trim() === "" || this.#ask({ verb: "edit", itemId: this.#id, text: box.value });
      if (isSaved) close();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
    cancel.addEventListener("click", close);
    const buttons = made("span", "desk-edit-buttons");
    buttons.append(save, cancel);
    form.append(box, buttons);
    this.element.dataset.edited = "true";
    this.element.append(form);
    box.focus();
  }
}

/** @param {string} tag @param {string} name of its class @param {string} [text] @returns {HTMLElement} */
function made(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}
