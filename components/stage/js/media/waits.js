/**
 * How long each part of bringing and keeping the picture may take, in ms. They run inside each
 * other, so they stand together, and `waits.test.mjs` checks that they fit.
 */
export const WAITS = Object.freeze({
  /** The offer's first relay candidate. A TURN server that is silent costs this at the start. */
  candidate: 1500,
  /** The service's answer to the offer. */
  answer: 10_000,
  /** Then the connection: TURN over TLS needs about 2 s. Without one there is a new attempt. */
  connection: 4500,
  /** Then its first frame. */
  firstFrame: 8000,

  /**
   * From the service's first answer on: without a connection by then it goes over plain HTTP, where
   * that is offered. On an open network WebRTC needs 1 s, on a busy machine up to 3.
   */
  plain: 5000,
  /** The same with a TURN server, whose relay is tried first, for `connection`. */
  plainAfterRelay: 9000,

  /**
   * The first picture, from the session's data on: TURN over TLS needs about 4 s. Then the stage says
   * that none came.
   */
  firstPicture: 12_000,

  /** Without a new frame the stage says that the picture stopped, and holds the last one. */
  stalled: 2000,
  /** Then the connection is made anew. Not before: closing it blackens the picture. */
  frame: 2500,

  /** An answer over plain HTTP; one comes every 2 s, with or without news. */
  plainAnswer: 10_000,
  /** Without an answer for so long the drawn picture stands, so that the stage says so. */
  plainOverdue: 3000,
});
