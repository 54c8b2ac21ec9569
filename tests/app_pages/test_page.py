"""The page in every phase, run by Streamlit's AppTest, with a real desk behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

from app_pages.avatar_page import SPOKEN_HERE
from server.services import NOT_STARTED, services
from sessions.state import Phase
from sessions.turns import ENDED, TurnState, checked
from tests.support.other_catalog import other_catalog
from tests.support.page_under_test import PageUnderTest, page_before, page_of
from tests.support.simulator_process import SimulatorProcess, eventually

BUTTONS = ("Start Avatar", "End Session", "Make Avatar Speak", "Interrupt")


@pytest.fixture
def page(simulator: SimulatorProcess) -> Iterator[PageUnderTest]:
    """A page that has the simulator's catalog."""
    with page_before(simulator, simulator.base_url) as page:
        page.until(lambda: page.desk.catalog.is_whole)
        yield page


def test_idle(page: PageUnderTest) -> None:
    """Only Start can be pressed; the vendor's opening text is in the box; choices are offered."""
    assert page.status() == "idle"
    assert page.enabled() == {"Start Avatar"}
    assert set(BUTTONS) <= {b.label for b in page.run.button}
    assert page.run.text_area[0].label == "Text"
    assert page.run.text_area[0].value == "Hello! How can I help you today?"
    assert not page.run.error
    offered = [b.label for b in page.choices()]
    faces, own, voices = offered[:4], offered[4], offered[5:]
    names = [re.sub(r"^.*?\) (:material/check: )?", "", face) for face in faces]
    assert names == ["Ava", "Leo", "Mia", "Mia, green screen"]
    assert own.endswith("Default voice")
    assert [voice.partition(" ")[0] for voice in voices] == ["Clara", "Theo", "Nora"]


