/** A view before any session, for the tests. */

/** @type {import("../../../components/stage/js/protocol.js").Message} */
export const IDLE = {
  revision: 0,
  phase: "idle",
  caption: null,
  canInterrupt: false,
  interrupts: 0,
  interrupting: false,
  way: "direct",
  avatar: null,
  elsewhere: false,
  endsIn: null,
  limit: null,
  refusal: null,
  refusals: 0,
  trouble: null,
  problem: null,
  notice: null,
  lasts: 0,
  againIn: null,
  server: "a-server",
  stopping: false,
  turns: [],
  afresh: false,
  billed: false,
};
