"""Settings: where they come from, and the sentence for each that makes no sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_client import DEFAULT_BASE_URL
from server import settings
from server.kaltura_session import AdminKs
from server.settings import SettingRejected, Settings


def test_nothing_set_is_the_simulator() -> None:
    """No KS, no credentials: the defaults, simulated."""
    assert settings.read({}) == Settings(base_url=DEFAULT_BASE_URL, display="sdk", dialect="auto")
    assert settings.read({}).simulated
    assert settings.read({}).credential == settings.SIMULATOR_KS


def test_going_live_is_a_ks_or_what_makes_one() -> None:
    """The client is opened with the KS as it is, or with one that is made of the other two."""
    given = settings.read({"AVATAR_KS": "a-ks"})
    assert (given.simulated, given.credential) == (False, "a-ks")
    made = settings.read({"AVATAR_PARTNER_ID": 1234567}, {"AVATAR_ADMIN_SECRET": "a-secret"})
    assert isinstance(made.credential, AdminKs)
    assert not made.simulated


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({"AVATAR_PARTNER_ID": "1"}, "AVATAR_PARTNER_ID is set without AVATAR_ADMIN_SECRET"),
        (
            {"AVATAR_ADMIN_SECRET": "canary"},
            "AVATAR_ADMIN_SECRET is set without AVATAR_PARTNER_ID",
        ),
        ({"AVATAR_KS": "canary", "AVATAR_PARTNER_ID": "1"}, "AVATAR_KS is set, and so is"),
        ({"AVATAR_KS": "canary", "AVATAR_ADMIN_SECRET": "canary"}, "AVATAR_KS is set, and so is"),
        (
            {"AVATAR_KS": "canary", "AVATAR_PARTNER_ID": "1", "AVATAR_ADMIN_SECRET": "canary"},
            "AVATAR_KS is set, and so is",
        ),
        ({"AVATAR_PARTNER_ID": "one", "AVATAR_ADMIN_SECRET": "canary"}, "AVATAR_PARTNER_ID is not"),
        ({"AVATAR_PARTNER_ID": "1", "AVATAR_ADMIN_SECRET": "a canary"}, "AVATAR_ADMIN_SECRET"),
    ],
)
def test_credentials_are_one_or_the_other(chosen: dict[str, object], named: str) -> None:
    """Both, or half of a pair, is one sentence that names what is missing or too much."""
    with pytest.raises(SettingRejected, match=rf"^{named}") as rejected:
        settings.read(chosen)
    assert str(rejected.value).endswith(".")
    assert "canary" not in str(rejected.value)


def test_the_first_source_wins_and_blank_is_unset() -> None:
    """The environment goes before `.env`, which goes before Streamlit's secrets."""
    chosen = settings.read(
        {"AVATAR_KS": "  ", "AVATAR_ID": "from the environment"},
        {"AVATAR_KS": "from-the-file", "AVATAR_ID": "unused", "AVATAR_VOICE_ID": None},
        {"AVATAR_KS": "unused", "AVATAR_VOICE_ID": 42},
    )
    assert (chosen.ks, chosen.avatar_id, chosen.voice_id) == (
        "from-the-file",
        "from the environment",
        "42",
    )
    assert not chosen.simulated


