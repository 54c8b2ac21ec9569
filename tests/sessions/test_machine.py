"""The pure function at the heart, walked by itself: no loop, no client, no clock."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from avatar_client import (
    AvatarError,
    LimitReached,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    SessionGone,
)
from sessions import events
from sessions.life import Life
from sessions.limits import Limits, Patience
from sessions.machine import WELCOME, begun, step
from sessions.state import LIVE, DirectAvatar, Phase, Sight
from sessions.turns import AT_THE_SERVICE, ENDED, Turn
from speech import Recording

LIMITS = Limits(max_seconds=400.0, idle_seconds=100.0)
ASKED: list[events.Event] = [events.Interrupt(), events.Interrupt(), events.Stay()]
ASKED += [events.Watched(True), events.Watched(False)]
ENDS: list[events.Event] = [
    events.End(),
    events.End(problem="It failed."),
    events.Ended(),
    events.CutShort(),
]
AVATAR = DirectAvatar("a-session", "http://127.0.0.1:9/whep", None)


def failures(call: str) -> list[AvatarError]:
    """What can become of a call, each in its kind."""
    return [
        ServiceUnreachable(call, error="no route", sent="no"),
        ServiceUnreachable(call, error="reset", sent="maybe"),
        LimitReached(call, status=429, retry_after=2.0, sent="yes"),
        RequestRefused(call, status=400, error="no", sent="yes"),
        RequestRefused(call, status=405, sent="yes"),
        ServiceFailed(call, status=500, sent="yes"),
        ServiceFailed(call, status=503, sent="yes"),
        ServiceFailed(call, status=501, sent="yes"),
        SessionGone(call, status=404, sent="yes"),
        SessionGone(call, status=410, sent="yes"),
    ]


def answers(call: str) -> st.SearchStrategy[AvatarError | None]:
    """Mostly good, so that some sessions get far."""
    return st.none() | st.none() | st.sampled_from(failures(call))


class Walk(RuleBasedStateMachine):
    """Any order of events. Each effect is carried out at most once, some time later."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.life = begun(LIMITS, Patience(), self.now, watched=True)
        self.waiting: list[events.Effect] = []
        self.alarm = math.inf
        self.turns: dict[str, Turn] = {}
        self.noted: list[str] = []
        self.handed_over: dict[str, list[str]] = {}
        self.pieces: dict[str, int] = {}
        self.happen(events.Opened())

    def happen(self, event: events.Event) -> None:
        """Take a step, and look at what it asks for."""
        self.life, effects = step(self.life, event, self.now)
        for effect in effects:
            match effect:
                case events.WakeAt(time):
                    self.alarm = time
                case events.Note(turn=turn):
                    self.noted += [turn.turn_id] if turn else []
                case events.SendPart(turn_id, part):
                    content = part.content
                    said = content if isinstance(content, str) else content.name
                    assert self.life.shown.phase is Phase.READY
                    assert self.life.watched
                    assert not self.of(events.SendPart)
                    self.handed_over.setdefault(turn_id, []).append(said)
                    self.waiting.append(effect)
                case events.StopSending():
                    (sending,) = self.of(events.SendPart)
                    self.waiting.remove(sending)
                case _:
                    self.waiting.append(effect)

    def of(self, kind: type[events.Effect]) -> list[events.Effect]:
        """The effects of this kind that are under way."""
        return [effect for effect in self.waiting if isinstance(effect, kind)]

    @property
    def is_live(self) -> bool:
        """It has not ended."""
        return self.life.shown.phase in LIVE

    @rule(long=st.booleans())
    def say(self, long: bool) -> None:
        """A text, if there is an avatar to say it."""
        if self.life.shown.phase is Phase.READY:
            number = len(self.life.shown.turns)
            sentences = [f"Text {number} has a sentence number {n} in it." for n in range(9)]
            self.happen(
                events.Say(Turn(" ".join(sentences) if long else sentences[0], asked_at=self.now))
            )

    @rule(seconds=st.sampled_from([0.5, 5.0]))
    def say_recording(self, seconds: float) -> None:
        """A person's own."""
        if self.life.shown.phase is Phase.READY:
            recording = Recording(b"mp3", seconds, "me.mp3")
            self.happen(events.Say(Turn("me.mp3", asked_at=self.now, recording=recording)))

    @rule(
        event=st.sampled_from(
            [
                events.Interrupt(),
                events.Interrupt(),
                events.Stay(),
                events.Watched(True),
                events.Watched(False),
            ]
        )
    )
    def ask(self, event: events.Event) -> None:
        """One of the others."""
        self.happen(event)

    @rule(sight=st.sampled_from([*Sight, *[s for s in Sight if s is not Sight.GONE] * 3]))
    def see(self, sight: Sight) -> None:
        """The stage tells."""
        self.happen(events.Saw(sight))

    @rule()
    def get_ready(self) -> None:
        """All goes well until the welcome has been heard, which is rare otherwise."""
        if self.life.shown.phase in (Phase.CREATING, Phase.CONNECTING):
            self.happen(events.Attached("a-session", AVATAR))
            self.happen(events.Watched(True))
            self.happen(events.Saw(Sight.PLAYING))
            self.answer_well()
            self.happen(events.Saw(Sight.SPEAKING_START))
            self.happen(events.Saw(Sight.SPEAKING_END))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """One of the effects is carried out, and this is what came of it."""
        effect = data.draw(st.sampled_from(self.waiting))
        error = data.draw(answers(type(effect).__name__))
        self.waiting.remove(effect)
        self.carried_out(effect, error)

    @rule()
    def answer_well(self) -> None:
        """All of them are carried out as they should be."""
        for effect in list(self.waiting):
            self.waiting.remove(effect)
            self.carried_out(effect, None)

    def carried_out(self, effect: events.Effect, error: AvatarError | None) -> None:
        """Feed back what came of it."""
        match effect:
            case events.Attach():
                self.happen(events.Attached("a-session", None if error else AVATAR, error))
            case events.SendPart(turn_id):
                self.happen(events.Sent(turn_id, error))
            case events.SendInterrupt():
                self.happen(events.Interrupted(effect, error))
            case events.SendKeepAlive():
                self.happen(events.KeptAlive(error))
            case events.MakePiece(turn_id):
                made = self.pieces[turn_id] = self.pieces.get(turn_id, 0) + 1
                piece = Recording(b"mp3", 2.0, f"piece {made}") if made < 4 else None
                self.happen(events.Made(turn_id, piece, "No voice." if error else None))

    @rule(seconds=st.sampled_from([0.3, 1.0, 3.0, 12.0, 40.0]))
    def wait(self, seconds: float) -> None:
        """Time passes, and wakes it where it wanted to be woken."""
        until, early = self.now + seconds, 1e-9
        while self.alarm <= until:
            # A loop's clock is a little coarse, so an alarm may ring just before its time.
            self.now, self.alarm = max(self.now, self.alarm - early), math.inf
            early = 0.0
            self.happen(events.Tick())
        self.now = until

    @precondition(lambda self: len(self.life.shown.turns) > 3)
    @rule(
        event=st.sampled_from(
            [events.End(), events.End(problem="It failed."), events.Ended(), events.CutShort()]
        )
    )
    def end(self, event: events.Event) -> None:
        """The end is asked for, or comes."""
        self.happen(event)

    @invariant()
    def an_ended_turn_stays_as_it_is(self) -> None:
        """Its first outcome is its only one, and is noted once."""
        for turn in self.life.shown.turns:
            before = self.turns.get(turn.turn_id, turn)
            assert before.state not in ENDED or turn == before
            self.turns[turn.turn_id] = turn
        ended = [t.turn_id for t in self.life.shown.turns if t.state in ENDED]
        assert sorted(self.noted) == sorted(ended)

    @invariant()
    def one_turn_is_at_the_service(self) -> None:
        """So Interrupt means the same to both kinds of service."""
        assert sum(turn.state in AT_THE_SERVICE for turn in self.life.shown.turns) <= 1

    @invariant()
    def no_part_that_may_have_been_said_is_sent_again(self) -> None:
        """A lost turn has ended, so nothing more of it is handed over."""
        over = self.life.hand_over
        for turn in self.life.shown.turns:
            assert not (turn.maybe_said and over and over.turn_id == turn.turn_id)

    @invariant()
    def interrupting_is_true(self) -> None:
        """While a call is under way, and the session goes on."""
        if self.life.shown.phase is Phase.READY:
            assert self.life.shown.interrupting == bool(self.of(events.SendInterrupt))

    @invariant()
    def nothing_is_open_after_the_end(self) -> None:
        """And nothing is begun any more."""
        if self.life.shown.phase not in (Phase.CREATING, Phase.CONNECTING, Phase.READY):
            assert all(turn.state in ENDED for turn in self.life.shown.turns)
            assert self.alarm == math.inf

    def teardown(self) -> None:
        """Where all is answered and somebody watches, every turn ends; then the session does."""
        self.happen(events.Watched(True))
        for _ in range(200):
            self.answer_well()
            if not self.is_live or all(t.state in ENDED for t in self.life.shown.turns):
                break
            self.wait(12.0)
        if self.life.shown.phase is Phase.READY:
            assert all(turn.state in ENDED for turn in self.life.shown.turns)
        self.happen(events.End())
        self.happen(events.Ended())
        assert not self.is_live
        self.an_ended_turn_stays_as_it_is()


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=2 * settings().max_examples,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),  # a busy machine is no fault of ours
)


