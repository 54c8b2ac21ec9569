// Written by `python -m components.typings` from protocol.py: change that, not this.

export type AskedBy = "show" | "presenter";

export interface AudienceMessage {
  deck: number;
  slide: number;
  said: SaidMessage | null;
  look: LookMessage;
  mark: Mark | null;
  live: boolean;
  filmed: boolean;
  part: number;
  pictures: number;
}

export type Backdrop = "room" | "color" | "picture" | "blur";

export interface Beat {
  beat: number;
  heard: number;
  within: number;
}

export interface Command {
  verb: Verb;
  at?: number;
  text?: string;
  now?: boolean;
  itemId?: string;
  by?: number;
  slide?: number;
  layout?: Layout;
  backdrop?: Backdrop;
  value?: string;
  captions?: boolean;
}

export interface DeskMessage {
  deck: number;
  name: string;
  slide: number;
  slides: number;
  phase: Phase;
  trouble: Trouble | null;
  problem: string | null;
  goesOn: boolean;
  waits: boolean;
  pauses: number | null;
  stopped: boolean;
  over: boolean;
  notice: string | null;
  refusal: string | null;
  refusals: number;
  said: SaidMessage | null;
  coming: ItemMessage[];
  comingCount: number;
  elapsed: number | null;
  left: number;
  planned: number;
  look: LookMessage;
  windows: number;
  blocked: boolean;
  film: FilmState;
  filmProblem: string | null;
  entries: number;
  last: EntryMessage | null;
  figure: FigureMessage | null;
  media: MediaFigure[];
  endsIn: number | null;
  billed: boolean;
  server: string;
}

export interface EntryMessage {
  text: string;
  outcome: Outcome;
  reason: string | null;
}

export interface FigureMessage {
  number: number;
  accepted: number | null;
  heard: number | null;
}

export type FilmState = "off" | "asked" | "on" | "saving" | "ready" | "failed";

export interface ItemMessage {
  itemId: string;
  slide: number;
  kind: Kind;
  text: string;
  written: string;
  by: AskedBy;
  seconds: number;
}

export type Kind = "line" | "pause" | "wait" | "recording";

export type Layout = "avatar" | "beside" | "corner" | "voice";

export interface LookMessage {
  layout: Layout;
  backdrop: Backdrop;
  value: string;
  captions: boolean;
}

export type Mark = "trouble" | "offline";

export interface MediaFigure {
  label: string;
  value: string;
}

export type OtherVerb = "start" | "end" | "film" | "stopFilm";

export type Outcome = "spoken" | "interrupted" | "failed";

export type Phase = "idle" | "creating" | "connecting" | "ready" | "ending" | "error";

export interface Reported {
  blocked?: boolean;
  filming?: number;
  failed?: string;
  media?: MediaFigure[];
}

export interface SaidMessage {
  number: number;
  itemId: string;
  text: string;
  by: AskedBy;
  kind: Kind;
  words: WordMessage[];
  length: number;
  estimated: boolean;
  since: number | null;
  state: TurnState | null;
}

export type Trouble = "refused" | "taken" | "missing" | "stalled" | "no stage" | "silent" | "slow";

export type TurnState = "queued" | "sending" | "sent" | "speaking" | "spoken" | "interrupted" | "failed";

export type Verb = "start" | "say" | "interrupt" | "end" | "next" | "back" | "again" | "skip" | "go" | "hold" | "silence" | "jump" | "ask" | "sayNow" | "edit" | "move" | "remove" | "clear" | "look" | "film" | "stopFilm";

export interface WordMessage {
  at: number;
  until: number;
  text: string;
}