def test_a_text_that_is_there_and_empty_is_none() -> None:
    """Of the welcome, the opening text and the name; what is not there has its default."""
    none = {"AVATAR_WELCOME": "", "AVATAR_OPENING_TEXT": " ", "AVATAR_BRAND_NAME": ""}
    chosen = settings.read(none)
    assert (chosen.welcome, chosen.opening_text, chosen.brand.name) == ("", "", "")
    chosen = settings.read({"AVATAR_WELCOME": None}, {"AVATAR_WELCOME": "Good morning."})
    assert chosen.welcome == "Good morning."
    assert settings.read({}).welcome == settings.DEFAULTS.welcome != ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AVATAR_BASE_URL", "nonsense"),
        ("AVATAR_BASE_URL", "ftp://api.example.com"),
        ("AVATAR_BASE_URL", "http://api.example.com/v1/avatar-session"),
        ("AVATAR_BASE_URL", "https://:1"),
        ("AVATAR_SDK_URL", "canary.js"),
        ("AVATAR_SDK_URL", "http://cdn.example.com/sdk.js"),
        ("AVATAR_DISPLAY", "canary"),
        ("AVATAR_SPEECH_ENGINE", "canary"),
        ("AVATAR_SPEECH_ENGINE", "os.path:canary"),
        ("AVATAR_SPEECH_ENGINE", "canary:load"),
        ("AVATAR_SPEECH_ENGINE", "os.path:sep"),
        ("AVATAR_API_DIALECT", "dead"),
        ("AVATAR_API_DIALECT", "Live"),
        ("AVATAR_GRACE_SECONDS", "-1.5"),
        ("AVATAR_GRACE_SECONDS", "nan"),
        ("AVATAR_IDLE_MINUTES", "soon"),
        ("AVATAR_MAX_MINUTES", "inf"),
        ("AVATAR_MAX_SESSIONS", "2.5"),
        ("AVATAR_MAX_SESSIONS", "-7"),
        ("AVATAR_AUDIT_TEXT", "perhaps"),
        ("AVATAR_BRAND_COLOR", "canary"),
        ("AVATAR_BRAND_ACCENT", "#12345"),
        ("AVATAR_BRAND_LOGO", "canary.png"),
        ("AVATAR_BRAND_NAME", "canary" * 20),
        ("AVATAR_WELCOME", "canary" * 1000),
        ("AVATAR_KS", "two\nlines"),
        ("AVATAR_KS", "snow\N{SNOWMAN}man"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    """One sentence that names it and says what to do; whatever was set is not repeated in it."""
    with pytest.raises(SettingRejected) as rejected:
        settings.read({name: value})
    sentence = str(rejected.value)
    assert name in sentence
    assert sentence.endswith(".")
    assert value not in sentence


SAMPLE = Path(__file__).parent.parent.parent / ".env.example"
KS = "djJ8MTIzNDU2fFNlY3JldENhbmFyeU9mQVJlYWxLUw"


@pytest.mark.parametrize("name", [*re.findall(r"#(AVATAR_\w+)=", SAMPLE.read_text())[1:]])
@pytest.mark.parametrize("form", ["{}", "https://api.example/{}", "sqlite:///{}", "my_voice:{}"])
def test_a_ks_in_another_setting_is_named(name: str, form: str) -> None:
    """Before it gets into a page, a log or an address; no part of it is repeated."""
    with pytest.raises(SettingRejected) as rejected:
        settings.read({name: form.format(KS)})
    assert name in str(rejected.value)
    assert name in settings.NUMBERS or "AVATAR_KS" in str(rejected.value)
    assert not any(KS[at : at + 6] in str(rejected.value) for at in range(len(KS) - 6))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8600/v1", "http://localhost", "http://[::1]:1"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    """Loopback needs no https."""
    assert settings.read({"AVATAR_BASE_URL": url}).base_url.startswith("http://")


@pytest.mark.parametrize(
    "name",
    ["AVATAR_KS", "AVATAR_ADMIN_SECRET", "AVATAR_LEDGER_URL", "AVATAR_OPERATOR_PASSWORD"],
)
def test_no_secret_is_in_a_repr(name: str) -> None:
    """Settings can be logged."""
    pair = {"AVATAR_PARTNER_ID": "1"} if name == "AVATAR_ADMIN_SECRET" else {}
    chosen = settings.read({name: "canary", **pair})
    assert "canary" not in f"{chosen!r} {chosen.credential if pair else None!r}"


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "AVATAR_KS",
                "AVATAR_PARTNER_ID",
                "AVATAR_ADMIN_SECRET",
                "AVATAR_API_DIALECT",
                "AVATAR_BASE_URL",
                "AVATAR_DISPLAY",
                "AVATAR_SDK_URL",
                "AVATAR_LEDGER_URL",
                "AVATAR_AUDIT_TEXT",
                *settings.NUMBERS,
            ]
        ),
        st.none()
        | st.text()
        | st.integers()
        | st.floats()
        | st.booleans()
        | st.lists(st.text(), max_size=2)
        | st.sampled_from(["sdk", "https://a.example", "http://[::1", "https://\x00", "1e3", "٣"]),
    )
)
def test_any_settings_are_taken_or_named(sources: dict[str, object]) -> None:
    """Whatever is set: good settings, or one sentence that names what is wrong."""
    try:
        sentence = repr(settings.read(sources))
    except SettingRejected as rejected:
        sentence = str(rejected)
    assert sentence.startswith(("Settings(", *sources))


def test_secrets_are_read_from_the_first_file(tmp_path: Path) -> None:
    """As Streamlit reads them; no file is no secrets, and one that is no TOML is a sentence."""
    nowhere, here = tmp_path / "nowhere", tmp_path / "here"
    here.mkdir()
    (here / "secrets.toml").write_text('AVATAR_KS = "from secrets"')
    assert settings.secrets_file(nowhere) == {}
    assert settings.secrets_file(nowhere, here) == {"AVATAR_KS": "from secrets"}
    (here / "secrets.toml").write_text("AVATAR_KS = oops")
    with pytest.raises(SettingRejected, match=r"secrets\.toml"):
        settings.secrets_file(here)
