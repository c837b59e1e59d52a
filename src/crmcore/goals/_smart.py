"""SMART: the five questions that a goal must stand, and the answers to them."""

from __future__ import annotations

import attrs

from crmcore.kernel import LabelledEnum, Phrase
from crmcore.verdicts import Verdict

from ._goal import Goal


class Smart(LabelledEnum):
    """The five questions.

    .. versionadded:: 0.1.0
    """

    SPECIFIC = "specific", "specific", "明确具体"
    MEASURABLE = "measurable", "measurable", "可衡量"
    ACHIEVABLE = "achievable", "achievable", "可实现"
    RELEVANT = "relevant", "relevant", "相关"
    TIME_BOUND = "time_bound", "time-bound", "有时限"


@attrs.frozen(kw_only=True)
class SmartAnswer:
    """The answer to one of the five questions.

    Attributes:
        question: The question.
        verdict: Whether the goal stands it; unknown where there is nothing to judge by.
        because: Why, with the numbers.

    .. versionadded:: 0.1.0
    """

    question: Smart
    verdict: Verdict
    because: Phrase

    def __str__(self) -> str:
        """Return question, verdict and reason on one line."""
        return f"{self.question.label}: {self.verdict.label}, {self.because}"


@attrs.frozen(kw_only=True)
class SmartCheck:
    """The five answers about a goal.

    Attributes:
        goal: The goal.
        answers: One answer for each question, in the order of the letters.

    .. versionadded:: 0.1.0
    """

    goal: Goal
    answers: tuple[SmartAnswer, ...]

    @property
    def is_smart(self) -> bool:
        """Whether the goal surely stands all five questions."""
        return all(answer.verdict is Verdict.HOLDS for answer in self.answers)

    @property
    def failed(self) -> tuple[Smart, ...]:
        """The questions that the goal surely does not stand."""
        return tuple(a.question for a in self.answers if a.verdict is Verdict.FAILS)

    def answer(self, question: Smart) -> SmartAnswer:
        """Return the answer to one question."""
        return next(answer for answer in self.answers if answer.question is question)


def fails(question: Smart, en: str, zh: str) -> SmartAnswer:
    """Return the answer that a goal does not stand a question, and why."""
    return SmartAnswer(question=question, verdict=Verdict.FAILS, because=Phrase(en, zh))


def holds(question: Smart, en: str, zh: str) -> SmartAnswer:
    """Return the answer that a goal stands a question, and why."""
    return SmartAnswer(question=question, verdict=Verdict.HOLDS, because=Phrase(en, zh))
