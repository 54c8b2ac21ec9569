/** No picture of its own, and fails as it is told: `window.refusals` and `window.sdk.fail(error)`. */
export class KalturaAvatarSession {
  #listeners = {};
  #state = "READY";

  constructor(apiKey, { baseUrl }) {
    this.baseUrl = baseUrl;
    window.sdk = this;
    window.attached = (window.attached ?? 0) + 1;
  }

  on(event, listener) {
    this.#listeners[event] = listener;
  }

  off() {}

  async initSession() {
    if (window.refusals?.length) throw window.refusals.shift();
  }

  async endSession() {
    window.ended = (window.ended ?? 0) + 1;
  }

  getSessionState() {
    return this.#state;
  }

  getConnectionState() {
    return "CONNECTING";
  }

  fail(error) {
    this.#state = "ERROR";
    this.#listeners.error(error);
  }
}