def test_creating_and_connecting(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """While it starts only End can be pressed."""
    simulator.ask_mood(call="create", delay=1.5)
    page.click("Start Avatar")
    assert page.status() == "creating"
    assert page.enabled() == {"End Session"}
    page.until_phase(Phase.CONNECTING)
    assert page.enabled() == {"End Session"}


def test_ready_and_speaking(page: PageUnderTest) -> None:
    """Speak can be pressed when ready, Interrupt only while something is to be said."""
    page.ready()
    assert page.status() == "ready"
    assert page.enabled() == {"End Session", "Make Avatar Speak"}
    page.run.text_area[0].set_value("Good morning.")
    page.click("Make Avatar Speak")
    page.until_last_turn(TurnState.SENT)
    assert page.enabled() == {"End Session", "Make Avatar Speak", "Interrupt"}
    assert page.run.text_area[0].value == ""
    page.click("Interrupt")
    page.until_last_turn(TurnState.INTERRUPTED)
    assert page.enabled() == {"End Session", "Make Avatar Speak"}


def test_ending(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """While it ends nothing can be pressed; then it is as before the start, with what was said."""
    page.ready()
    simulator.ask_mood(call="end", delay=1.5)
    page.click("End Session")
    assert page.status() == "ending"
    assert page.enabled() == set()
    page.until_phase(Phase.IDLE)
    assert page.enabled() == {"Start Avatar"}
    assert [turn.state for turn in page.turns()] == [TurnState.SPOKEN]


def test_error(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """What went wrong is one sentence, with the service's own words behind it; nothing is live, and
    Start can be pressed again."""
    simulator.ask_mood(call="create", status=401, body='{"error": "KS 1_a1b2 expired at 10:15"}')
    page.click("Start Avatar")
    page.until_phase(Phase.ERROR)
    assert page.status() == "error"
    assert page.enabled() == {"Start Avatar"}
    (error,) = page.run.error
    assert "AVATAR\\_KS" in error.value
    (details,) = page.run.code
    assert details.value == "create: HTTP 401 (KS 1_a1b2 expired at 10:15)"
    page.ready()
    assert not page.run.error
    assert not page.run.code


def test_text_that_cannot_be_said(page: PageUnderTest) -> None:
    """It is refused with one sentence, and what can be kept stays in the box."""
    page.ready()
    for text, sentence in (
        ("", "Text is required"),
        ("x" * 100_000, "100,000 characters"),
        (" \n\t ", "Text is required"),
        ("\x00\x07", "Text is required"),
    ):
        page.run.text_area[0].set_value(text)
        page.click("Make Avatar Speak")
        (error,) = page.run.error
        assert sentence in error.value, text[:10]
        assert page.run.text_area[0].value == text


def test_one_refusal_at_a_time(page: PageUnderTest) -> None:
    """The page's own is gone once the stage shows another; a later one of the page is shown."""
    page.ready()
    page.run.text_area[0].set_value("")
    page.click("Make Avatar Speak")
    assert "Text is required" in page.run.error[0].value
    page.say_by_a_key("x" * 100_000)
    page.until(lambda: page.desk.view(page.visitor).refusal)
    assert not page.run.error
    page.click("Make Avatar Speak")
    (error,) = page.run.error
    assert "Text is required" in error.value
    assert page.desk.view(page.visitor).refusal is None


def test_any_other_text_is_said_to_the_letter(page: PageUnderTest) -> None:
    """HTML, Markdown and every script are text; test_text_browser.py looks at how it is shown."""
    page.ready()
    for text in (
        "<script>alert(1)</script> <b>bold</b>",
        "שלום עולם",
        "👋🏽 hello 🙂",
        "**bold** [a link](https://example.com) ![](https://example.com/x.png) $x$ :red[red]",
        "a\x00b\x1bc",
    ):
        page.run.text_area[0].set_value(text)
        page.click("Make Avatar Speak")
        page.until_last_turn(TurnState.SENT)
        assert page.turns()[-1].text == checked(text)
        page.report("speakingStart")
        page.report("speakingEnd")
        page.until_last_turn(TurnState.SPOKEN)


def test_choices_outlive_the_session(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """What was chosen is what the session gets, and is still chosen after its end."""
    page.choose("Leo")
    page.choose("Nora")
    page.run.select_slider[0].set_value(1.25).run()
    page.ready()
    session = simulator.sessions()[-1]
    page.click("End Session")
    page.until_phase(Phase.IDLE)
    chosen = [b for b in page.choices() if b.proto.type == "primary"]
    assert [b.label.partition(":material/check: ")[2].split()[0] for b in chosen] == ["Leo", "Nora"]
    assert page.run.select_slider[0].value == 1.25
    assert session["avatarId"] == page.ids()["Leo"]
    assert session["voiceId"] == page.ids()["Nora"]


def test_a_pronunciation(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """The page shows what is printed, the service is sent what is said; a bad line is a sentence,
    and stays where it was written."""
    page.ready()
    written = "ACME = the company\nSQL"
    page.run.text_area(key="say-as").set_value(written).run()
    (error,) = page.run.error
    assert error.value.startswith("Line 2 is no row")
    assert page.run.text_area(key="say-as").value == written
    page.run.text_area(key="text").set_value("At ACME.")
    page.click("Make Avatar Speak")
    page.until_last_turn(TurnState.SENT)
    assert page.turns()[-1].text == "At ACME."
    assert simulator.sessions()[-1]["turns"][-1]["text"] == "At the company."


def test_a_catalog_that_fails(simulator: SimulatorProcess) -> None:
    """It costs nothing but the pictures: an id can be typed, and be started with."""
    with (
        other_catalog(simulator, lambda _: Response(status_code=403)) as base_url,
        page_before(simulator, base_url) as page,
    ):
        page.click("Start Avatar")
        assert page.run.error[0].value.startswith("Choose an avatar first")
        page.run.text_input(key="avatar-query").set_value(" my-own-avatar ").run()
        page.click("Use the id my\\-own\\-avatar")
        page.ready()
        assert simulator.sessions()[-1]["avatarId"] == "my-own-avatar"


def test_a_double_click_says_it_once(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """The text is on its way: pressed again, nothing more happens."""
    page.ready()
    simulator.ask_mood(call="say-text", delay=1.0)
    page.run.text_area[0].set_value("Once.")
    page.click("Make Avatar Speak")
    page.run.text_area[0].set_value("Once.")
    page.click("Make Avatar Speak")
    page.until_last_turn(TurnState.SENT)
    heard = [turn["text"] for turn in simulator.sessions()[-1]["turns"]]
    assert heard.count("Once.") == 1


def test_a_key_that_is_held_down_says_it_once(page: PageUnderTest) -> None:
    """The box is empty by then: that is no text that is missing."""
    page.ready()
    page.run.text_area[0].set_value("Once.")
    page.click("Make Avatar Speak")
    page.until_last_turn(TurnState.SENT)
    assert page.run.text_area[0].value == ""
    page.click("Make Avatar Speak")
    assert not page.run.error
    page.report("speakingStart")
    page.report("speakingEnd")
    page.until_last_turn(TurnState.SPOKEN)
    page.click("Make Avatar Speak")
    assert "Text is required" in page.run.error[0].value


def test_an_interrupted_text_can_be_said_at_once(page: PageUnderTest) -> None:
    """The same words once more, though no run has shown the empty box meanwhile."""
    page.ready()
    page.run.text_area[0].set_value("Again.")
    page.click("Make Avatar Speak")
    page.interrupt_by_a_key()
    eventually(lambda: page.turns()[-1].state in ENDED)
    page.run.text_area[0].set_value("Again.")
    page.click("Make Avatar Speak")
    assert [turn.text for turn in page.turns()][1:] == ["Again."] * 2


def test_a_waiting_text_leaves_the_box_and_comes_back_if_it_fails(
    page: PageUnderTest, simulator: SimulatorProcess
) -> None:
    """The box is free for the next text while one waits; what fails is put back."""
    page.ready()
    page.run.text_area[0].set_value("First.")
    page.click("Make Avatar Speak")
    page.until_last_turn(TurnState.SENT)
    page.run.text_area[0].set_value("Second.")
    page.click("Make Avatar Speak")
    assert page.run.text_area[0].value == ""
    simulator.ask_mood(call="say-text", status=400)
    page.report("speakingStart")
    page.report("speakingEnd")
    page.until_last_turn(TurnState.FAILED)
    assert page.run.text_area[0].value == "Second."


def test_a_service_that_takes_no_text(page: PageUnderTest, simulator: SimulatorProcess) -> None:
    """The page says in a quiet line whose voice is heard."""
    assert [c.value for c in page.run.caption] == []
    simulator.ask_mood(call="say-text", status=501)
    page.click("Start Avatar")
    page.until_phase(Phase.CONNECTING)
    page.report("playing")
    page.until_last_turn(TurnState.SENT)
    assert SPOKEN_HERE in page.run.caption[0].value


def test_a_click_is_not_lost_to_a_rerun() -> None:
    """Reading the whole state in a callback is no point at which Streamlit ends it for a rerun."""

    def script() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        def act() -> None:
            context = get_script_run_ctx()
            assert context
            assert context.script_requests
            context.script_requests.request_rerun(RerunData())
            st.session_state.to_dict()
            acted.append("acted")

        from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

        acted = st.session_state.setdefault("acted", [])
        st.button("Act", on_click=act)

    run = AppTest.from_function(script).run()
    run.button[0].click().run()
    assert run.session_state.acted == ["acted"]


def test_no_server_part() -> None:
    """The page alone says how to start it, and offers nothing that can't work."""
    run = page_of("")
    assert not run.exception
    assert run.error[0].value.startswith("This page was started without its server part")
    assert all(b.disabled for b in run.button)


def test_a_setting_that_makes_no_sense() -> None:
    """Its sentence is the page's banner."""
    services.problem = "AVATAR_DISPLAY can be sdk or direct, and is something else."
    try:
        run = page_of("")
    finally:
        services.problem = NOT_STARTED
    assert "AVATAR\\_DISPLAY" in run.error[0].value
