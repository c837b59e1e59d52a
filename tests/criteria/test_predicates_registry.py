"""The registry of the predicates that rules may name, and those that distributions offer."""

# ruff: noqa: ANN401 - a predicate is handed an object of no class that it could name

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from crmcore.criteria import F, Predicates, predicate
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError


@predicate("acme.is_even", version="1.0", reads=["orders"])
def is_even(customer: Any, of: int = 2) -> bool:
    """Has an even number of orders."""
    return bool(customer.orders % of == 0)


@predicate("zenith.is_far", version="1.0", reads=["region"])
def is_far(customer: Any) -> bool:
    """Live far away."""
    return bool(customer.region == "north")


def test_a_registry_finds_by_name() -> None:
    """What is known is found by its name, in the order of names, whatever the order given."""
    predicates = Predicates.of(is_far, is_even)

    assert predicates.names == ("acme.is_even", "zenith.is_far")
    assert tuple(predicates) == (is_even, is_far)
    assert predicates["acme.is_even"] is is_even
    assert "acme.is_even" in predicates
    assert "acme.is_odd" not in predicates
    assert len(predicates) == 2
    assert predicates == Predicates.of(is_even, is_far, is_even)
    assert not Predicates()


def test_an_unknown_name_suggests_the_nearest() -> None:
    """A slip of the pen is told with what was meant."""
    with pytest.raises(UnknownNameError, match=r"predicate 'acme.is_evn'; did you mean 'acme.is_e"):
        Predicates.of(is_even, is_far)["acme.is_evn"]


def test_two_of_one_name_are_refused() -> None:
    """A name says one thing; nothing wins silently."""
    other = predicate("acme.is_even", version="2.0", reads=["orders"])(lambda _: True)

    with pytest.raises(FaultsError, match=r"acme.is_even: is there twice: 1.0 of \S+ and 2.0 of"):
        Predicates.of(is_even, is_far, other)


def test_who_reads_rules_asks_by_name() -> None:
    """A rule names the predicate, its arguments, and perhaps the version it was written for."""
    predicates = Predicates.of(is_even)

    assert predicates.asked("acme.is_even", {"of": 4}) == is_even(of=4)
    assert predicates.asked("acme.is_even", {}, version="1.0") == is_even()
    with pytest.raises(InvalidValueError, match=r"version of acme.is_even must be the one that is"):
        predicates.asked("acme.is_even", {}, version="0.9")
    with pytest.raises(UnknownNameError, match=r"unknown argument of acme.is_even 'off'"):
        predicates.asked("acme.is_even", {"off": 4})


class Site:
    """A folder that packages are installed in."""

    def __init__(self, folder: Path) -> None:
        """Install into *folder*."""
        self.folder = folder

    def install(self, name: str, source: str, offers: Mapping[str, str]) -> None:
        """Install a distribution with one module and what it offers."""
        module = name.replace("-", "_")
        (self.folder / f"{module}.py").write_text(dedent(source), "utf-8")
        info = self.folder / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        points = "".join(f"{offer} = {place}\n" for offer, place in offers.items())
        (info / "entry_points.txt").write_text(f"[crmcore.predicates]\n{points}")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return an empty folder on the path that modules and distributions are found in."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield Site(tmp_path)
    for name in set(sys.modules) - before:
        del sys.modules[name]


RULES = """
    from crmcore.criteria import predicate

    @predicate("northwind.is_regular", version="3.1", reads={"visits": int | None})
    def is_regular(customer, least: int = 5):
        "Come often."
        return None if customer.visits is None else customer.visits >= least

    @predicate("northwind.is_new", version="1.0", reads=["visits"])
    def is_new(customer):
        return customer.visits == 1

    ODD = 5
"""
OFFERS = {
    "northwind.is_regular": "northwind_rules:is_regular",
    "northwind.is_new": "northwind_rules:is_new",
}


def test_what_a_distribution_offers_is_found(site: Site) -> None:
    """An installed predicate is found by its entry point, and asked like any other."""
    site.install("northwind-rules", RULES, OFFERS)

    predicates = Predicates.installed(allow={"northwind.is_regular"})
    criterion = predicates.asked("northwind.is_regular", {"least": 3}) & (F.tier == "gold")

    assert predicates.names == ("northwind.is_regular",)
    assert predicates["northwind.is_regular"].version == "3.1"
    assert criterion.holds({"visits": 4, "tier": "gold"})
    assert str(criterion) == "“Come often (least: 3)” is true and tier is gold"


