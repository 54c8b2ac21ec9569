/** Asks at an address of its own, where nobody knows the session. */
export class KalturaAvatarSession {
  constructor(apiKey, { baseUrl }) {
    this.baseUrl = baseUrl;
  }

  on() {}

  async initSession() {
    throw Object.assign(new Error("Session not found"), { code: 404 });
  }
}
