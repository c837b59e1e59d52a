"""Presence: whether a member takes arrivals on a day, and if not, why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from crmcore.kernel import Phrase

from ._share import Share
from ._why import Skip, SkipReason

_WEEKDAYS: Final = (
    Phrase("Mondays", "周一"),
    Phrase("Tuesdays", "周二"),
    Phrase("Wednesdays", "周三"),
    Phrase("Thursdays", "周四"),
    Phrase("Fridays", "周五"),
    Phrase("Saturdays", "周六"),
    Phrase("Sundays", "周日"),
)


def absence(share: Share, day: date, holidays: Collection[date]) -> Skip | None:
    """Return why a member takes no arrivals on a day; None where it takes them."""
    member = share.member
    if member.left_on is not None and day >= member.left_on:
        gone = Phrase(f"left on {member.left_on}", f"已于{member.left_on}离开")
        return Skip(member=member.id, reason=SkipReason.LEFT, wording=gone)
    away = _away(share, day, holidays)
    return None if away is None else Skip(member=member.id, reason=SkipReason.AWAY, wording=away)


def _away(share: Share, day: date, holidays: Collection[date]) -> Phrase | None:
    back = [leave.end for leave in share.member.leave if day in leave]
    if back:
        return Phrase(f"on leave, back on {max(back)}", f"休假，{max(back)}返回")
    if day in holidays:
        return Phrase(f"{day} is a holiday", f"{day}为节假日")
    if day.isoweekday() not in share.weekdays:
        name = _WEEKDAYS[day.weekday()]
        return Phrase(f"takes nothing on {name.en}", f"{name.zh}不接收")
    return None
