# ruff: noqa: RUF001 - other scripts and phonemes are what is tested
"""speech/: text and recordings to sound, with the times of words and mouth shapes."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import numpy as np
import pytest
from hibari import Hibari  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speech import (
    SAMPLE_RATE,
    VISEMES,
    Engine,
    UnreadableAudio,
    Utterance,
    Viseme,
    from_audio,
    load_engine,
    mouth,
    reading,
    recorded,
    sentences,
)
from speech.markup import LONGEST_PAUSE
from speech.utterance import viseme_at
from speech.voice import NeuralVoice
from tests.support.recordings import CODECS, encoded

SENTENCE = "The avatar service opens a session, and the page shows it right away."
SILENT_TEXTS = [
    "",
    " \n\t",
    "🙂",
    "👩‍💻🎉 🎊",
    "שלום עולם",
    "你好，世界。",
    "مرحبا بالعالم",
    "привет",
    "?!",
    "\x00",
]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """One engine: loading it takes a second."""
    return load_engine()


@pytest.fixture(scope="module")
def sentence(engine: Engine) -> Utterance:
    """One sentence, spoken."""
    return next(engine.utterances(SENTENCE))


def loudness(samples: NDArray[np.int16], step: float = 0.01) -> NDArray[np.float64]:
    """Rms of every `step` seconds, 1.0 being full scale."""
    size = round(step * SAMPLE_RATE)
    windows = samples[: len(samples) // size * size].reshape(-1, size) / 32768
    return cast(NDArray[np.float64], np.sqrt(np.mean(windows**2, axis=1)))


def shapes(utterance: Utterance) -> list[str]:
    """Its mouth shapes, pauses left out."""
    return [viseme.shape for viseme in utterance.visemes if viseme.shape != "sil"]


def assert_sound(utterance: Utterance) -> None:
    """What every utterance promises."""
    assert utterance.samples.dtype == np.int16
    assert utterance.duration == len(utterance.samples) / SAMPLE_RATE > 0
    starts = [viseme.at for viseme in utterance.visemes]
    assert starts[0] == 0.0
    assert all(a < b for a, b in pairwise([*starts, utterance.duration]))
    assert {viseme.shape for viseme in utterance.visemes} <= set(VISEMES)
    times = [time for word in utterance.words for time in (word.at, word.until)]
    assert times == sorted(times)
    assert not times or 0 <= times[0] <= times[-1] <= utterance.duration + 1e-6


# --- speaking ------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("pitch", [0.8, 1.0, 1.25])
def test_the_mouth_moves_exactly_where_there_is_sound(
    engine: Engine, speed: float, pitch: float
) -> None:
    """Under 1 % of the energy lies under "sil", and the mouth opens within 40 ms of the sound."""
    for utterance in engine.utterances(f"{SENTENCE} Thanks!", speed=speed, pitch=pitch):
        assert_sound(utterance)
        energy = loudness(utterance.samples) ** 2
        closed = [
            viseme_at(utterance.visemes, 0.01 * index + 0.005) == "sil"
            for index in range(len(energy))
        ]
        assert energy[closed].sum() < 0.01 * energy.sum()
        onset = 0.01 * float(np.flatnonzero(energy > 4e-4 * energy.max())[0])
        opens = next(viseme.at for viseme in utterance.visemes if viseme.shape != "sil")
        assert abs(onset - opens) < 0.04
        assert onset < 0.06
        assert utterance.visemes[-1].shape == "sil"


def test_hiss_is_heard_when_the_mouth_shows_it(engine: Engine) -> None:
    """The shapes of "s" and "sh" lie within 20 ms of the hiss, measured by correlation."""
    shown, heard = [], []
    window, hop = 960, 240
    hann, pitches = np.hanning(window), np.fft.rfftfreq(window, 1 / SAMPLE_RATE)
    for utterance in engine.utterances(
        "She sells sea shells by the sea shore. The boss asked his sister to pass the salt."
    ):
        padded = np.pad(utterance.samples / 32768, window // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
        power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2 + 1e-6
        high, low = power[:, pitches > 4500].sum(axis=1), power[:, pitches < 1200].sum(axis=1)
        heard.append(np.log(high / low))
        shown.append(
            [
                float(viseme_at(utterance.visemes, index * hop / SAMPLE_RATE) in {"SS", "CH"})
                for index in range(len(frames))
            ]
        )
    sights = np.concatenate(shown)
    match = {
        lag: np.corrcoef(sights, np.concatenate([np.roll(part, -lag) for part in heard]))[0, 1]
        for lag in range(-16, 17)
    }
    best = max(match, key=lambda lag: match[lag])
    assert abs(best * hop / SAMPLE_RATE) <= 0.02
    assert match[best] > 0.4


def test_it_is_neither_quiet_nor_clipped(sentence: Utterance) -> None:
    """Speech is near -18 dBFS rms, below full scale, and nothing is mirrored above 12.5 kHz."""
    levels = loudness(sentence.samples, 0.02)
    speaking = levels[levels > 0.02]
    assert -21 < 20 * np.log10(np.sqrt(np.mean(speaking**2))) < -15
    assert np.abs(sentence.samples.astype(np.int32)).max() < 32700
    power = np.abs(np.fft.rfft(sentence.samples.astype(np.float64))) ** 2
    above = power[np.fft.rfftfreq(len(sentence.samples), 1 / SAMPLE_RATE) > 12_500]
    assert above.sum() < 1e-4 * power.sum()


def test_the_same_text_always_sounds_the_same(engine: Engine, sentence: Utterance) -> None:
    """Two runs give the same samples."""
    assert np.array_equal(next(engine.utterances(SENTENCE)).samples, sentence.samples)


def test_every_word_is_kept_as_typed_with_its_time(engine: Engine) -> None:
    """Words come back as typed, in order, each with a time; what has no sound takes none."""
    text = "It's “$9.99” at 7:30 pm 🙂 on <b>Kaltura's</b> naïve שלום page — Dr. Smith paid."
    (utterance,) = engine.utterances(text)
    assert [word.text for word in utterance.words] == text.split()
    assert_sound(utterance)
    lengths = {word.text: word.until - word.at for word in utterance.words}
    assert lengths["🙂"] == lengths["שלום"] == 0
    assert all(length > 0.04 for word, length in lengths.items() if reading.has_sound(word))


def test_a_typed_word_lasts_as_long_as_what_is_said_for_it(engine: Engine) -> None:
    """Captions show "$2bn" while "two billion dollars" is heard; no word is another's."""
    typed = "We raised $2bn on Jan. 5, 2025, up 20-30% vs. <b>last</b> year."
    plain = (
        "We raised two billion dollars on January fifth, twenty twenty five,"
        " up twenty to thirty percent versus last year."
    )
    counts = [1, 1, 3, 1, 1, 1, 3, 1, 4, 1, 1, 1]
    (shown,), (heard,) = list(engine.utterances(typed)), list(engine.utterances(plain))
    assert [word.text for word in shown.words] == typed.split()
    assert np.array_equal(shown.samples, heard.samples)
    first = 0
    for word, count in zip(shown.words, counts, strict=True):
        spoken = heard.words[first : first + count]
        assert (word.at, word.until) == (spoken[0].at, spoken[-1].until)
        first += count


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ('<break time="500ms"/>', 0.5),
        ("<break time='1.5s' />", 1.5),
        ("<break/>", 0.4),
        ('<break strength="none"/>', 0.0),
        ('<break time="90s"/>', LONGEST_PAUSE),
        ('<break time="4s"/> <break time="4s"/>', LONGEST_PAUSE),
    ],
)
def test_a_break_is_a_pause_of_its_length(engine: Engine, tag: str, seconds: float) -> None:
    """Between two words and before the first; up to a limit, and no faster at twice the speed."""
    for speed in (1.0, 2.0):
        text = f"Wait {tag} now."
        spoken = list(engine.utterances(text, speed=speed))
        assert " ".join(u.text for u in spoken) == text
        (now,) = [word for word in spoken[-1].words if word.text == "now."]
        assert now.at == pytest.approx(seconds, abs=0.06) or not seconds
        quiet = spoken[-1].samples[: round(seconds * SAMPLE_RATE)]
        assert not quiet.any()
        assert_sound(spoken[-1])
    many = list(reading.pieces(f"So {tag} " * 500))
    assert sum(piece.lead + piece.pause for piece in many) <= reading.ALL_PAUSES + 500 * 0.2
    (alone,) = engine.utterances(f"{tag} Now.")
    assert alone.words[-1].at == pytest.approx(seconds, abs=0.06)


