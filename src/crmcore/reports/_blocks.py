"""Blocks: the pieces that the parts of a page are made of, whatever it is rendered to."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import attrs

from crmcore.improvement import Finding
from crmcore.kernel import Phrase
from crmcore.reviews import Review

from ._table import Table


@attrs.frozen(kw_only=True)
class Tile:
    """A number at the top of the page.

    Attributes:
        label: What it counts.
        number: The number as people read it.
        note: What it was before, or what it rests on.
    """

    label: str
    number: str
    note: str = ""


@attrs.frozen
class Heading:
    """A heading within a part."""

    kind: ClassVar[str] = "heading"
    text: str


@attrs.frozen
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    text: str


@attrs.frozen(kw_only=True)
class Picture:
    """A picture with its name and what is written beside it.

    Attributes:
        svg: The picture as an element of SVG.
        name: What it is called; empty where it stands alone.
        note: What is written beside its name.
    """

    svg: str
    name: str = ""
    note: str = ""


@attrs.frozen(kw_only=True)
class Swatch:
    """What a colour of a picture means.

    Attributes:
        label: What it means.
        colour: The colour.
        is_hollow: Whether only the edge has the colour.
    """

    label: str
    colour: str
    is_hollow: bool = False


@attrs.frozen(kw_only=True)
class Pictures:
    """Pictures under one caption.

    Attributes:
        pictures: The pictures.
        caption: What they show, and how to read them.
        shape: ``panels`` for many small ones, ``pair`` for two, ``wide`` for one.
        legend: What the colours mean.
    """

    kind: ClassVar[str] = "pictures"
    pictures: tuple[Picture, ...]
    caption: str
    shape: str
    legend: tuple[Swatch, ...] = ()


@attrs.frozen(kw_only=True)
class Rows:
    """A table.

    Attributes:
        table: The table.
        limit: How many of its rows a page shows; all of them without a limit.
        summary: Under which words it is folded away; empty where it stands open.
    """

    kind: ClassVar[str] = "rows"
    table: Table
    limit: int | None = None
    summary: str = ""

    @property
    def count(self) -> int:
        """How many rows the table has."""
        return sum(1 for _ in self.table.rows())


@attrs.frozen(kw_only=True)
class Lines:
    """Lines that are folded away under a summary.

    Attributes:
        summary: The words under which they are folded away.
        lines: The lines.
        source: The table that holds them too; empty where none does.
    """

    kind: ClassVar[str] = "lines"
    summary: str
    lines: tuple[str, ...]
    source: str = ""


@attrs.frozen
class Findings:
    """Findings, one under the other."""

    kind: ClassVar[str] = "findings"
    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class Answer:
    """The answer to one of the five questions of a SMART goal.

    Attributes:
        letter: The letter of the question.
        verdict: The word for the verdict.
        because: Why.
    """

    letter: str
    verdict: str
    because: str


@attrs.frozen(kw_only=True)
class GoalLine:
    """A goal as a page shows it.

    Attributes:
        name: How people call it.
        status: The word for how it stands.
        label: How people call how it stands.
        because: Why it stands so.
        numbers: Where it comes from, where it goes and where it is.
        answers: The answers to the five questions.
        doubts: Why some of the answers are not yes.
    """

    name: str
    status: str
    label: str
    because: str
    numbers: str
    answers: tuple[Answer, ...]
    doubts: str


@attrs.frozen
class Goals:
    """Goals, one under the other."""

    kind: ClassVar[str] = "goals"
    goals: tuple[GoalLine, ...]


Block: TypeAlias = Heading | Words | Pictures | Rows | Lines | Findings | Goals


@attrs.frozen(kw_only=True)
class Part:
    """A part of the page under a heading of its own.

    Attributes:
        key: The word for it in addresses.
        title: Its heading.
        blocks: What it is made of.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]


@attrs.frozen(kw_only=True)
class Story:
    """All that a page tells, in one language.

    Attributes:
        title: The headline.
        preface: What is reviewed, by what.
        tiles: The numbers at the top.
        parts: The parts.
        colophon: How to trace a number.
    """

    title: str
    preface: tuple[str, ...]
    tiles: tuple[Tile, ...]
    parts: tuple[Part, ...]
    colophon: tuple[str, ...]


@attrs.frozen
class Telling:
    """What is told, and how.

    Attributes:
        review: The review.
        language: The language, ``en`` or ``zh-CN``.
        has_pictures: Whether pictures can be shown.
    """

    review: Review
    language: str
    has_pictures: bool

    def say(self, en: str, zh: str) -> str:
        """Return one of two wordings."""
        return Phrase(en, zh).in_language(self.language)

    def read(self, phrase: Phrase) -> str:
        """Return the wording of a phrase."""
        return phrase.in_language(self.language)

    def heading(self, en: str, zh: str) -> Heading:
        """Return a heading."""
        return Heading(self.say(en, zh))
