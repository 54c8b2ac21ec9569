/** A part of it comes from another site (one that is there: this one, by its other name). */

const elsewhere = new URL("documented.mjs", import.meta.url);
elsewhere.hostname = "localhost";
const { KalturaAvatarSession } = await import(elsewhere.href);

export { KalturaAvatarSession };
