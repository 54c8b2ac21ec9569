/** Sends the chunks of one part of a recording to the server, one after the other. */

/** Times that a chunk is sent, with a pause in ms between: as long as the server waits for this page. */
const TRIES = 30;
const PAUSE = 1000;
const NOT_SENT = "A part of the recording could not be sent to the server. What came before is kept.";

export class Chunks {
  #url;
  #onFailed;
  #sent = Promise.resolve();

  /** @param {string} url of this part @param {(sentence: string) => void} onFailed */
  constructor(url, onFailed) {
    this.#url = url;
    this.#onFailed = onFailed;
  }

  /** @param {Blob} chunk @param {number} index */
  send(chunk, index) {
    this.#sent = this.#sent.then(() => this.#post(chunk, index));
  }

  /** No chunk follows. */
  end() {
    this.#sent = this.#sent.then(() => this.#post(null, "end"));
  }

  /** @param {Blob | null} chunk @param {number | "end"} index */
  async #post(chunk, index) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await fetch(`${this.#url}&index=${index}`, { method: "POST", body: chunk }).catch(() => null);
      if (answer && answer.status < 500) return; // a refusal is told at the desk
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.#onFailed(NOT_SENT);
  }
}