def test_a_word_ends_where_the_pause_begins(engine: Engine) -> None:
    """The pause after a comma belongs to no word."""
    (utterance,) = engine.utterances("Hello from Kaltura, it costs a penny.")
    kaltura, it = utterance.words[2:4]
    middle = round((kaltura.until + it.at) / 2 * SAMPLE_RATE)
    assert it.at - kaltura.until > 0.1
    assert viseme_at(utterance.visemes, (kaltura.until + it.at) / 2) == "sil"
    assert np.abs(utterance.samples[middle - 480 : middle + 480]).max() < 300


def test_each_sentence_comes_by_itself_with_a_pause_after_it(engine: Engine) -> None:
    """Sentences end at their marks, not at titles; only between them is there a pause."""
    spoken = list(engine.utterances("Dr. J. Smith is here. Really?! Yes: now"))
    assert [u.text for u in spoken] == ["Dr. J. Smith is here.", "Really?!", "Yes: now"]
    quiet = [float(np.argmax(np.abs(u.samples[::-1]) > 600)) / SAMPLE_RATE for u in spoken]
    assert min(quiet[:2]) > 0.2 > quiet[2]


def test_a_long_sentence_is_cut_so_that_its_beginning_is_heard_soon(engine: Engine) -> None:
    """No piece is much longer than the limit, cuts prefer clauses, and no word is lost."""
    text = "we keep the session, because " * 20 + "word " * 60
    tokens = [piece.tokens for piece in reading.pieces(text)]
    assert all(sum(t.weight for t in part) < 1.5 * reading.LONGEST_PIECE for part in tokens)
    assert [token.typed for part in tokens for token in part] == text.split()
    assert next(engine.utterances(text)).text.endswith("session,")


