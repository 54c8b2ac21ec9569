/**
 * Put into every page that is measured: when things happen there, in ms of Unix time.
 *
 * `click`, `key`, `frame` (the first picture of the newest video) and `muted` are the newest; `sound` lists
 * when the received sound begins (`true`) and stops (`false`), once `listen()` was called.
 */
const stamps = (globalThis.stamps = {
  click: 0,
  key: 0,
  frame: 0,
  muted: 0,
  /** @type {[number, boolean][]} */
  sound: [],
  now: () => performance.timeOrigin + performance.now(),
  clear: () => Object.assign(stamps, { click: 0, key: 0, frame: 0, muted: 0, sound: [] }),

  async listen() {
    const context = new AudioContext();
    const module = new Blob([`registerProcessor("ear", ${Ear()})`], { type: "text/javascript" });
    await context.audioWorklet.addModule(URL.createObjectURL(module));
    const ear = new AudioWorkletNode(context, "ear");
    ear.port.onmessage = ({ data }) => stamps.sound.push(data);
    const [track] = document.querySelector("video").srcObject.getAudioTracks();
    context.createMediaStreamSource(new MediaStream([track])).connect(ear);
    await context.resume();
  },

  /** Resolves to what `look` returns, as soon as that is no longer undefined or 0. */
  async until(look) {
    for (let seen = look(); ; seen = look()) {
      if (seen) return seen;
      await new Promise((resume) => setTimeout(resume, 20));
    }
  },
  framed: () => stamps.until(() => stamps.frame),
  loud: () => stamps.until(() => stamps.sound.find(([, loud]) => loud)?.[0]),
  /** Since when it has been silent, once that is 0.4 s. */
  quiet: () =>
    stamps.until(() => {
      const [at, loud] = stamps.sound.at(-1) ?? [0, true];
      return !loud && stamps.now() - at > 400 && at;
    }),
});

/**
 * The class that looks at every 128 samples (2.7 ms; Chromium renders them in batches of 10 ms).
 * Speech has a root mean square of about 0.1, the silence of an Opus stream below 0.0005.
 */
const Ear = () => `class extends AudioWorkletProcessor {
  loud = false;
  process([[samples]]) {
    if (!samples) return true;
    let energy = 0;
    for (const sample of samples) energy += sample * sample;
    const loud = Math.sqrt(energy / samples.length) > 0.003;
    if (loud !== this.loud) this.port.postMessage([Date.now(), loud]);
    this.loud = loud;
    return true;
  }
}`;

addEventListener(
  "click",
  ({ isTrusted, timeStamp }) => isTrusted && (stamps.click = performance.timeOrigin + timeStamp),
  true,
);
addEventListener(
  "keydown",
  ({ isTrusted, timeStamp }) => isTrusted && (stamps.key = performance.timeOrigin + timeStamp),
  true,
);
document.addEventListener(
  "volumechange",
  ({ target }) => target.muted && (stamps.muted ||= stamps.now()),
  true,
);
document.addEventListener(
  "loadstart",
  ({ target }) => target.requestVideoFrameCallback(() => (stamps.frame = stamps.now())),
  true,
);
