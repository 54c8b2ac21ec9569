/** Calls of Kaltura's avatar-session API, from a page. */

import { retryAfter } from "../media/retries.js";

/** @typedef {{maxAttempts: number, initialDelayMs: number, maxDelayMs: number, backoffMultiplier: number}} RetryConfig */

/** @type {RetryConfig} */
const RETRY = { maxAttempts: 3, initialDelayMs: 500, maxDelayMs: 8000, backoffMultiplier: 2 };
const PATIENCE = 15_000;
/** The service did nothing: the only answers after which a call may be repeated unasked. */
const NOT_DONE = [429, 503];

/** Of `error` events and rejected promises; `code` is the HTTP status, if there was one. */
export class KalturaAvatarError extends Error {
  /** @param {string} message @param {number} [code] */
  constructor(message, code) {
    super(message);
    this.name = "KalturaAvatarError";
    this.code = code;
  }
}

export class Calls {
  #baseUrl;
  #retry;

  /** @param {string} baseUrl @param {Partial<RetryConfig>} [retryConfig] */
  constructor(baseUrl, retryConfig) {
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#retry = { ...RETRY, ...retryConfig };
  }

  /** @param {{avatarId: string, voiceId?: string}} wanted @param {string} ks */
  create({ avatarId, voiceId }, ks) {
    const body = { visualConfig: { avatarId }, ...(voiceId && { voiceConfig: { id: voiceId } }) };
    return this.#post("create", "", `KS ${ks}`, JSON.stringify(body));
  }

  /**
   * A call to a session, repeated only where the service says that it did nothing.
   * @param {{sessionId: string, token: string}} session
   * @param {"init-client" | "say-text" | "say-audio" | "interrupt" | "keep-alive" | "end"} call
   * @param {object | FormData} [body] JSON, or a form
   * @returns {Promise<any>} the answer's JSON
   * @throws {KalturaAvatarError}
   */
  post({ sessionId, token }, call, body = {}) {
    const path = `/${encodeURIComponent(sessionId)}/${call}`;
    const sent = body instanceof FormData ? body : JSON.stringify(body);
    return this.#post(call, path, `Bearer ${token}`, sent);
  }

  /**
   * @type {(call: string, path: string, authorization: string, body: string | FormData) =>
   * Promise<any>}
   */
  async #post(call, path, authorization, body) {
    const { maxAttempts, initialDelayMs, maxDelayMs, backoffMultiplier } = this.#retry;
    /** @type {Record<string, string>} */ const headers = { Authorization: authorization };
    if (typeof body === "string") headers["Content-Type"] = "application/json";
    const request = { method: "POST", headers, body, keepalive: call === "end" };
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send(call, path, request);
      const answer = await response.json().catch(() => null);
      if (response.ok && answer?.success) return answer;
      const { status } = response;
      if (!NOT_DONE.includes(status) || attempt >= maxAttempts) {
        const said = answer?.error ?? "not the documented shape";
        throw new KalturaAvatarError(`${call} was answered ${status}: ${said}`, status);
      }
      const ours = Math.min(initialDelayMs * backoffMultiplier ** (attempt - 1), maxDelayMs);
      const pause = retryAfter(response.headers.get("Retry-After"), Date.now()) ?? ours;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }

  /** @type {(call: string, path: string, request: RequestInit) => Promise<Response>} */
  async #send(call, path, request) {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      return await fetch(this.#baseUrl + path, { ...request, signal });
    } catch {
      throw new KalturaAvatarError(
        `${call} got no answer from ${this.#baseUrl}. Check the address and the network.`,
      );
    }
  }
}
