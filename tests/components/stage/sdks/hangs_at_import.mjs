await new Promise(() => {});

export class KalturaAvatarSession {}
