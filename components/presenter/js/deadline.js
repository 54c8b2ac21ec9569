/** In ms, for an answer of the server: slides and pictures may be large. */
export const ANSWERED_WITHIN = 30_000;
