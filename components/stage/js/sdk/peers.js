/**
 * The connections that an SDK from elsewhere opens. Its only documented way to let go of its
 * picture is `endSession`, and a picture has one viewer: where the session goes on, in another tab
 * or with our SDK, these have to be closed.
 */
export class Peers {
  #native = globalThis.RTCPeerConnection;
  /** @type {Set<RTCPeerConnection>} */ #opened = new Set();

  /** Until close(), every new connection of this page counts as the SDK's. */
  constructor() {
    const opened = this.#opened;
    globalThis.RTCPeerConnection = class extends this.#native {
      /** @param {RTCConfiguration} [configuration] */
      constructor(configuration) {
        super(configuration);
        opened.add(this);
      }
    };
  }

  /** @returns {Promise<RTCStatsReport | undefined>} of the newest */
  async statistics() {
    return [...this.#opened].at(-1)?.getStats();
  }

  /** Hangs up; more may come. */
  hangUp() {
    for (const peer of this.#opened) peer.close();
    this.#opened.clear();
  }

  close() {
    globalThis.RTCPeerConnection = this.#native;
    this.hangUp();
  }
}
