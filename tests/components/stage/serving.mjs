import { createServer } from "node:http";

/**
 * A service on this machine that a test answers for.
 * @param {import("node:http").RequestListener} answer
 */
export async function serving(answer) {
  const service = createServer(answer);
  await new Promise((listening) => service.listen(0, "127.0.0.1", () => listening(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (service.address());
  const close = () => {
    service.closeAllConnections();
    return new Promise((closed) => service.close(closed));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