def test_nothing_is_loaded_that_is_not_allowed(site: Site) -> None:
    """Being installed is no leave to run: what is not allowed is not even imported."""
    site.install("northwind-rules", RULES, OFFERS)
    site.install("eager", "raise SystemExit('I was loaded')", {"eager.is_there": "eager:is_there"})

    assert Predicates.installed(allow=()).names == ()
    assert "northwind_rules" not in sys.modules
    assert Predicates.installed(allow=["northwind.is_new"]).names == ("northwind.is_new",)
    assert "eager" not in sys.modules


def test_all_of_one_maker_may_be_allowed(site: Site) -> None:
    """A star behind the maker's name allows what it offers, and nothing of another maker."""
    site.install("northwind-rules", RULES, OFFERS)
    site.install("northwinds", "", {"northwinds.is_other": "northwinds:is_other"})

    predicates = Predicates.installed(allow=["northwind.*", "northwind.is_new"])

    assert predicates.names == ("northwind.is_new", "northwind.is_regular")


def test_what_nobody_offers_cannot_be_allowed(site: Site) -> None:
    """A name in the list that leads nowhere is a slip of the pen, or a package that is missing."""
    site.install("northwind-rules", RULES, OFFERS)

    with pytest.raises(
        UnknownNameError, match=r"'northwind.is_nwe'; did you mean 'northwind.is_ne"
    ):
        Predicates.installed(allow=["northwind.is_nwe"])
    with pytest.raises(UnknownNameError, match=r"unknown predicate 'nobody\.\*'"):
        Predicates.installed(allow=["nobody.*"])
    with pytest.raises(InvalidValueError, match="allow must be a collection of names"):
        Predicates.installed(allow="northwind.is_new")


def test_a_broken_plugin_leaves_the_others_alone(site: Site) -> None:
    """It is told which distribution and which entry point are broken, once it is asked for."""
    site.install("northwind-rules", RULES, OFFERS)
    site.install(
        "broken",
        "import nowhere_to_be_found",
        {"broken.is_there": "broken:is_there", "broken.is_here": "broken:is_here"},
    )

    predicates = Predicates.installed(allow=["broken.is_there", "northwind.*"])

    assert predicates.names == ("northwind.is_new", "northwind.is_regular")
    assert [fault.path for fault in predicates.broken] == ["broken.is_there"]
    with pytest.raises(
        FaultsError,
        match=r"broken.is_there: broken:is_there of broken 1.2 cannot be loaded: "
        "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    ):
        predicates.asked("broken.is_there", {})
    with pytest.raises(UnknownNameError):
        predicates["broken.is_here"]


def test_an_entry_point_leads_to_its_predicate(site: Site) -> None:
    """What it leads to is a predicate, and has the name under which it is offered."""
    site.install(
        "northwind-rules",
        RULES,
        {"northwind.is_odd": "northwind_rules:ODD", "northwind.is_old": "northwind_rules:is_new"},
    )

    broken = Predicates.installed(allow=["northwind.*"]).broken

    old = "northwind.is_old: northwind_rules:is_new of northwind-rules 1.2"
    assert [str(fault) for fault in broken] == [
        "northwind.is_odd: northwind_rules:ODD of northwind-rules 1.2 is no predicate but int",
        f"{old} is the predicate northwind.is_new",
    ]


def test_two_distributions_do_not_offer_one_name(site: Site) -> None:
    """Which of the two was meant is for the application to say, by installing one."""
    site.install("northwind-rules", RULES, OFFERS)
    site.install("copycat", RULES, {"northwind.is_new": "copycat:is_new"})

    with pytest.raises(
        FaultsError, match=r"northwind.is_new: is offered by copycat 1.2 and by northwind-rules 1.2"
    ):
        Predicates.installed(allow=["northwind.is_regular"])


def test_a_distribution_that_is_found_twice_counts_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same version on two places of the path offers its predicates once."""
    site.install("northwind-rules", RULES, OFFERS)
    monkeypatch.setattr(sys, "path", [*sys.path, f"{tmp_path}/."])

    assert len(Predicates.installed(allow=["northwind.*"])) == 2
