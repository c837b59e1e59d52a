"""The history of a goal: what it was on which day, and why it was changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.calendar import Period, day_in, midnight
from crmcore.checks import day as is_day
from crmcore.checks import is_id, is_text, is_zone, utc, zone
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalAssessment, GoalId, Mode, Status, Trajectory, assess
from crmcore.kernel import Phrase
from crmcore.kpis import KpiSeries
from crmcore.privacy import masked, personal

_CHANGEABLE: Final = {
    "name": Phrase("name", "名称"),
    "target": Phrase("target", "目标值"),
    "period": Phrase("period", "周期"),
    "owner": Phrase("owner", "负责人"),
    "contributors": Phrase("contributors", "共同责任人"),
    "parent": Phrase("parent", "上级目标"),
    "weight": Phrase("weight", "权重"),
    "trajectory": Phrase("trajectory", "计划进度"),
    "review_days": Phrase("review days", "检查日"),
}

# What no revision changes, because progress would be counted from elsewhere, or of something else.
_LASTING: Final = ("kpi_version", "baseline", "scope")


@attrs.frozen(kw_only=True)
class Revision:
    """One change of a goal.

    Attributes:
        goal: The goal as it is from then on; its *revision* counts the changes.
        at: When it was changed.
        by: Who changed it, by id.
        reason: Why, in words that somebody wrote.

    .. versionadded:: 0.1.0
    """

    goal: Goal
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    by: str = attrs.field(validator=is_id)
    reason: str = attrs.field(validator=is_text, repr=masked, metadata=personal("text"))


def _row(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    return tuple(revisions)


@attrs.frozen(kw_only=True)
class GoalHistory:
    """A goal with all its revisions, of which none is ever overwritten.

    Attributes:
        first: The goal as it was first agreed on.
        revisions: Its changes, in the order of time.
        zone: The time zone whose days are meant where a day is asked for.

    .. versionadded:: 0.1.0
    """

    first: Goal = attrs.field()
    revisions: tuple[Revision, ...] = attrs.field(default=(), converter=_row)
    zone: str = attrs.field(validator=is_zone)

    @first.validator
    def _was_never_revised(self, attribute: attrs.Attribute[Goal], value: Goal) -> None:
        if value.revision:
            rule = "be the goal as it was first agreed on, with revision 0"
            raise InvalidValueError(attribute.name, value.revision, rule)

    @revisions.validator
    def _follow_each_other(
        self, attribute: attrs.Attribute[tuple[Revision, ...]], value: tuple[Revision, ...]
    ) -> None:
        before: Goal = self.first
        since: datetime | None = None
        for number, revision in enumerate(value, 1):
            goal = revision.goal
            if (goal.id, goal.kpi) != (before.id, before.kpi):
                rule = f"be about goal {before.id!r} and its KPI, {before.kpi}"
                raise InvalidValueError(attribute.name, f"{goal.id} about {goal.kpi}", rule)
            lasting = [name for name in _LASTING if getattr(goal, name) != getattr(before, name)]
            if lasting:
                rule = "leave as it was agreed on: what it counts from, and of what it is told"
                raise InvalidValueError(attribute.name, ", ".join(lasting), rule)
            if goal.revision != number:
                rule = f"be numbered without a gap: {number} comes next"
                raise InvalidValueError(attribute.name, goal.revision, rule)
            if since is not None and revision.at <= since:
                rule = f"be later than the one before, of {since.isoformat()}"
                raise InvalidValueError("at", revision.at.isoformat(), rule)
            if not _changed(before, goal):
                raise InvalidValueError(attribute.name, str(goal.id), "change something")
            before, since = goal, revision.at

    @property
    def goal(self) -> Goal:
        """The goal as it is after all revisions."""
        return self.revisions[-1].goal if self.revisions else self.first

    @property
    def changes(self) -> tuple[Phrase, ...]:
        """Each revision in words: when, by whom, and from what to what."""
        before, found = self.first, []
        for revision in self.revisions:
            on, by = day_in(revision.at, zone(self.zone)), revision.by
            told, number = _said(before, revision.goal), revision.goal.revision
            en = f"revision {number} of {on} by {by}: {told.en}"
            found.append(Phrase(en, f"{on}由{by}第{number}次修订：{told.zh}"))
            before = revision.goal
        return tuple(found)

    def in_force(self, day: date) -> Goal:
        """Return the goal that was in force when a day began.

        Before the first revision, that is the goal as it was agreed on.
        """
        begins = midnight(is_day(day, "day"), self.zone)
        known = [revision.goal for revision in self.revisions if revision.at < begins]
        return known[-1] if known else self.first

    def revise(
        self,
        *,
        at: datetime,
        by: str,
        reason: str,
        name: str | None = None,
        target: Decimal | int | str | None = None,
        period: Period | None = None,
        owner: str | None = None,
        contributors: Iterable[tuple[str, Decimal | int | str]] | None = None,
        parent: GoalId | None = None,
        weight: Decimal | int | str | None = None,
        trajectory: Trajectory | None = None,
        review_days: Iterable[date] | None = None,
    ) -> GoalHistory:
        """Return the history with one revision more; what is not named stays as it is.

        The baseline stays, so that progress still counts from where the goal began. A goal
        about another KPI is another goal.

        Args:
            at: When it is changed, later than the revision before.
            by: Who changes it, by id.
            reason: Why.
            name: The new name.
            target: The new target, in the unit of the KPI.
            period: The new period.
            owner: Who answers for it from now on.
            contributors: Who shares it from now on.
            parent: Which goal it serves from now on.
            weight: How much it counts from now on.
            trajectory: How it is planned from now on.
            review_days: When it is looked at from now on.

        Raises:
            InvalidValueError: If nothing changes, the reason is empty, *at* is naive or not
                later than the revision before, or the goal cannot be such.
        """
        asked: dict[str, Any] = {
            "name": name,
            "target": target,
            "period": period,
            "owner": owner,
            "contributors": contributors,
            "parent": parent,
            "weight": weight,
            "trajectory": trajectory,
            "review_days": review_days,
        }
        changes = {field: value for field, value in asked.items() if value is not None}
        if target is not None and self.goal.mode is not Mode.RANK:
            changes["mode"] = Mode.ABSOLUTE
        revision = Revision(
            goal=attrs.evolve(self.goal, **changes, revision=self.goal.revision + 1),
            at=at,
            by=by,
            reason=reason,
        )
        return attrs.evolve(self, revisions=(*self.revisions, revision))

    def assess(
        self, series: KpiSeries, *, as_of: date, previous: Status | None = None
    ) -> GoalAssessment:
        """Say how the goal that was in force stands when a day begins.

        See `crmcore.goals.assess`, which takes more options with the goal of `in_force`.
        """
        return assess(self.in_force(as_of), series, as_of=as_of, previous=previous)


def _changed(before: Goal, after: Goal) -> list[str]:
    return [name for name in _CHANGEABLE if getattr(before, name) != getattr(after, name)]


def _said(before: Goal, after: Goal) -> Phrase:
    """Return what changed, each with its value before and after."""
    en, zh = [], []
    for name in _changed(before, after):
        step = f"{_shown(getattr(before, name))} → {_shown(getattr(after, name))}"
        en.append(f"{_CHANGEABLE[name].en} {step}")
        zh.append(f"{_CHANGEABLE[name].zh}{step}")
    return Phrase("; ".join(en), "；".join(zh))


def _shown(value: object) -> str:
    """Return a value in few words, the same in both languages."""
    if isinstance(value, Trajectory):
        value = value.points
    if isinstance(value, tuple):
        parts = (
            "=".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in value
        )
        return ", ".join(parts) or "–"
    return "–" if value is None else str(value)
