"""What is found to be wrong with a show, and how long it takes."""

from __future__ import annotations

from show.check import Finding, findings
from show.markdown import parse
from speech import load_engine


def test_what_is_found() -> None:
    """Blanks that nothing fills, slides without a line, and lines that are too long."""
    long = "word " * 200
    show = parse(
        "---\na: b\nsay-as:\n  x: " + "long " * 30 + "\n---\n"
        f"# {{{{a}}}} {{{{b}}}}\n\n<!-- {{{{c}}}} {{{{a}}}}\n\n{long}\n\n{'x ' * 200} -->"
        "\n\n---\n\n<!-- pause: 2 -->"
    )
    assert findings(show) == (
        Finding(0, None, "Nothing fills {{b}}: add b: to the front matter."),
        Finding(0, 0, "Nothing fills {{c}}: add c: to the front matter."),
        Finding(0, 1, "This line takes about 67 seconds: make two lines of it."),
        Finding(
            0,
            2,
            "This line has 29,999 characters as it is said: 5,000 are the most. Make two lines of"
            " it.",
        ),
        Finding(1, None, "Nothing is said on this slide: add a line."),
    )


def test_what_the_voice_cannot_say() -> None:
    """Its words are named, unless a row of say-as has others for them."""
    source = "<!-- Hello Владимир! -->\n\n<!-- 🎉 -->"
    has_sound = load_engine().has_sound
    assert findings(parse(source), has_sound) == (
        Finding(0, 0, _cannot_say("Владимир!")),
        Finding(0, 1, _cannot_say("🎉")),
    )
    rows = "---\nsay-as:\n  Владимир: Vladimir\n  🎉: hooray\n---\n"
    assert not findings(parse(rows + source), has_sound)


def _cannot_say(words: str) -> str:
    return f"The voice can't say {words}: write it in other words, or add a row to say-as."
