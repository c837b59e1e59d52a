"""Requests: who asks, in which roles, what for, and on which day."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

import attrs

from crmcore.checks import day, is_id, words
from crmcore.kernel import Phrase
from crmcore.verdicts import Use, Verdict, decide

from ._decision import Obstacle
from ._grant import Grant


def _is_day(_: object, attribute: attrs.Attribute[Any], value: date) -> None:
    day(value, attribute)


@attrs.frozen(kw_only=True)
class Request:
    """Somebody wants to see something.

    Attributes:
        actor: Who asks.
        roles: In which roles, sorted.
        purpose: What for; None where that is not said.
        as_of: On which day.
    """

    actor: str = attrs.field(validator=is_id)
    roles: tuple[str, ...] = attrs.field(
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    purpose: str | None = attrs.field(validator=attrs.validators.optional(is_id))
    as_of: date = attrs.field(validator=_is_day)

    def obstacle(self, grant: Grant) -> Obstacle | None:
        """Return what keeps the grant from this request, whatever the record; None for nothing."""
        if grant.actor != self.actor and grant.role not in self.roles:
            return Obstacle.ACTOR
        if grant.purpose not in (None, self.purpose):
            return Obstacle.PURPOSE
        if grant.until is not None and grant.until <= self.as_of:
            return Obstacle.EXPIRED
        return None

    def obstacle_at(self, grant: Grant, record: object) -> Obstacle | None:
        """Return what keeps the grant from this request for a record; None for nothing."""
        obstacle = self.obstacle(grant)
        if obstacle is not None:
            return obstacle
        verdict = grant.when.evaluate(record, as_of=self.as_of)
        if decide(verdict, Use.PERMIT):
            return None
        return Obstacle.UNKNOWN if verdict is Verdict.UNKNOWN else Obstacle.RECORD

    @cached_property
    def needed(self) -> Phrase:
        """To whom, and what for, a grant would have to be, in words."""
        english, chinese = f"to {self.actor!r}", f"授予{self.actor}"
        if self.roles:
            noun = "role" if len(self.roles) == 1 else "roles"
            english += f" or {noun} {', '.join(map(repr, self.roles))}"
            chinese += f"或角色{'、'.join(self.roles)}"
        if self.purpose is not None:
            english += f" for {self.purpose!r}"
            chinese += f"、用途为{self.purpose}"
        return Phrase(english, chinese)
