"""Limits: what a policy file may ask for at most."""

from __future__ import annotations

from importlib import resources
from time import process_time

import pytest

from crmcore.errors import FaultsError
from crmcore.notation import Limits
from crmcore.policies import Policy

TEXT = resources.files("crmcore.policies").joinpath("default.toml").read_text("utf-8")


def told(text: str) -> list[str]:
    """Return what is wrong with a policy, each fault as one line."""
    with pytest.raises(FaultsError) as refused:
        Policy.from_toml(text)
    return [str(fault) for fault in refused.value.faults]


def changed(old: str, new: str) -> str:
    """Return the default policy with one text in place of another."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize("field", ["window_days", "active_days"])
@pytest.mark.parametrize("days", [0, -180, 36_526])
def test_days_are_from_one_to_a_hundred_years(field: str, days: int) -> None:
    """What is meant as a date or in seconds shows at once."""
    assert told(changed(f"{field} = 180", f"{field} = {days}")) == [
        f"{field}: must be between 1 and 36525 (got {days})"
    ]


def test_a_minimum_stay_may_be_nothing_but_not_less() -> None:
    """Nobody has to stay at all; nobody stays for less than that."""
    assert told(changed("tier_minimum_days = 90", "tier_minimum_days = -1")) == [
        "tier_minimum_days: must be between 0 and 36525 (got -1)"
    ]


def test_a_customer_takes_no_more_than_the_week_has() -> None:
    """A week has 10,080 minutes."""
    assert told(changed("at_risk = 20", "at_risk = 10081")) == [
        "book[0].minutes.at_risk.minutes: must be between 1 and 10080 (got 10081)"
    ]


def test_of_too_many_parts_the_number_is_told() -> None:
    """Thousands of segments or stage rules come from a machine that went wrong."""
    segments = "".join(
        f'[[segments]]\nname = "s{n}"\ncriterion = {{ eq = [{{ field = "r" }}, 9] }}\n'
        for n in range(200)
    )
    stages = "".join(
        f'[[stages]]\nname = "s{n}"\nstage = "lost"\nallowed_from = ["new"]\n'
        f'entry = {{ ge = [{{ field = "frequency" }}, {n}] }}\n'
        for n in range(200)
    )
    own = {part: TEXT.count(f"[[{part}]]") for part in ("segments", "stages")}

    assert told(TEXT + segments + stages) == [
        f"stages: there are {200 + own['stages']}; keep at most 200",
        f"segments: there are {200 + own['segments']}; keep at most 200",
    ]


def test_a_policy_of_ten_megabytes_is_refused_at_once() -> None:
    """The size is looked at before anything is read, and the limit is an argument."""
    rules = '[[rules.rules]]\nname = "x"\n' * 400_000

    before = process_time()
    faults = told(rules)
    seconds = process_time() - before

    assert faults == ["the whole: is larger than 512 KiB; split it"]
    assert seconds < 0.2
    with pytest.raises(FaultsError, match="the whole: is larger than 4 KiB"):
        Policy.from_toml(TEXT, limits=Limits(bytes=2**12))