def test_speed_changes_the_tempo_and_is_clamped(engine: Engine, sentence: Utterance) -> None:
    """Twice the speed is about half as long; beyond 0.5 and 2.0 nothing changes."""
    lengths = {
        speed: next(engine.utterances(SENTENCE, speed=speed)).duration
        for speed in (0.01, 0.5, 2.0, 99.0)
    }
    assert lengths[0.01] == lengths[0.5] > 1.7 * sentence.duration
    assert lengths[99.0] == lengths[2.0] < 0.65 * sentence.duration


def test_pitch_changes_the_voice_and_not_the_tempo(engine: Engine, sentence: Utterance) -> None:
    """The fundamental follows `pitch`, the length stays within 15 %."""

    def fundamental(utterance: Utterance) -> float:
        found = []
        for start in range(0, len(utterance.samples) - 2400, 1200):
            part = utterance.samples[start : start + 2400].astype(np.float64)
            if np.sqrt(np.mean(part**2)) > 2500:
                echo = np.correlate(part, part, "full")[2400:]
                found.append(SAMPLE_RATE / (120 + int(np.argmax(echo[119:480]))))
        return float(np.median(found))

    middle = fundamental(sentence)
    for pitch in (0.8, 1.25):
        other = next(engine.utterances(SENTENCE, pitch=pitch))
        assert fundamental(other) / middle == pytest.approx(pitch, rel=0.1)
        assert other.duration == pytest.approx(sentence.duration, rel=0.15)


# --- what is said ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", SILENT_TEXTS)
def test_a_text_with_no_sound_gives_one_silent_timed_utterance(engine: Engine, text: str) -> None:
    """1 s and 60 ms a character of silence, a moving mouth, and every word timed."""
    (utterance,) = engine.utterances(text)
    assert not engine.has_sound(text)
    assert utterance.silent
    assert not utterance.samples.any()
    assert utterance.duration == pytest.approx(1 + 0.06 * len(text.strip("\x00")), abs=0.001)
    assert len(shapes(utterance)) >= 3
    assert [word.text for word in utterance.words] == reading.printable(text).split()
    assert_sound(utterance)


