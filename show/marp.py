"""Marp's Markdown, as Marp cuts it into slides, and its comments, with their places in the source.

Marp is markdown-it with rules of its own. Here its rules for comments are added to markdown-it-py,
which is a port of markdown-it; tests/show/marp_says.json holds what marp-core itself finds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from show.front_matter import FrontMatter
from show.marp_yaml import directives_of, heading_levels
from show.model import BLANK, ShowRejected

MOST_COMMENTS, MOST_LINES = 5_000, 20_000
LONGEST_TEXT = 10_000
"""Characters of a paragraph. The parser takes minutes for one of 900,000 that opens pictures."""
SECONDS = 15.0
"""In which a source is read: a megabyte of prose took 8 s, one that was made to hurt 80 s."""

# Each "<!--" of the source is given its number, between two characters that are of no text: so its
# place is known wherever the parser puts it. The parser's tokens tell lines alone.
_LEFT, _RIGHT = "\ufdd0", "\ufdd1"
# "<!-->" is a comment for HTML and the beginning of one for Marp: its number is put before it, so
# that it is none here; it is refused unless it is code.
_OPENED = re.compile(r"<!--(-?>)?")
_REST = re.compile(r"[^\r\n]*")
_NUMBER = re.compile(f"{_LEFT}(\\d+){_RIGHT}")

SIGN = re.compile(
    r"prettier-ignore(-(start|end))?|markdownlint-((disable|enable).*|capture|restore)"
    r"|lint (disable|enable|ignore).*"
)
"""Comments that are for other programs: Marpit does not take them for notes."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: `source[start:end]`, of which `content` is a text.

    `swallowed`: the end of what Marp hides behind it on its line. `row`: its line, from 1.
    `own_lines`: it stands on lines of its own. `directives`: Marp's, none of a text. `is_a_sign`:
    it is for a program. `in_html`: Marp does not read it, and a browser hides it.
    """

    slide: int
    start: int
    end: int
    swallowed: int
    row: int
    content: str
    own_lines: bool
    directives: Mapping[str, Any]
    is_a_sign: bool
    in_html: bool

    @property
    def is_said(self) -> bool:
        """Whether it is a text: what Marp takes for a note."""
        return not (self.directives or self.is_a_sign or self.in_html)


@dataclass(frozen=True, slots=True)
class Cut:
    """A slide: its lines, from 0, without the rule that cuts it off. `title`: its first heading,
    else the title of a picture in it."""

    first: int
    last: int
    title: str


@dataclass(frozen=True, slots=True)
class Deck:
    """A source as Marp reads it. `body`: where the front matter ends in it."""

    front: FrontMatter
    has_front: bool
    body: int
    slides: tuple[Cut, ...]
    comments: tuple[Comment, ...]


def read(source: str) -> Deck:
    """`source` as Marp reads it. Raises `ShowRejected`, which names the line, also for what looks
    like a comment and may be shown, and for one that never ends."""
    return _Reading(source).deck()


def comment_at(text: str, start: int = 0) -> tuple[str, int] | None:
    """What the comment that begins at `start` says, and where it ends; None where there is none.

    As Marpit's expression has it, `<!--+\\s*([\\s\\S]*?)\\s*--+>`, in linear time.
    """
    end = text.find("-->", start + 4) if text.startswith("<!--", start) else -1
    if end < 0:
        return None
    return text[start + 4 : end].lstrip("-").rstrip("-").strip(), end + 3


def line_starts(source: str) -> list[int]:
    """Where each line begins, as markdown-it counts them: after a CR, LF or CRLF."""
    return [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", source))]


class _Reading:
    """One source: its tokens, and which of its "<!--" have been found in them."""

    def __init__(self, source: str) -> None:
        if _LEFT in source or _RIGHT in source:
            raise ShowRejected("The show has a character (U+FDD0) that is of no text: take it out.")
        self._source = source
        self._starts = line_starts(source)
        found = list(_OPENED.finditer(source))
        self._opened = [each.start() for each in found]
        self._shut = {each.start() for each in found if each[1]}
        if len(self._starts) > MOST_LINES:
            raise ShowRejected(
                f"The show has {len(self._starts):,} lines: {MOST_LINES:,} are the most."
            )
        if len(self._opened) > MOST_COMMENTS:
            raise ShowRejected(
                f"The show has {len(self._opened):,} comments: {MOST_COMMENTS:,} are the most."
            )
        numbers = iter(range(len(self._opened)))
        numbered = _OPENED.sub(
            lambda each: (
                f"{_number(next(numbers))}{each[0]}"
                if each[1]
                else f"{each[0]}{_number(next(numbers))}"
            ),
            source.removeprefix("\ufeff"),
        )
        self._tokens = _marp().parse(numbered, {"until": monotonic() + SECONDS})
        self._has_front = bool(self._tokens) and self._tokens[0].type == "front_matter"
        self._front, self._body = self._read_front()
        self._found = set[int]()

    def deck(self) -> Deck:
        """All of it."""
        found = [
            (at, comment)
            for at, token in enumerate(self._tokens)
            for comment in self._comments_in(at, token)
        ]
        self._refuse_what_is_shown()
        begins, slides = self._cuts([self._front.directives, *(c.directives for _, c in found)])
        comments = (replace(comment, slide=bisect_right(begins, at) - 1) for at, comment in found)
        return Deck(self._front, self._has_front, self._body, slides, tuple(comments))

    def _read_front(self) -> tuple[FrontMatter, int]:
        bom = len(self._source) - len(self._source.removeprefix("\ufeff"))
        if self._has_front:
            content = _NUMBER.sub("", self._tokens[0].content)
            return FrontMatter.of(content), self._starts_at(_lines(self._tokens[0])[1])
        if self._source.startswith("---", bom):
            raise ShowRejected("Line 1 begins front matter that never ends: close it with ---.")
        return FrontMatter(), bom

    def _comments_in(self, at: int, token: Token) -> Iterator[Comment]:
        if token.type in ("fence", "code_block", "front_matter"):
            self._found.update(_numbers(token.content))
        elif token.type == "comment":
            yield self._comment(token, own_lines=True)
        elif token.type == "html_block":
            at_sign = token.content.find("<!--")
            while at_sign >= 0 and (found := comment_at(token.content, at_sign)):
                comment = token.content[at_sign : found[1]]
                if _numbers(comment):
                    yield self._comment(Token("comment", "", 0, content=comment), in_html=True)
                at_sign = token.content.find("<!--", found[1])
        for child in token.children or ():
            if child.type == "code_inline":
                self._found.update(_numbers(child.content))
            elif child.type == "comment" and _numbers(child.content):
                of_heading = self._tokens[at - 1].type == "heading_open"
                yield self._comment(child, of_heading=of_heading)

    def _comment(
        self,
        token: Token,
        *,
        own_lines: bool = False,
        in_html: bool = False,
        of_heading: bool = False,
    ) -> Comment:
        numbers = _numbers(token.content)
        start = self._opened[numbers[0]]
        row = self._row(start)
        here, there = comment_at(_NUMBER.sub("", token.content)), comment_at(self._source, start)
        if here is None or there is None:
            raise ShowRejected(f"The comment that begins on line {row} never ends: add -->.")
        self._found.update(n for n in numbers if self._opened[n] not in self._shut)
        content, end = here[0], there[1]
        rest = _REST.match(self._source, end)
        return Comment(
            slide=0,
            start=start,
            end=end,
            swallowed=rest.end() if rest and own_lines else end,
            row=row,
            content=content,
            own_lines=own_lines,
            directives={} if in_html else directives_of(self._filled(content)),
            is_a_sign=bool(SIGN.fullmatch(content)) or (of_heading and content == "fit"),
            in_html=in_html,
        )

    def _filled(self, text: str) -> str:
        return filled(text, self._front.blanks)

    def _refuse_what_is_shown(self) -> None:
        for number, start in enumerate(self._opened):
            if number not in self._found:
                raise ShowRejected(
                    f"Line {self._row(start)} has a comment where Marp takes it for something else"
                    " (a picture's text, a link, a table's row, HTML), and it may be shown: put it"
                    " on a line of its own, with a blank line before it."
                )

    def _cuts(self, directives: Iterable[Mapping[str, Any]]) -> tuple[list[int], tuple[Cut, ...]]:
        """Which token each slide begins with, and the slides."""
        levels = frozenset[int]()
        for each in directives:
            if (found := heading_levels(each.get("headingDivider"))) is not None:
                levels = found
        begins, bounds, titles, pictured = [0], [(0, self._row(self._body) - 1)], [""], [""]
        is_visible = False
        for at, token in enumerate(self._tokens):
            is_rule = token.type == "hr" and token.level == 0
            is_heading = token.type == "heading_open"
            if is_rule or (is_heading and is_visible and int(token.tag[1]) in levels):
                begins.append(at)
                bounds.append((_lines(token)[0], _lines(token)[1 if is_rule else 0]))
                titles.append("")
                pictured.append("")
            if is_heading and not titles[-1]:
                titles[-1] = _plain(self._tokens[at + 1])
            for child in token.children or ():
                if child.type == "image" and not pictured[-1]:
                    pictured[-1] = str(child.attrGet("title") or "")
            is_visible = is_visible or not token.hidden
        ends = [last for last, _ in bounds[1:]] + [len(self._starts)]
        titles = [title or picture for title, picture in zip(titles, pictured, strict=True)]
        cuts = zip(bounds, ends, titles, strict=True)
        return begins, tuple(Cut(first, last, title) for (_, first), last, title in cuts)

    def _row(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _starts_at(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self._source)


def filled(text: str, blanks: Mapping[str, str]) -> str:
    """`text` with its blanks filled; one that nothing fills stays as it is."""
    return BLANK.sub(lambda found: blanks.get(found[1], found[0]), text)


def _number(number: int) -> str:
    return f"{_LEFT}{number}{_RIGHT}"


def _numbers(content: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(content)]


def _lines(token: Token) -> Sequence[int]:
    assert token.map
    return token.map


def _plain(heading: Token) -> str:
    """A heading's text, without what is not shown of it."""
    shown = {"text", "code_inline", "softbreak", "hardbreak", "text_special"}
    parts = (c.content or " " for c in heading.children or () if c.type in shown)
    return " ".join("".join(parts).split())


