"""What a set of notes claims, statement by statement, and which step of a lab shows it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from labrunner.catalog import LoadedLab
from labrunner.errors import LabBroken
from labrunner.words import language, say

Labs = Mapping[str, frozenset[str]]
"""The labs that are there: slug → its steps."""
Bilingual = Mapping[str, str]


class Answer(StrEnum):
    """What can be said of a statement."""

    PROVED = "proved"
    SEE = "see"
    OPINION = "opinion"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that the notes claim, in our own words.

    Attributes:
        id: what it is called; once in a set of notes.
        words: what it says, by language.
        steps: those that show it, as "lab/step".
        see: the lab that shows it, where that is another one's subject.
        opinion: why no step can show it, by language.
        corrected: whether the notes are imprecise or wrong here, and the lab says so.
    """

    id: str
    words: Bilingual
    steps: tuple[str, ...] = ()
    see: str = ""
    opinion: Bilingual | None = None
    corrected: bool = False

    @property
    def said(self) -> str:
        """The statement in the spoken language."""
        return self.words[language()]

    @property
    def reason(self) -> str:
        """Why no step can show it, in the spoken language; empty where one can."""
        return self.opinion[language()] if self.opinion else ""

    @property
    def labs(self) -> tuple[str, ...]:
        """The labs that the answer names, each once."""
        named = [step.partition("/")[0] for step in self.steps] or [self.see] * bool(self.see)
        return tuple(dict.fromkeys(named))

    def answer(self, labs: Labs) -> Answer:
        """Return what can be said of it today: open while it names no lab, or one that is not there.

        Args:
            labs: those that are there.
        """
        if self.opinion:
            return Answer.OPINION
        if not self.labs or not all(lab in labs for lab in self.labs):
            return Answer.OPEN
        return Answer.PROVED if self.steps else Answer.SEE


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the notes.

    Attributes:
        heading: as "part › heading".
        lab: the slug of the lab that mirrors it, written or not.
        empty: whether nothing stands under it in the notes, so that the statements are the lab's own.
        statements: in the notes' order.
        file: where they were read.
    """

    heading: str
    lab: str
    empty: bool
    statements: tuple[Statement, ...]
    file: Path

    @property
    def labs(self) -> frozenset[str]:
        """Its lab, and those that its statements name."""
        return frozenset([self.lab, *(lab for statement in self.statements for lab in statement.labs)])


def steps_of(loaded: Iterable[LoadedLab]) -> Labs:
    """Return the steps of labs, those that this machine cannot do included."""
    return {one.entry.slug: frozenset([step.id for step in one.lab.steps] + [*one.left_out]) for one in loaded}


def strangers(sections: tuple[Section, ...], labs: Labs) -> Iterator[tuple[Section, Statement, str]]:
    """Yield each step that a statement names and that its lab, though it is there, does not have."""
    for section in sections:
        for statement in section.statements:
            for named in statement.steps:
                lab, _, step = named.partition("/")
                if lab in labs and step not in labs[lab]:
                    yield section, statement, named


def demand(sections: tuple[Section, ...], labs: Labs) -> None:
    """Demand that every step that is named is there, where its lab is.

    Raises:
        LabBroken: one is not.
    """
    for section, statement, named in strangers(sections, labs):
        raise LabBroken(f"{section.file}: {is_strange(statement, named)}")


def is_strange(statement: Statement, named: str) -> str:
    """Return the sentence that says so of a step that a statement names; see `strangers`."""
    lab, _, step = named.partition("/")
    return say(
        en=f"{statement.id!r} names the step {step!r}, which {lab} does not have",
        zh=f"{statement.id!r} 写的步骤 {step!r} 在 {lab} 里没有",
    )


def unnamed(sections: tuple[Section, ...], labs: Labs) -> list[str]:
    """Return the steps, as "lab/step", that no statement names.

    Args:
        sections: what the notes claim.
        labs: those whose steps are asked for.
    """
    named = {step for section in sections for statement in section.statements for step in statement.steps}
    return [f"{lab}/{step}" for lab, steps in labs.items() for step in sorted(steps) if f"{lab}/{step}" not in named]


def counts(sections: Iterable[Section], labs: Labs) -> dict[Answer, int]:
    """Return how many statements have each answer.

    Args:
        sections: what the notes claim.
        labs: those that are there.
    """
    found = Counter(statement.answer(labs) for section in sections for statement in section.statements)
    return {answer: found[answer] for answer in Answer}
