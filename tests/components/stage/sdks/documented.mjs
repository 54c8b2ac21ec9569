/** The vendor's interface as it is documented, and no more: an SDK that a page may load instead. */

export class KalturaAvatarSession {
  #baseUrl;
  #credentials;
  #listeners = new Map();
  #peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  #state = "IDLE";
  #connection = "DISCONNECTED";

  constructor(apiKey, { baseUrl }) {
    this.#baseUrl = baseUrl;
  }

  on(event, listener) {
    this.#listeners.set(event, listener);
  }

  off(event) {
    this.#listeners.delete(event);
  }

  getSessionState() {
    return this.#state;
  }

  getConnectionState() {
    return this.#connection;
  }

  async initSession(credentials, { videoContainerId }) {
    this.#credentials = credentials;
    const { whepUrl } = await this.#call("init-client");
    const video = document.createElement("video");
    video.autoplay = true;
    video.className = "of-another-sdk";
    document.getElementById(videoContainerId).append(video);
    const stream = new MediaStream();
    this.#peer.ontrack = ({ track }) => stream.addTrack(track);
    for (const kind of ["video", "audio"]) {
      this.#peer.addTransceiver(kind, { direction: "recvonly" });
    }
    await this.#peer.setLocalDescription();
    const answer = await fetch(whepUrl, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: this.#peer.localDescription.sdp,
    });
    await this.#peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    video.srcObject = stream;
    this.#connection = "CONNECTED";
    this.#state = "READY";
    this.#listeners.get("speakingStart")?.();
  }

  async endSession() {
    this.#peer.close();
    await this.#call("end");
  }

  async #call(name) {
    const { sessionId, token } = this.#credentials;
    const answer = await fetch(`${this.#baseUrl}/${sessionId}/${name}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: "{}",
    });
    if (!answer.ok) throw Object.assign(new Error(await answer.text()), { code: answer.status });
    return answer.json();
  }
}
