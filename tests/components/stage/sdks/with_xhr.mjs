/** Calls the service by XMLHttpRequest. */

import { KalturaAvatarSession as Documented } from "./documented.mjs";

export class KalturaAvatarSession extends Documented {
  async initSession(credentials, where) {
    const theirs = globalThis.fetch;
    globalThis.fetch = (url, init) => (String(url).includes("/whep/") ? theirs(url, init) : asked(url, init));
    try {
      await super.initSession(credentials, where);
    } finally {
      globalThis.fetch = theirs;
    }
  }
}

/** @param {string} url @param {RequestInit} init */
function asked(url, { method, headers, body }) {
  const request = new XMLHttpRequest();
  request.open(method, url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.responseType = "json";
  request.send(body);
  return new Promise((resolve, reject) => {
    request.onload = () => resolve({ ok: request.status === 200, json: () => request.response });
    request.onerror = reject;
  });
}
