/** The other form, with a service of its own where the form is not understood. */

import { KalturaAvatarSession as Documented } from "./documented.mjs";

export class KalturaAvatarSession extends Documented {
  constructor(config = { baseUrl: new URL("/not-the-service", import.meta.url).href }) {
    super(undefined, config);
  }
}
