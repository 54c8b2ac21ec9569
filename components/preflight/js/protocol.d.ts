// Written by `python -m components.typings` from protocol.py: change that, not this.

/**
 * Begin one.
 */
export interface Asked {
  event: "run";
}

/**
 * How all of it stands, each time. `refusal` says why none was begun.
 */
export interface Message {
  running: boolean;
  results: ResultMessage[];
  verdict: string | null;
  report: string | null;
  refusal: string | null;
  watch: Watched | null;
}

export type Outcome = "waiting" | "trying" | "passed" | "failed" | "not tried";

/**
 * A TURN server, as init-client answers it.
 */
export interface Relay {
  url: string;
  username: string;
  credential: string;
}

/**
 * How one step stands.
 */
export interface ResultMessage {
  name: string;
  title: string;
  outcome: Outcome;
  seconds: number | null;
  detail: string;
  toDo: string;
}

/**
 * What the page saw or heard; preflight/sightings.py says with which word.
 */
export interface Saw {
  sight: Sight;
  word: string;
}

export type Sight = "connected" | "picture" | "sound" | "quiet" | "blocked" | "unanswered" | "refused" | "garbled" | "shut" | "turned away" | "no way" | "no webrtc" | "left";

/**
 * What to watch.
 */
export interface Watched {
  whepUrl: string;
  turn: Relay | null;
}
