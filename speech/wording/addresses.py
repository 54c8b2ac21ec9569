"""Web and mail addresses, files, handles, and names that hold signs."""

from __future__ import annotations

import re

from speech.numerals import (
    JOIN,
    code,
    joined,
    spelled,
)
from speech.wording.rules import (
    DOT,
    Rules,
)

rule = Rules()

_HOST = r"(?:[A-Za-z0-9](?:[\w-]{0,40}[A-Za-z0-9])?\.)+"
_TOP = (
    "com org net edu gov mil int info biz io ai co uk de fr eu ca au tv ly dev app cloud tech"
    " online shop store site xyz jp cn ch nl es se dk fi pl ru br mx nz sg hk kr ie pt cz gr tr ua"
    " il za live news blog agency studio design video media world"
).replace(" ", "|")
_SAID_AS_WORDS = frozenset(
    (
        *("com", "org", "net", "gov", "info", "biz", "mil", "co", "app", "dev", "cloud", "tech"),
        *("online", "shop", "store", "site", "live", "news", "blog", "agency", "studio", "design"),
        *("video", "media", "world", "zip", "env", "bin", "log", "lock", "doc"),
    )
)
_FILES = (
    "pdf docx doc xlsx xls pptx ppt csv tsv txt md rtf html htm css js ts jsx tsx mjs py ipynb rb"
    " go rs java cpp sh bat json yaml yml toml xml svg png jpg jpeg gif webp mp3 mp4 wav mov avi"
    " webm m4a ogg zip tar gz exe dmg apk iso log env lock cfg ini conf sql db key srt vtt psd ai"
).replace(" ", "|")


def _labels(host: str) -> str:
    """A host or a name with points: "kaltura dot com"."""
    *names, top = host.split(".")
    return DOT.join([*map(_label, names), spelled(top) if _is_country(top) else _label(top)])


def _label(label: str) -> str:
    words = (part for part in label.replace("_", "-_-").split("-") if part)
    return f"{JOIN}dash{JOIN}".join(map(_short, words)).replace(
        f"{JOIN}dash{JOIN}_{JOIN}dash{JOIN}", f"{JOIN}underscore{JOIN}"
    )


def _short(word: str) -> str:
    """A label's word as it is; by its letters where nobody could say it."""
    if word.lower() in _SAID_AS_WORDS or word == "_" or not word.isascii():
        return word
    unsayable = 1 < len(word) < 5 and not re.search("[aeiouyAEIOUY]", word)
    return spelled(word) if word.isalpha() and unsayable else word


def _is_country(top: str) -> bool:
    return len(top) == 2 and top.isalpha() and top.lower() not in _SAID_AS_WORDS


def _path(path: str) -> str:
    """Each step of a path; what comes behind ? or # is left out."""
    steps = [step for step in re.split(r"[?#]", path)[0].split("/") if step]
    said = (DOT.join(re.split(r"[-_.+%=&;,:~]+", step)).replace(DOT, JOIN) for step in steps)
    return "".join(f"{JOIN}slash{JOIN}{step.strip(JOIN)}" for step in said)


@rule(r"(?<![\w.+-])(?:mailto:)?([\w.+-]{1,50})@((?:[A-Za-z0-9-]{1,40}\.)+[A-Za-z]{2,12})(?![\w-])")
def _email(found: re.Match[str]) -> str:
    name = DOT.join(map(_label, found[1].split("."))).replace("+", f"{JOIN}plus{JOIN}")
    return f"{name}{JOIN}at{JOIN}{_labels(found[2])}"


@rule(
    rf"(?:\b[A-Za-z][A-Za-z+]{{1,9}}://|(?<![\w.@/-])(?=www\.|{_HOST}(?:{_TOP})(?![\w-])))"
    r"([A-Za-z0-9](?:[\w.-]*\w)?)(:\d{2,5})?(/[^\s<>\"'()]*)?",
    re.IGNORECASE,
)
def _address(found: re.Match[str]) -> str:
    host, port, path = found[1], found[2], found[3] or ""
    stop = path[len(path.rstrip(".,;:!?")) :]
    said = _labels(host)
    if port:
        said = joined(said, "port", code(port[1:]))
    return said + _path(path[: len(path) - len(stop)]) + stop[:1]


