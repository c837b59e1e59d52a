"""Cycles: who is evaluated when, and whose evaluation is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import attrs

from crmcore.calendar import Grain, Period, periods
from crmcore.checks import day, is_a, is_count, is_id, is_name, is_text, refusal, words
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, MemberId
from crmcore.privacy import masked, personal

from ._evaluation import Evaluation


@attrs.frozen(kw_only=True)
class OneToOne:
    """A talk of a member with whoever leads them.

    Attributes:
        id: The id of the talk.
        member: The member.
        lead: The member who leads them.
        on: The day of the talk.
        about: The period whose evaluation was talked about, if one was.
        note: What was said, in words, if recorded.
        agreed: What the two agreed on, if recorded.
        next_on: The day of the next talk, if there is one.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    member: MemberId = attrs.field(validator=is_id)
    lead: MemberId = attrs.field(validator=is_id)
    on: date = attrs.field()
    about: Period | None = attrs.field(default=None)
    note: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    agreed: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    next_on: date | None = attrs.field(default=None)

    @lead.validator
    def _is_somebody_else(self, field: attrs.Attribute[MemberId], value: MemberId) -> None:
        if value == self.member:
            raise refusal(field, value, "be another member")

    @on.validator
    def _is_a_day(self, field: attrs.Attribute[date], value: date) -> None:
        day(value, field)

    @next_on.validator
    def _is_later(self, field: attrs.Attribute[date | None], value: date | None) -> None:
        if value is not None and day(value, field) <= self.on:
            raise refusal(field, value.isoformat(), f"be after the talk, {self.on.isoformat()}")


class DueState(LabelledEnum):
    """How an evaluation that a cycle asks for stands.

    .. versionadded:: 0.1.0
    """

    DONE = "done", "done", "已完成"
    DUE = "due", "due", "待完成"
    OVERDUE = "overdue", "overdue", "已逾期"


@attrs.frozen(kw_only=True)
class DueEvaluation:
    """An evaluation that a cycle asks for.

    Attributes:
        subject: Who is to be evaluated.
        period: The days that the evaluation is about.
        due_on: The last day on which it is in time.
        state: How it stands.
        done_on: The day from which everything that the cycle asks for was there, if it is.

    .. versionadded:: 0.1.0
    """

    subject: str
    period: Period
    due_on: date
    state: DueState
    done_on: date | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was done after its last day, or is overdue."""
        if self.done_on is None:
            return self.state is DueState.OVERDUE
        return self.done_on > self.due_on

    def __str__(self) -> str:
        """Return who, which period, the state and the day on one line."""
        return f"{self.subject}, {self.period}: {self.state.label}, {self.due_on.isoformat()}"


def _periods(found: Iterable[Period]) -> tuple[Period, ...]:
    row: tuple[Any, ...] = tuple(found) if isinstance(found, Iterable) else (found,)
    for each in row:
        if not isinstance(each, Period):
            raise InvalidValueError("periods", each, "be periods, such as Period.month(1998, 1)")
    if not row:
        raise InvalidValueError("periods", (), "hold at least one period")
    return tuple(sorted(set(row)))


@attrs.frozen(kw_only=True)
class EvaluationCycle:
    """Who is evaluated for which periods, and by when.

    Attributes:
        name: What people call it.
        subjects: Who is evaluated, as ``kind:id``, each once, sorted.
        periods: The periods that are evaluated, each once, in order.
        due_days: How many days after the last day of a period its evaluations are due.
        grace_days: How many days later they are overdue.
        with_talk: Whether a member's evaluation is done only when it was talked about.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    subjects: tuple[str, ...] = attrs.field(
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_name),
    )
    periods: tuple[Period, ...] = attrs.field(converter=_periods)
    due_days: int = attrs.field(default=14, validator=is_count)
    grace_days: int = attrs.field(default=0, validator=is_count)
    with_talk: bool = attrs.field(default=False, validator=is_a(bool))

    @subjects.validator
    def _are_some(self, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
        if not value:
            raise refusal(field, value, "name at least one subject")

    @classmethod
    def every(
        cls,
        grain: Grain,
        *,
        first: date,
        end: date,
        name: str,
        subjects: Iterable[str],
        due_days: int = 14,
        grace_days: int = 0,
        with_talk: bool = False,
    ) -> EvaluationCycle:
        """Return a cycle of the calendar periods that begin on or after *first* and end by *end*.

        Raises:
            InvalidValueError: If there is no such period.
        """
        found = tuple(periods(grain, first, end))
        if not found:
            rule = f"leave room for a {grain.label} that begins on or after {first.isoformat()}"
            raise InvalidValueError("end", end.isoformat(), rule)
        return cls(
            name=name,
            subjects=subjects,
            periods=found,
            due_days=due_days,
            grace_days=grace_days,
            with_talk=with_talk,
        )

    def due(
        self,
        evaluations: Iterable[Evaluation],
        *,
        as_of: date,
        talks: Iterable[OneToOne] = (),
    ) -> tuple[DueEvaluation, ...]:
        """Return how every evaluation stands whose period has ended, by period, then subject.

        Args:
            evaluations: The evaluations that there are. Those made after *as_of* are left out.
            as_of: The day of judgement.
            talks: The talks that there were.
        """
        day(as_of)
        made: dict[tuple[str, Period], date] = {}
        for evaluation in evaluations:
            _keep_first(made, (evaluation.subject, evaluation.period), evaluation.as_of)
        talked: dict[tuple[str, Period], date] = {}
        for talk in talks:
            if talk.about is not None:
                _keep_first(talked, (f"member:{talk.member}", talk.about), talk.on)
        return tuple(
            self._state(subject, period, made, talked, as_of)
            for period in self.periods
            if period.is_complete(as_of)
            for subject in self.subjects
        )

    def _state(
        self,
        subject: str,
        period: Period,
        made: dict[tuple[str, Period], date],
        talked: dict[tuple[str, Period], date],
        as_of: date,
    ) -> DueEvaluation:
        wanted = [made.get((subject, period))]
        if self.with_talk and subject.startswith("member:"):
            wanted.append(talked.get((subject, period)))
        days = [found for found in wanted if found is not None and found <= as_of]
        done_on = max(days) if len(days) == len(wanted) else None
        due_on = period.end + timedelta(days=self.due_days - 1)
        state = DueState.DONE
        if done_on is None:
            late = as_of > due_on + timedelta(days=self.grace_days)
            state = DueState.OVERDUE if late else DueState.DUE
        return DueEvaluation(
            subject=subject, period=period, due_on=due_on, state=state, done_on=done_on
        )


def _keep_first(days: dict[tuple[str, Period], date], key: tuple[str, Period], found: date) -> None:
    days[key] = min(found, days.get(key, found))
