// Written by `python -m components.typings` from protocol.py: change that, not this.

/**
 * One of the verbs; `text` is what to say.
 *
 * `click`: on the page's own button, whose callback arrives through Streamlit's script as well.
 */
export interface Asked {
  verb: Verb;
  text?: string;
  click?: true;
}

export type Avatar = SdkAvatarMessage | DirectAvatarMessage;

/**
 * What a WHEP player needs. `plainUrl` is the simulator's own; the live service has none.
 */
export interface DirectAvatarMessage {
  kind: "direct";
  sessionId: string;
  whepUrl: string;
  turn: Relay | null;
  plainUrl: string | null;
}

export type LimitName = "idle" | "max";

export type LongestMessage = 32768;

/**
 * What the visitor should see, all of it, each time.
 *
 * `revision` moves when the page's widgets must be drawn again. `caption` is the text of the turn
 * being said. `interrupts` counts the interrupt calls that were answered, `interrupting` is true
 * while one is under way. `way` says how an avatar will be shown. `avatar` is null where another
 * tab shows it, and `elsewhere` is true there. `endsIn` is in seconds from the message on, until
 * the session ends by itself, and `limit` is the reason. `refusal` is the sentence why what was
 * last asked for without a click of the page's makes no sense.
 */
export interface Message {
  revision: number;
  phase: Phase;
  caption: string | null;
  interrupts: number;
  interrupting: boolean;
  way: Way;
  avatar: SdkAvatarMessage | DirectAvatarMessage | null;
  elsewhere: boolean;
  endsIn: number | null;
  limit: LimitName | null;
  refusal: string | null;
}

export type Phase = "idle" | "creating" | "connecting" | "ready" | "ending" | "error";

/**
 * A TURN server, as init-client answers it.
 */
export interface Relay {
  url: string;
  username: string;
  credential: string;
}

/**
 * What the stage saw of the session that it shows, with a sentence for the visitor.
 */
export interface Saw {
  sight: Sight;
  sessionId: string;
  sentence?: string;
}

/**
 * What a client SDK needs. `sdkUrl` is empty for the one that ships with the stage.
 */
export interface SdkAvatarMessage {
  kind: "sdk";
  sdkUrl: string;
  baseUrl: string;
  sessionId: string;
  token: string;
}

export type Sight = "playing" | "resumed" | "stalled" | "failed" | "speakingStart" | "speakingEnd" | "remark" | "gone";

export type Verb = "start" | "say" | "interrupt" | "end";

export type Way = "sdk" | "direct";

export type Wish = "stay" | "take";

/**
 * A click on one of the stage's own buttons.
 */
export interface Wished {
  wish: Wish;
}
