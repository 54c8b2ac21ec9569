/** Connects, and shows nothing of it. */

import { KalturaAvatarSession as Documented } from "./documented.mjs";

export class KalturaAvatarSession extends Documented {
  async initSession(credentials, { videoContainerId }) {
    const place = document.getElementById(videoContainerId);
    const { append } = place;
    place.append = () => {};
    await super.initSession(credentials, { videoContainerId });
    place.append = append;
  }
}
