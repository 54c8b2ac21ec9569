/** What a key or a button of the desk asks the server for, as the show stands. */

import { BACKDROPS, LAYOUTS, after } from "./look.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/** @typedef {import("./protocol.js").Command} Command */
/** @typedef {import("./keys.js").Verb} KeyVerb */
/** @typedef {Exclude<KeyVerb, "ask" | "say" | "window" | "keys">} Verb what the page does not do by itself */
/** @typedef {Pick<Message, "goesOn" | "said" | "pauses" | "slides" | "look">} Shown */

/** Whether a sound or a pause is under way, or the next line follows by itself. @param {Shown} shown */
export const isUnderWay = ({ goesOn, said, pauses }) => goesOn || said !== null || pauses !== null;

/** Whether Go/Hold holds. @param {Pick<Shown, "goesOn" | "pauses">} shown */
export const holds = ({ goesOn, pauses }) => goesOn || pauses !== null;

/**
 * @param {Verb} verb
 * @param {Shown} shown
 * @param {boolean} wasSilenced by the same key, a while ago: it plays on
 * @returns {Command}
 */
export function commandOf(verb, shown, wasSilenced) {
  const { look, slides } = shown;
  switch (verb) {
    case "hold":
      return { verb: holds(shown) ? "hold" : "go" };
    case "silence":
      return { verb: wasSilenced && !isUnderWay(shown) ? "go" : "silence" };
    case "first":
      return { verb: "jump", slide: 0 };
    case "last":
      return { verb: "jump", slide: Math.max(0, slides - 1) };
    case "layout":
      return { verb: "look", layout: after(LAYOUTS, look.layout) };
    case "layout-avatar":
      return { verb: "look", layout: "avatar" };
    case "layout-beside":
      return { verb: "look", layout: "beside" };
    case "layout-corner":
      return { verb: "look", layout: "corner" };
    case "layout-voice":
      return { verb: "look", layout: "voice" };
    case "backdrop":
      return { verb: "look", backdrop: after(BACKDROPS, look.backdrop) };
    case "captions":
      return { verb: "look", captions: !look.captions };
    default:
      return { verb };
  }
}
