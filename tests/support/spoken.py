"""Words with their times, made up by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from speech import Word

_ODD = ["-->", "<b>", "&amp;", "{\\an8}", "NOTE", "00:00:01.000", "1", "#", "*a*", "[x](y)", "、。"]

_TEXTS = st.one_of(
    st.sampled_from([*_ODD, "word", "clause,", "end.", "日本語。", "x" * 100, "สวัสดีครับ" * 9]),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60),
)


@st.composite
def spoken(draw: st.DrawFn, texts: st.SearchStrategy[str] = _TEXTS) -> tuple[Word, ...]:
    """Words that follow each other, each heard for a while."""
    words: list[Word] = []
    time = 0.0
    for text in draw(st.lists(texts, max_size=40)):
        at = time + draw(st.sampled_from([0.0, 0.05, 0.5, 2.0]))
        time = at + draw(st.sampled_from([0.1, 0.3, 1.0]))
        words.append(Word(at, time, text))
    return tuple(words)
