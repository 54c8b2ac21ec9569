/** A message of the server to the desk, for the tests. */

/** @typedef {import("../../../components/presenter/js/protocol.js").DeskMessage} Message */

/** @param {Partial<Message>} [changes] @returns {Message} a live session, held on the first slide of three */
export const message = (changes = {}) => ({
  deck: 1,
  name: "A show",
  slide: 0,
  slides: 3,
  phase: "ready",
  problem: null,
  goesOn: false,
  waits: false,
  pauses: null,
  stopped: false,
  over: false,
  notice: null,
  refusal: null,
  refusals: 0,
  said: null,
  coming: [],
  comingCount: 0,
  elapsed: null,
  left: 60,
  planned: 60,
  look: { layout: "beside", backdrop: "room", value: "#101418", captions: true },
  windows: 0,
  blocked: false,
  film: "off",
  filmProblem: null,
  figure: null,
  media: [],
  endsIn: null,
  billed: false,
  server: "s-1",
  ...changes,
});

/** @type {NonNullable<Message["said"]>} */
export const SAID = {
  text: "Hello.",
  by: "show",
  words: [],
  length: 1,
  estimated: true,
  since: 0.2,
};