def test_a_silent_utterance_is_never_longer_than_twenty_seconds(engine: Engine) -> None:
    """However long a text without sound is, it takes 20 s at most."""
    assert next(engine.utterances("שלום " * 5000)).duration == 20.0


def test_mixed_text_says_what_it_can(engine: Engine) -> None:
    """Sentences without sound are kept with their neighbours and add no utterance."""
    spoken = list(engine.utterances("שלום. Hello there. 你好! 🙂 Goodbye. 🎉"))
    assert [u.text for u in spoken] == ["שלום. Hello there. 你好!", "🙂 Goodbye. 🎉"]
    assert not any(u.silent for u in spoken)


def test_kaltura_is_said_its_own_way(engine: Engine) -> None:
    """k-a-l-t-u-r-a, in any case: the dictionary's guess has a "ch" in it."""
    for text in ("Kaltura", "kaltura", "KALTURA"):
        assert shapes(next(engine.utterances(text))) == ["kk", "aa", "nn", "DD", "ou", "RR", "E"]


def test_a_text_cannot_put_sounds_into_the_mouth(engine: Engine) -> None:
    """The phonemiser's markup in a text is read as text, in one word or glued to others."""
    (utterance,) = engine.utterances("[moo](/sss/)")
    assert shapes(utterance)[:2] == ["PP", "ou"]
    for text in ("[a](/b/)", "[a]\u200b(/b/)", "x[a](/b/)[c](/d/)y", "[a]\uff08/b/)"):
        assert all("](" not in t.spoken for piece in reading.pieces(text) for t in piece.tokens)


@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_at_all_is_spoken_or_silent(engine: Engine, text: str) -> None:
    """No text raises, loses a word, or contradicts `has_sound`."""
    spoken = list(engine.utterances(text))
    for utterance in spoken:
        assert_sound(utterance)
        assert utterance.silent is not engine.has_sound(text)
    words = [word.text for utterance in spoken for word in utterance.words]
    assert words == reading.printable(text).split()


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "a. " * 33_000,
        "9" * 100_000,
        "a" * 100_000,
        "[a](/b/)" * 12_500,
        "Hi. " + "שלום " * 20_000,
        "e" + "\u0301\u0316" * 50_000,
        "." + '"' * 99_000 + " a",
    ],
    ids=["words", "sentences", "digits", "letters", "links", "mixed", "marks", "quotes"],
)
def test_a_huge_text_starts_at_once(engine: Engine, text: str) -> None:
    """The first utterance of 100,000 characters is bounded, and so is all that is cut from them."""
    assert engine.has_sound(text)
    assert next(engine.utterances(text)).duration < 15
    assert all(
        sum(token.weight for token in piece.tokens if token.spoken) < 3 * reading.LONGEST_PIECE
        for piece in reading.pieces(text)
        if not piece.tokens[-1].typed.startswith("ש")
    )


# --- the mouth -------------------------------------------------------------------------------


def test_every_phoneme_the_model_knows_has_a_shape() -> None:
    """The table covers the model's alphabet but for marks, and uses the fifteen names only."""
    marks = set(' ;:,.!?—…"()“”ˈˌː̃ᵝʰʲ↓→↗↘')
    assert set(Hibari().vocab) - marks == set(mouth.SHAPES) & set(Hibari().vocab)
    assert {shape for taken in mouth.SHAPES.values() for shape in taken} <= set(VISEMES)


def test_a_shape_too_short_to_be_seen_is_dropped_unless_it_closes_the_lips() -> None:
    """Between vowels 25 ms of "d" go; 25 ms of "b" begin early and last 40 ms."""
    edges = [0.0, 0.1, 0.125, 0.3]
    assert mouth.from_phonemes("ɑdi", edges, []) == (Viseme(0.0, "aa"), Viseme(0.125, "ih"))
    _, closed, opened = mouth.from_phonemes("ɑbi", edges, [])
    assert (closed.shape, opened) == ("PP", Viseme(0.125, "ih"))
    assert closed.at == pytest.approx(0.125 - mouth.SHORTEST)


