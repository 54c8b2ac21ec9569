/**
 * The answer to init-client, for an SDK from elsewhere, which asks for it by itself at each load of
 * the page. The server has asked: once per session, as a second call may open a second egress at the
 * service (intelligent-agents-sdk, August 2026).
 */

/** @typedef {Pick<import("../protocol.js").SdkAvatarMessage, "whepUrl" | "turn" | "plainUrl">} Media */

const answers = /** @type {Map<string, Blob>} by session id */ (new Map());
let isListening = false;

/**
 * From now on this page answers init-client of that session, whether by `fetch` or XMLHttpRequest.
 * For good: an SDK may keep the `fetch` that it found when it was loaded.
 * @param {string} sessionId
 * @param {Media} media
 */
export function answerInitClient(sessionId, { whepUrl, turn, plainUrl }) {
  const answer = JSON.stringify({ success: true, whepUrl, turn: turn ?? { url: "" }, plainUrl });
  answers.set(sessionId, new Blob([answer], { type: "application/json" }));
  if (!isListening) listen();
  isListening = true;
}

/**
 * The answer that this page gives to a request; undefined: it is for the service.
 * @param {unknown} asked a URL, as text or as an object, or a Request
 */
export function answerTo(asked) {
  const address = asked instanceof Request ? asked.url : String(asked);
  if (!URL.canParse(address, document.baseURI)) return undefined;
  const [name, sessionId] = new URL(address, document.baseURI).pathname.split("/").reverse();
  if (name !== "init-client") return undefined;
  return answers.get(sessionId) ?? answers.get(decodeURIComponent(sessionId));
}

function listen() {
  const nativeFetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = answerTo(input);
    return answer ? new Response(answer) : nativeFetch(input, init);
  };
  globalThis.XMLHttpRequest = class extends XMLHttpRequest {
    /**
     * @override
     * @param {string} method @param {string | URL} url @param {[any?, any?, any?]} rest
     */
    open(method, url, ...rest) {
      const answer = answerTo(url);
      const [isAsync = true, ...login] = rest;
      if (answer) super.open("GET", URL.createObjectURL(answer), isAsync);
      else super.open(method, url, isAsync, ...login);
    }
  };
}
