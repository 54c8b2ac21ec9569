// Written by `python -m components.typings` from protocol.py: change that, not this.

export interface Asked {
  event: "run";
}

export interface Message {
  running: boolean;
  results: ResultMessage[];
  verdict: string | null;
  report: string | null;
  refusal: string | null;
  watch: Watched | null;
}

export type Outcome = "waiting" | "trying" | "passed" | "failed" | "not tried";

export interface Relay {
  url: string;
  username: string;
  credential: string;
}

export interface ResultMessage {
  name: string;
  title: string;
  outcome: Outcome;
  seconds: number | null;
  detail: string;
  toDo: string;
}

export interface Saw {
  sight: Sight;
  word: string;
}

export type Sight = "connected" | "picture" | "sound" | "quiet" | "no h264" | "blocked" | "unanswered" | "refused" | "garbled" | "shut" | "turned away" | "no way" | "no webrtc" | "left";

export interface Watched {
  whepUrl: string;
  turn: Relay | null;
}
