/** Asks for the media, and gives up. */
export class KalturaAvatarSession {
  constructor(apiKey, { baseUrl }) {
    this.baseUrl = baseUrl;
  }

  on() {}

  async initSession({ sessionId, token }) {
    await fetch(`${this.baseUrl}/${sessionId}/init-client`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: "{}",
    });
    throw new Error("This browser is not supported.");
  }

  async endSession() {
    window.ended = true;
  }
}
