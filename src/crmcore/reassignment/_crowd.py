"""Crowds: the people of a plan, and which of them have what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import attrs

from crmcore.kernel import MemberId, Phrase
from crmcore.organization import Member

from ._demand import Demand, Kind, Want
from ._eligibility import Statute
from ._weights import AssignmentWeights

Rule: TypeAlias = tuple[Phrase, bool]
_Merit: TypeAlias = tuple[int, MemberId, int, int]  # points lost, who, fit, interest


@attrs.frozen
class Judgement:
    """What a holder is to a demand.

    Attributes:
        broken: The first rule that the holder does not keep; None where all are kept.
        fit: How well the holder fits, in percent.
        interest: How much the holder wishes for it, from -2 to 2.
    """

    broken: Phrase | None
    fit: int
    interest: int


@attrs.frozen(kw_only=True, eq=False)
class Crowd:
    """The people behind the holders of a case: one behind a member, several behind a team.

    A team may hold what one of its people may, and fits as well as the one who costs least.
    What each has is found out once for each thing that is wanted, since thousands of items
    want the same few things.

    Attributes:
        crews: The people behind each holder, by id.
        authorities: Who has authority.
        statutes: The rules of the company, with their verdicts.
        weights: What counts how much.
    """

    crews: Mapping[MemberId, Sequence[Member]]
    authorities: frozenset[MemberId]
    statutes: Sequence[Statute]
    weights: AssignmentWeights
    _keepers: dict[Want, frozenset[MemberId]] = attrs.field(factory=dict, init=False)
    _wants: dict[Demand, tuple[Want, ...]] = attrs.field(factory=dict, init=False)
    _merits: dict[object, Mapping[MemberId, _Merit]] = attrs.field(factory=dict, init=False)

    def judge(self, demand: Demand) -> dict[MemberId, Judgement]:
        """Return what each holder is to a demand."""
        wants = [(want, self._keep(want)) for want in self.wants(demand)]
        merits = self._merits_for(demand)
        found = {}
        for holder, crew in self.crews.items():
            broken, able = self._first_broken(crew, wants)
            _, _, fit, interest = min(merits[person.id] for person in able)
            found[holder] = Judgement(broken, fit, interest)
        return found

    def _first_broken(
        self, crew: Sequence[Member], wants: Iterable[tuple[Want, frozenset[MemberId]]]
    ) -> tuple[Phrase | None, Sequence[Member]]:
        """Return the first thing that none of those has who have all before it, and those."""
        able = crew
        for want, keepers in wants:
            still = [person for person in able if person.id in keepers]
            if not still:
                return self._said(want, able), able
            able = still
        return None, able

    def rules(self, demand: Demand, holder: MemberId) -> list[Rule]:
        """Return what a demand wants, and for each whether a holder has it.

        A team has what one person has who has all before it too.
        """
        crew = self.crews[holder]
        found, able = [], crew
        for want in self.wants(demand):
            keepers = self._keep(want)
            able = [person for person in able if person.id in keepers]
            has_it = able if len(crew) > 1 else [one for one in crew if one.id in keepers]
            found.append((want.label, bool(has_it)))
        return found

    def wants(self, demand: Demand) -> tuple[Want, ...]:
        """Return what a demand wants, one after another."""
        if demand not in self._wants:
            labels = [statute.rule.wording for statute in self.statutes]
            self._wants[demand] = tuple(demand.wants(labels))
        return self._wants[demand]

    def _said(self, want: Want, crew: Sequence[Member]) -> Phrase:
        """Return what is wanted, and what is not known of the only one who is asked."""
        if want.kind is not Kind.RULE or len(crew) > 1:
            return want.label
        missing = self.statutes[want.of].missing.get(crew[0].id)
        if missing is None:
            return want.label
        return Phrase(f"{want.label.en} ({missing.en})", f"{want.label.zh}（{missing.zh}）")

    def _keep(self, want: Want) -> frozenset[MemberId]:
        """Return the people who have what is wanted."""
        if want not in self._keepers:
            people = (person for crew in self.crews.values() for person in crew)
            has_it = self._test(want)
            self._keepers[want] = frozenset(person.id for person in people if has_it(person))
        return self._keepers[want]

    def _test(self, want: Want) -> Callable[[Member], bool]:
        """Return the question whether somebody has what is wanted."""
        of = want.of
        tests: dict[Kind, Callable[[Member], bool]] = {
            Kind.SKILL: lambda person: person.level_of(of[0]) >= of[1],
            Kind.LANGUAGE: lambda person: of in person.languages,
            Kind.REGION: lambda person: not person.regions or of in person.regions,
            Kind.OTHERS: lambda person: person.id not in of,
            Kind.TEAM: lambda person: person.team in of,
            Kind.RULE: lambda person: person.id in self.statutes[of].held_by,
            Kind.AUTHORITY: lambda person: person.id in self.authorities,
            Kind.FIT: lambda person: of.fit(person, self.weights) > 0,
        }
        return tests[want.kind]

    def _merits_for(self, demand: Demand) -> Mapping[MemberId, _Merit]:
        """Return what each of the people loses by fit and interest, and how it comes about."""
        key = (demand.skills, demand.responsibility, demand.team)
        if key not in self._merits:
            self._merits[key] = {
                person.id: self._merit(demand, person)
                for crew in self.crews.values()
                for person in crew
            }
        return self._merits[key]

    def _merit(self, demand: Demand, person: Member) -> _Merit:
        fit, interest = demand.fit(person, self.weights), demand.interest(person)
        return -fit - self.weights.interest * interest, person.id, fit, interest
