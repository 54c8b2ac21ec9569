export class KalturaAvatarSession {
  constructor() {
    throw new Error("No licence for this host.");
  }
}