@cache
def _marp() -> MarkdownIt:
    """Marp's Markdown: CommonMark with tables, in HTML and with its own comments."""
    marp = MarkdownIt("commonmark", {"html": True, "breaks": True})
    marp.enable(["table", "strikethrough"]).use(front_matter_plugin)
    marp.block.ruler.before("table", "deadline", lambda state, *_: _refuse_late(state))
    marp.inline.ruler.before("text", "deadline", lambda state, _: _refuse_late(state))
    marp.core.ruler.after("block", "limit", _refuse_long_texts)
    marp.block.ruler.before("html_block", "comment", _block_comment)
    marp.inline.ruler.before("html_inline", "comment", _inline_comment)
    return marp


def _refuse_late(state: StateBlock | StateInline) -> bool:
    """A rule that finds nothing, and is asked first at each step."""
    if monotonic() > state.env["until"]:
        raise ShowRejected("The show takes too long to read: part it, or take odd signs out of it.")
    return False


def _refuse_long_texts(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and len(_NUMBER.sub("", token.content)) > LONGEST_TEXT:
            raise ShowRejected(
                f"Line {_lines(token)[0] + 1} begins a paragraph of more than {LONGEST_TEXT:,}"
                " characters: part it with a blank line."
            )


def _block_comment(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Marpit's rule: a comment takes its last line to the end."""
    begin = state.bMarks[first] + state.tShift[first]
    line = state.src[begin : state.eMarks[first]]
    if not line.startswith("<!--"):
        return False
    if silent:
        return True
    after = first + 1
    while "-->" not in line and after < last and state.sCount[after] >= state.blkIndent:
        line = state.src[state.bMarks[after] + state.tShift[after] : state.eMarks[after]]
        after += 1
    state.line = after
    token = state.push("comment", "", 0)
    token.map = [first, after]
    token.content = state.getLines(first, after, state.blkIndent, True).lstrip()
    token.hidden = True
    return True


def _inline_comment(state: StateInline, silent: bool) -> bool:
    """Marpit's rule."""
    found = comment_at(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("comment", "", 0)
        token.content = state.src[state.pos : found[1]]
        token.hidden = True
    state.pos = found[1]
    return True
