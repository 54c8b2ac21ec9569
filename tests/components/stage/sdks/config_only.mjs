/** The other form that public apps use: `new KalturaAvatarSession({baseUrl})`. */

import { KalturaAvatarSession as Documented } from "./documented.mjs";

export class KalturaAvatarSession extends Documented {
  constructor(config) {
    super(undefined, { baseUrl: config.baseUrl });
  }
}
