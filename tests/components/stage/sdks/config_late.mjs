/** The other form, by a class that looks at its arguments when it needs them. */

import { KalturaAvatarSession as Documented } from "./documented.mjs";

export class KalturaAvatarSession {
  #config;
  #session;

  constructor(config) {
    this.#config = config;
  }

  on() {}

  getSessionState() {
    return "READY";
  }

  async initSession(credentials, where) {
    this.#session = new Documented(undefined, this.#config);
    await this.#session.initSession(credentials, where);
  }

  async endSession() {
    await this.#session.endSession();
  }
}
