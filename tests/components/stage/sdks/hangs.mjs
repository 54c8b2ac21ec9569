/** Never gets ready; `window.comeLate()` has it show a picture all the same. */
export class KalturaAvatarSession {
  constructor(apiKey, { baseUrl }) {
    this.baseUrl = baseUrl;
  }

  on() {}

  initSession(credentials, { videoContainerId }) {
    const place = document.getElementById(videoContainerId);
    window.comeLate = () => {
      const video = document.createElement("video");
      video.srcObject = document.createElement("canvas").captureStream();
      place.append(video);
      return video;
    };
    return new Promise(() => {});
  }

  async endSession() {
    window.ended = true;
  }
}
