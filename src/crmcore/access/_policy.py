"""Policies: all grants together, and what they let somebody see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

import attrs

from crmcore.checks import Withheld
from crmcore.criteria import EVERYTHING, Criterion, all_of, any_of
from crmcore.errors import (
    AccessDeniedError,
    Fault,
    FaultsError,
    InvalidValueError,
    UnknownNameError,
)
from crmcore.improvement import Finding
from crmcore.privacy import personal_fields
from crmcore.repositories import Order

from ._decision import AccessDecision, Obstacle
from ._grant import Grant
from ._request import Request
from ._review import review
from ._view import View


def _by_id(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    found = tuple(grants)
    for grant in found:
        if not isinstance(grant, Grant):
            raise InvalidValueError("grants", grant, "list grants, as Grant(id=…, role=…, of=…)")
    return tuple(sorted(found, key=lambda grant: grant.id))


@attrs.frozen
class AccessPolicy:
    """Who may see what: whatever no grant gives is denied.

    Attributes:
        grants: The grants, by id.

    .. versionadded:: 0.1.0
    """

    grants: tuple[Grant, ...] = attrs.field(converter=_by_id)

    def __attrs_post_init__(self) -> None:
        """Refuse two grants of one id, which nobody could tell apart in a review.

        Raises:
            FaultsError: If an id comes twice.
        """
        ids = [grant.id for grant in self.grants]
        twice = sorted({key for key in ids if ids.count(key) > 1})
        if twice:
            raise FaultsError(
                "access policy",
                [Fault(key, "comes twice; give each grant an id of its own") for key in twice],
            )

    @cached_property
    def _by_class(self) -> dict[type[Any], tuple[Grant, ...]]:
        classes = dict.fromkeys(grant.of for grant in self.grants)
        return {of: tuple(grant for grant in self.grants if grant.of is of) for of in classes}

    def view(
        self,
        record: object,
        *,
        actor: str,
        roles: Iterable[str] = (),
        purpose: str | None = None,
        as_of: date,
    ) -> View:
        """Return what somebody may see of a record.

        Args:
            record: The record, of an attrs class.
            actor: Who looks.
            roles: The roles that *actor* has.
            purpose: What for; without one, only grants for any purpose count.
            as_of: The day on which grants must last.

        Raises:
            InvalidValueError: If it is no record.
        """
        request = Request(actor=actor, roles=roles, purpose=purpose, as_of=as_of)
        of = _class_of(record)
        obstacles = {
            grant.id: request.obstacle_at(grant, record) for grant in self._by_class.get(of, ())
        }
        shown: dict[str, Any] = {}
        denied: dict[str, str] = {}
        for field in attrs.fields(of):
            decision = self._decision(of, field.name, obstacles, request)
            if decision.is_permitted:
                shown[field.name] = getattr(record, field.name)
            else:
                denied[field.name] = decision.reason.en
        return View(_called(of), shown, denied, frozenset(personal_fields(of)))

    def explain(
        self,
        record: object,
        field: str,
        *,
        actor: str,
        roles: Iterable[str] = (),
        purpose: str | None = None,
        as_of: date,
    ) -> AccessDecision:
        """Return whether somebody may see a field of a record, by which grant, or why not.

        Args:
            record: The record, of an attrs class.
            field: The name of the field.
            actor: Who looks.
            roles: The roles that *actor* has.
            purpose: What for; without one, only grants for any purpose count.
            as_of: The day on which grants must last.

        Raises:
            InvalidValueError: If it is no record.
            UnknownNameError: If the record has no such field.
        """
        request = Request(actor=actor, roles=roles, purpose=purpose, as_of=as_of)
        of = _class_of(record)
        _refuse_unknown(of, [field])
        obstacles = {
            grant.id: request.obstacle_at(grant, record) for grant in self._by_class.get(of, ())
        }
        return self._decision(of, field, obstacles, request)

    def check(
        self,
        criterion: Criterion,
        of: type[Any],
        *,
        order: Iterable[str | Order] = (),
        actor: str,
        roles: Iterable[str] = (),
        purpose: str | None = None,
        as_of: date,
    ) -> Criterion:
        """Return the criterion with which somebody may look for records.

        Whoever selects or sorts by a field learns of it, so all fields that are asked for must be
        granted, and so must ``id``, which every record that is found tells. Where a field is
        granted of some records only, the criterion is narrowed to these: hand on what this
        returns, and not the criterion that was given.

        Args:
            criterion: What somebody wants to ask.
            of: The class of the records.
            order: The fields to sort by, as a page takes them.
            actor: Who asks.
            roles: The roles that *actor* has.
            purpose: What for; without one, only grants for any purpose count.
            as_of: The day on which grants must last.

        Raises:
            AccessDeniedError: If a field is not granted of any record.
            UnknownNameError: If the records have no such field.
        """
        request = Request(actor=actor, roles=roles, purpose=purpose, as_of=as_of)
        grants = self._by_class.get(of, ())
        obstacles = {grant.id: request.obstacle(grant) for grant in grants}
        asked = {*criterion.fields, *(Order.of(each).field for each in order)}
        _refuse_unknown(of, sorted(asked))
        reach: dict[tuple[str, ...], Criterion] = {}
        for field in sorted(asked | ({"id"} & attrs.fields_dict(of).keys())):
            decision = self._decision(of, field, obstacles, request)
            if not decision.is_permitted:
                raise AccessDeniedError(decision.kind, field, decision.reason.en)
            scopes = [grant.when for grant in grants if grant.id in decision.grants]
            if EVERYTHING not in scopes:
                reach[decision.grants] = any_of(*scopes)
        return all_of(criterion, *reach.values()) if reach else criterion

    def review(self, *, as_of: date) -> tuple[Finding, ...]:
        """Return the grants to look at in a periodic access review, as findings.

        These are the kinds of findings:

        - ``expired_grant``: it no longer lasts;
        - ``idle_grant``: its criterion cannot hold for any record;
        - ``endless_grant``: it gives personal data, and has no last day.

        Args:
            as_of: The day of the review.
        """
        return review(self.grants, as_of=as_of)

    def _decision(
        self,
        of: type[Any],
        field: str,
        obstacles: dict[str, Obstacle | None],
        request: Request,
    ) -> AccessDecision:
        mine = [grant.id for grant in self._by_class.get(of, ()) if field in grant.covers]
        found = [(key, obstacles[key]) for key in mine]
        return AccessDecision(
            kind=_called(of),
            field=field,
            grants=tuple(key for key, obstacle in found if obstacle is None),
            obstacles=tuple((key, obstacle) for key, obstacle in found if obstacle is not None),
            needed=request.needed,
        )


def _class_of(record: object) -> type[Any]:
    of: type[Any] = type(record)
    if not attrs.has(of) or isinstance(record, View):
        raise InvalidValueError("record", Withheld.of(record), "be a record of an attrs class")
    return of


def _called(of: type[Any]) -> str:
    return of.__name__.lower()


def _refuse_unknown(of: type[Any], names: Iterable[str]) -> None:
    known = attrs.fields_dict(of)
    for name in names:
        if name not in known:
            raise UnknownNameError("field", name, known)
