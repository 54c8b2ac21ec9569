// Written by `python -m components.typings` from protocol.py: change that, not this.

export interface Asked {
  verb: Verb;
  text?: string;
  again?: string;
  at?: number;
  click?: true;
}

export type Avatar = SdkAvatarMessage | DirectAvatarMessage;

export interface Beat {
  beat: number;
  heard: number;
  within: number;
}

export interface DirectAvatarMessage {
  kind: "direct";
  sessionId: string;
  whepUrl: string;
  turn: Relay | null;
  plainUrl: string | null;
}

export type LimitName = "idle" | "max" | "unseen";

export type LongestMessage = 32768;

export interface Lost {
  lost: string;
}

export interface Message {
  revision: number;
  phase: Phase;
  caption: string | null;
  canInterrupt: boolean;
  interrupts: number;
  interrupting: boolean;
  way: Way;
  avatar: SdkAvatarMessage | DirectAvatarMessage | null;
  elsewhere: boolean;
  endsIn: number | null;
  limit: LimitName | null;
  refusal: string | null;
  refusals: number;
  trouble: Trouble | null;
  problem: string | null;
  notice: string | null;
  lasts: number;
  againIn: number | null;
  server: string;
  stopping: boolean;
  turns: TurnMessage[];
  afresh: boolean;
  billed: boolean;
}

export type Phase = "idle" | "creating" | "connecting" | "ready" | "ending" | "error";

export interface Relay {
  url: string;
  username: string;
  credential: string;
}

export interface Saw {
  sight: Sight;
  sessionId: string;
  sentence?: string;
}

export interface SdkAvatarMessage {
  kind: "sdk";
  sdkUrl: string;
  baseUrl: string;
  sessionId: string;
  token: string;
  whepUrl: string;
  turn: Relay | null;
  plainUrl: string | null;
}

export type Sight = "playing" | "resumed" | "stalled" | "refused" | "taken" | "failed" | "deaf" | "speakingStart" | "speakingEnd" | "remark" | "gone";

export type Trouble = "refused" | "taken" | "missing" | "stalled" | "no stage" | "silent" | "slow";

export interface TurnMessage {
  turnId: string;
  text: string;
  state: "queued" | "sending" | "sent" | "speaking" | "spoken" | "interrupted" | "failed";
  seconds: number | null;
  again: boolean;
  reason: string | null;
  details: string | null;
}

export type Verb = "start" | "say" | "interrupt" | "end";

export type Way = "sdk" | "direct";

export type Wish = "stay" | "take";

export interface Wished {
  wish: Wish;
}
