/** The list of the desk's keys, for people to read. */

import { KEYS, keyCap } from "./keys.js";

/** @param {HTMLElement} list */
export function listKeys(list) {
  list.replaceChildren(
    ...KEYS.map(({ keys, label }) => {
      const row = document.createElement("div");
      const caps = document.createElement("dt");
      for (const key of keys) {
        caps.append(Object.assign(document.createElement("kbd"), { textContent: keyCap(key) }), " ");
      }
      row.append(caps, Object.assign(document.createElement("dd"), { textContent: label }));
      return row;
    }),
  );
}