EVENTS: list[events.Event] = [
    events.Opened(),
    events.Attached("a-session", AVATAR),
    events.Saw(Sight.PLAYING),
    events.Saw(Sight.SPEAKING_START),
    events.Saw(Sight.SPEAKING_END),
]
"""From the start to the end of the welcome."""


def ready() -> Life:
    """One whose welcome has been said."""
    life = begun(LIMITS, Patience(), 0.0, watched=True)
    for event in EVENTS:
        life, _ = step(life, event, 0.0)
    return life


@pytest.mark.parametrize(
    ("stay_at", "used_at", "busy", "end"),
    [
        (0.0, 0.0, False, (100.0, "idle")),
        (0.0, 50.0, False, (150.0, "idle")),
        (0.0, 50.0, True, (400.0, "max")),
        (0.0, 350.0, False, (400.0, "max")),
        (100.0, 350.0, False, (450.0, "idle")),
    ],
)
def test_the_nearer_limit_counts(
    stay_at: float, used_at: float, busy: bool, end: tuple[float, str]
) -> None:
    """Idle does not count while something is being said."""
    life = ready()
    for now in range(50, int(used_at) + 1, 50):  # an avatar that nobody uses is gone by then
        life, _ = step(life, events.Stay() if now == stay_at else events.Interrupt(), now)
    if busy:
        life, _ = step(life, events.Say(Turn("One.")), used_at)
    assert (life.shown.ends_at, life.shown.limit) == end


def test_a_service_known_to_take_no_text_is_given_none() -> None:
    """The voice is loaded while the session opens, and speaks from the welcome on."""
    life = begun(LIMITS, Patience(), 0.0, watched=True, takes_text=False)
    asked: list[events.Effect] = []
    for event in EVENTS[:3]:
        life, effects = step(life, event, 0.0)
        asked += effects
    assert life.shown.server_voice
    assert asked.index(events.WarmUp()) < asked.index(events.Attach())
    assert [effect.text for effect in asked if isinstance(effect, events.MakePiece)] == [WELCOME]
    assert not [effect for effect in asked if isinstance(effect, events.SendPart)]


def test_a_step_changes_nothing_but_its_result() -> None:
    """The same state, event and time give the same step."""
    life = begun(LIMITS, Patience(), 0.0, watched=True)
    for event in EVENTS:
        assert step(life, event, 1.0) == step(life, event, 1.0)
        life, _ = step(life, event, 1.0)
