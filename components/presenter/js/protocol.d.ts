// Written by `python -m components.typings` from protocol.py: change that, not this.

export type AskedBy = "show" | "presenter";

export interface AudienceMessage {
  deck: number;
  slide: number;
  said: HeardMessage | null;
  look: LookMessage;
  trouble: boolean;
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

export interface CaptionMessage {
  begin: number;
  end: number;
  lines: PartMessage[][];
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
  figure: FigureMessage | null;
  media: MediaFigure[];
  endsIn: number | null;
  billed: boolean;
  server: string;
}

export interface FigureMessage {
  number: number;
  accepted: number | null;
  heard: number | null;
}

export type FilmState = "off" | "asked" | "on" | "saving" | "ready" | "failed";

export interface HeardMessage {
  captions: CaptionMessage[];
  since: number | null;
}

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

export interface MediaFigure {
  label: string;
  value: string;
}

export type OtherVerb = "start" | "end" | "film" | "stopFilm";

export interface PartMessage {
  at: number;
  text: string;
}

export type Phase = "idle" | "creating" | "connecting" | "ready" | "ending" | "error";

export interface Reported {
  blocked?: boolean;
  filming?: number;
  failed?: string;
  media?: MediaFigure[];
}

export interface SaidMessage {
  text: string;
  by: AskedBy;
  words: WordMessage[];
  length: number;
  estimated: boolean;
  since: number | null;
}

export type Verb = "start" | "say" | "interrupt" | "end" | "next" | "back" | "again" | "skip" | "go" | "hold" | "silence" | "jump" | "ask" | "sayNow" | "edit" | "move" | "remove" | "clear" | "look" | "film" | "stopFilm";

export interface WordMessage {
  at: number;
  until: number;
  text: string;
}