def test_viseme_at_is_the_last_one_begun() -> None:
    """Before the first it is "sil", on a boundary the new one."""
    visemes = (Viseme(0.1, "aa"), Viseme(0.2, "PP"))
    assert [viseme_at(visemes, at) for at in (0.0, 0.1, 0.19, 0.2, 9.0)] == (
        ["sil", "aa", "aa", "PP", "PP"]
    )


def test_without_durations_the_mouth_follows_the_sound(sentence: Utterance) -> None:
    """A model that doesn't tell its durations gives the same sound, and a mouth that opens."""
    plain = next(NeuralVoice(Hibari()).utterances(SENTENCE))
    assert_sound(plain)
    assert np.array_equal(plain.samples, sentence.samples)
    assert len(set(shapes(plain))) >= 5
    assert [word.text for word in plain.words] == SENTENCE.split()


# --- recordings ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "codec"), [*CODECS.items(), ("ogg", "vorbis")])
def test_a_recording_becomes_an_utterance(sentence: Utterance, kind: str, codec: str) -> None:
    """Its length, its sound and the movement of its mouth are those of the speech in it."""
    audio = encoded(sentence.samples, kind, codec=codec, layout="stereo")
    heard = from_audio(audio, text=SENTENCE)
    assert_sound(heard)
    assert heard.duration == pytest.approx(sentence.duration, abs=0.06)
    assert heard.text == SENTENCE
    assert [word.text for word in heard.words] == SENTENCE.split()
    assert len(set(shapes(heard))) >= 5
    frames = np.arange(0, sentence.duration, 0.02)
    agree = [
        (viseme_at(heard.visemes, at) == "sil") == (viseme_at(sentence.visemes, at) == "sil")
        for at in frames
    ]
    assert np.mean(agree) > 0.85
    with pytest.raises(UnreadableAudio, match=r"can't be played: .+\. Send up to five minutes"):
        from_audio(audio[:40])


def test_a_silent_recording_keeps_the_mouth_shut() -> None:
    """Silence is "sil" throughout."""
    heard = from_audio(encoded(np.zeros(SAMPLE_RATE, np.int16), "wav"))
    assert heard.visemes == (Viseme(0.0, "sil"),)


# --- mp3 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [100, 1151, 1153, 48_000, 123_457])
def test_an_mp3_lasts_as_long_as_its_sound(length: int) -> None:
    """Within 1 ms, though its frames last 24 ms and an encoder's run-up comes before them."""
    tone = (9000 * np.sin(np.arange(length) / 20)).astype(np.int16)
    made = recorded(tone, "a tone")
    assert made.duration == length / SAMPLE_RATE
    assert from_audio(made.audio).duration == pytest.approx(made.duration, abs=0.001)


def test_an_mp3_is_in_step_with_its_sound(sentence: Utterance) -> None:
    """What is decoded is the same sound, at the same time."""
    again = from_audio(recorded(sentence.samples, "a sentence").audio).samples
    size = min(len(again), len(sentence.samples))
    assert np.corrcoef(again[:size], sentence.samples[:size])[0, 1] > 0.99


def test_an_mp3_of_nothing_is_refused() -> None:
    """There is no such recording."""
    with pytest.raises(ValueError, match="no sound"):
        recorded(np.zeros(0, np.int16), "nothing")


@given(st.text(st.sampled_from("aB. !?\n。你") | st.characters(), max_size=60))
def test_sentences_are_the_text(text: str) -> None:
    """Cut behind each, with nothing lost; a blank text has none."""
    found = sentences(text)
    assert "".join(found) == (text if text.strip() else "")
    assert all(sentence.strip() for sentence in found)


def test_where_sentences_end() -> None:
    """Not behind an abbreviation or inside a number; in scripts without blanks, too."""
    assert sentences("Dr. J. Smith has 3.5 of it. Yes!\nNew line\n\nend") == [
        "Dr. J. Smith has 3.5 of it. ",
        "Yes!\n",
        "New line\n\n",
        "end",
    ]
    assert sentences("你好。世界！再见") == ["你好。", "世界！", "再见"]
    whole = "On Jan. 5, approx. 9 of the U.S. Government, e.g. No. 7, met Acme Inc. staff. "
    assert sentences(f"{whole}Pens etc. The end.") == [whole, "Pens etc. ", "The end."]