@rule(r"(?<![\w.])(Node|Next|Vue|Express|React|D3|Three|Nuxt|Chart|Backbone|Ember)\.js\b", re.I)
def _library(found: re.Match[str]) -> str:
    """Node.js is said without the point."""
    return joined(found[1], "J.S")


@rule(r"\blocalhost:(\d{2,5})\b")
def _local_port(found: re.Match[str]) -> str:
    return joined("localhost", "port", code(found[1]))


@rule(r"(?<![\w.])([A-Z])\.(?=\d{3}\b)")
def _standard(found: re.Match[str]) -> str:
    """H.264."""
    return found[1]


@rule(rf"(?<![\w.@])([\w][\w-]{{0,50}}(?:\.[\w-]{{1,20}})?)\.({_FILES})(?!\w)(?!\.\w)", re.I)
def _file(found: re.Match[str]) -> str:
    name = re.sub(r"[-_]+", JOIN, found[1]).strip(JOIN)
    kind = {"json": "jason", "yaml": "yammel"}.get(found[2].lower(), _kind(found[2]))
    return f"{name.replace('.', DOT)}{DOT}{kind}"


def _kind(kind: str) -> str:
    return kind if kind.lower() in _SAID_AS_WORDS else spelled(kind)


@rule(r"(?<![\w&/])#(?![A-Z]{1,3}-\d)(\d{0,9}[A-Za-z]\w{0,50})")
def _hashtag(found: re.Match[str]) -> str:
    words = re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+", found[1])
    return joined("hashtag", *words)


@rule(r"(?<![\w@.])@(?=\w)")
def _handle(found: re.Match[str]) -> str:
    return f"at{JOIN}"


for _written, _words in {
    r"24/7/365": "twenty four seven three sixty five",
    r"24[/x]7": "twenty four seven",
    r"9/11": "nine eleven",
    r"50[/:-]50": "fifty fifty",
    r"9-1-1": "nine one one",
    r"401\(?k\)?": "four oh one K",
    r"20/20": "twenty twenty",
}.items():
    rule.fixed(rf"(?<![\w/.]){_written}(?![\w/])", _words)
rule.fixed(r"(?<!\w)C#(?!\w)", "C sharp")
rule.fixed(r"(?<!\w)F#(?!\w)", "F sharp")
rule.fixed(r"(?<!\w)C\+\+(?!\w)", "C plus plus")
rule.fixed(r"(?<!\w)\.NET\b", "dot net")


@rule(r"(?<![\w.])\.(?=[a-z]{2})")
def _hidden_file(found: re.Match[str]) -> str:
    """.env"""
    return f"dot{JOIN}"


rule.fixed(r"(?<!\w)c/o(?!\w)", "care of")
rule.fixed(r"(?<![\w.])eg(?= )", "for example")
rule.fixed(r"(?<![\w.])ie(?= )", "that is")
rule.fixed(r"(?<![\w.])approx(?= \d)", "approximately")
rule.fixed(r"(?<![\w.])ca(?= \d)", "circa")
rule.fixed(r"\bYoY\b", "year over year")
rule.fixed(r"\bQoQ\b", "quarter over quarter")
rule.fixed(r"\bMoM\b", "month over month")
rule.fixed(r"\bJSON\b", "jason")
rule.fixed(r"\bYAML\b", "yammel")
rule.fixed(r"(?<!\w)[:;]-?[DPpOo)(\]/|](?!\w)", "")
rule.fixed(r"\bw/o(?!\w)", "without")
rule.fixed(r"\bb/c(?!\w)", "because")


@rule(r"\bw/(?=( ?)\w)")
def _with(found: re.Match[str]) -> str:
    return "with" if found[1] else f"with{JOIN}"


@rule(r"\b([A-Z])2(?!O)([A-Z])\b")
def _to_whom(found: re.Match[str]) -> str:
    """B2B, P2P."""
    return joined(found[1], "to", found[2])
