"""The five questions, each of which can fail alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalId, Smart, SmartCheck, check_smart
from crmcore.kernel import (
    DepartmentId,
    MemberId,
    Reason,
    ResponsibilityId,
    RoleId,
    TeamId,
)
from crmcore.kpis import KpiSeries
from crmcore.organization import Department, Member, Organization, Responsibility, Role, Team
from crmcore.statistics import two_proportions
from crmcore.verdicts import Verdict

HALF = Period(date(1998, 1, 1), date(1998, 7, 1))

# 1997, month by month: natural limits of 2.66 × 1 point, the best six months rise by 1 a month.
QUIET = [f"0.{points}" for points in (70, 71, 70, 71, 72, 73, 74, 75, 76, 75, 76, 75)]

ORGANIZATION = Organization(
    department=Department(id=DepartmentId("care"), name="Customer care"),
    teams=[Team(id=TeamId("service"), name="Service", department=DepartmentId("care"))],
    roles=[Role(id=RoleId("agent"), name="Agent")],
    members=[
        Member(id=MemberId("wei"), name="Wei", team=TeamId("service"), weekly_hours=Decimal(38))
    ],
    responsibilities=[
        Responsibility(
            id=ResponsibilityId("renewals"),
            name="Renewals",
            role=RoleId("agent"),
            team=TeamId("service"),
            weekly_hours=Decimal(10),
        )
    ],
)

GOOD = Goal(
    id=GoalId("g-1"),
    name="Keep more customers",
    kpi="retention_rate",
    baseline=Decimal("0.75"),
    target=Decimal("0.80"),
    period=HALF,
    owner="wei",
    responsibility=ResponsibilityId("renewals"),
    review_days=[date(1998, 4, 1)],
)
PARENT = attrs.evolve(GOOD, id=GoalId("g-0"), name="Keep customers")

Monthly = Callable[..., KpiSeries]


def verdicts(check: SmartCheck) -> str:
    """Return the verdicts in the order of the letters: + holds, - fails, ? unknown."""
    signs = {Verdict.HOLDS: "+", Verdict.FAILS: "-", Verdict.UNKNOWN: "?"}
    return "".join(signs[answer.verdict] for answer in check.answers)


def reason(check: SmartCheck, question: Smart) -> str:
    """Return why a question was answered as it was."""
    return check.answer(question).because.en


@pytest.fixture
def ask(monthly: Monthly) -> Callable[[Goal], SmartCheck]:
    """Return the check of a goal with a quiet year behind it and the organisation around it."""
    history = monthly("retention_rate", QUIET)

    def check(goal: Goal) -> SmartCheck:
        return check_smart(goal, series=history, organization=ORGANIZATION, goals=[PARENT])

    return check


Ask = Callable[[Goal], SmartCheck]


def test_a_good_goal_stands_all_five(ask: Ask) -> None:
    """Owner, history, a rate that was seen before, a responsibility, and a review day."""
    check = ask(GOOD)

    assert verdicts(check) == "+++++"
    assert check.is_smart
    assert check.failed == ()
    assert [answer.question for answer in check.answers] == list(Smart)


@pytest.mark.parametrize(
    ("changes", "shape", "because"),
    [
        ({"owner": None}, "-++++", "nobody answers for it"),
        ({"owner": "wie"}, "-++++", "'wie' is nobody of the organisation; did you mean 'wei'?"),
        ({"kpi_version": "0"}, "-++++", "set with version 0 of K15 customer retention rate"),
        (
            {"owner": None, "contributors": [("wei", "0.5"), ("service", "0.5")]},
            "-++++",
            "2 share it, and none of them answers for it",
        ),
        ({"target": "0.77"}, "+-+++", "2.0 points, is no longer than its values wander"),
        ({"target": "0.90"}, "++-++", "needs 2.5 points per month; the best stretch of 6 so far"),
        ({"target": "1.2"}, "++-++", "the customer retention rate cannot be 120.0 %"),
        ({"responsibility": None}, "+++-+", "neither makes a responsibility concrete nor"),
        ({"responsibility": "renewal"}, "+++-+", "'renewal'; did you mean 'renewals'?"),
        ({"parent": "g-9"}, "+++-+", "there is no goal 'g-9'; did you mean 'g-0'?"),
        ({"review_days": []}, "++++-", "nobody looks at it within 1998-01-01 to 1998-06-30"),
        ({"review_days": [date(1998, 1, 1)]}, "++++-", "nobody looks at it"),
        ({"review_days": [date(1998, 7, 2)]}, "++++-", "nobody looks at it"),
    ],
)
def test_each_letter_can_fail_alone(
    ask: Ask, changes: dict[str, object], shape: str, because: str
) -> None:
    """One thing wrong with a goal is one answer that fails, and says what is wrong."""
    check = ask(attrs.evolve(GOOD, **changes))  # type: ignore[arg-type]

    assert verdicts(check) == shape
    (failed,) = check.failed
    assert because in reason(check, failed)
    assert not check.is_smart


def test_one_history_has_one_definition(monthly: Monthly) -> None:
    """What was measured by another version of the definition is no baseline for this one."""
    mixed = monthly("retention_rate", QUIET, versions=["0"] * 6)

    check = check_smart(GOOD, series=mixed)

    assert check.failed == (Smart.SPECIFIC,)
    assert reason(check, Smart.SPECIFIC) == (
        "its history was measured by version 0 of the definition, not by 1"
    )


def test_a_goal_for_two_regions_is_two_goals() -> None:
    """Who misses in the north and does well in the south has to be told apart."""
    both = attrs.evolve(GOOD, scope=[("region", "north"), ("region", "south")])

    assert reason(check_smart(both), Smart.SPECIFIC) == (
        "it is about more than one region, which makes it more than one goal"
    )


def test_a_small_sample_cannot_tell_a_short_way(monthly: Monthly) -> None:
    """Of 100 customers, 75 % may be 66 % or 82 %: two such shares differ by 11.9 points.

    Wilson's interval at 95 % is 0.6570 to 0.8245; √(0.0930² + 0.0745²) = 0.1192, which is
    further than the 5 points of the goal, however quiet the series is. Of 10,000 it is
    0.0120.
    """
    few = monthly("retention_rate", QUIET, samples=100)
    many = monthly("retention_rate", QUIET, samples=10_000)

    assert verdicts(check_smart(GOOD, series=few)) == "+-+++"
    assert reason(check_smart(GOOD, series=few), Smart.MEASURABLE) == (
        "the way to go, 5.0 points, is no longer than two samples of 100 differ by chance, "
        "11.9 points"
    )
    assert reason(check_smart(GOOD, series=many), Smart.MEASURABLE) == (
        "the way to go, 5.0 points, is longer than its values wander by themselves, 2.7 points, "
        "and than two samples of 10000 differ by chance, 1.2 points"
    )


def test_the_chance_of_samples_is_newcombes(monthly: Monthly) -> None:
    """For two equal samples it is his interval of a difference of 0, 56/70 and 56/70."""
    series = monthly("retention_rate", ["0.8"] * 4, samples=70, first=date(1997, 9, 1))
    bound = Decimal(two_proportions(56, 70, 56, 70).high)

    def verdict(way: Decimal) -> Verdict:
        asked = attrs.evolve(GOOD, baseline="0.8", target=f"{Decimal('0.8') + way:.12f}")
        return check_smart(asked, series=series).answer(Smart.MEASURABLE).verdict

    assert verdict(bound - Decimal("1e-9")) is Verdict.FAILS
    assert verdict(bound + Decimal("1e-9")) is Verdict.HOLDS


def test_values_without_neighbours_tell_no_noise(monthly: Monthly) -> None:
    """Four values with gaps between them have no ranges that are ranges of neighbours."""
    gaps: list[str | Reason] = []
    for number in QUIET[:6]:
        gaps += [number, Reason.NO_DATA]

    check = check_smart(GOOD, series=monthly("retention_rate", gaps))

    assert verdicts(check) == "+-+++"
    assert "too few of its values follow each other" in reason(check, Smart.MEASURABLE)
    assert "natural limits" not in reason(check, Smart.ACHIEVABLE)


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("0.75", "75.0 % lies within the natural limits, 70.5 % to 75.8 %"),
        ("0.80", "80.0 % lies beyond the natural limits, 70.5 % to 75.8 %"),
    ],
)
def test_a_target_lies_within_or_beyond_what_comes_anyway(
    ask: Ask, target: str, where: str
) -> None:
    """The mean of 1997 is 73.17 %, the mean moving range 1 point: 73.17 % ± 2.66 points."""
    asked = attrs.evolve(GOOD, baseline="0.71", target=target)

    assert reason(ask(asked), Smart.ACHIEVABLE).endswith(where)


def test_a_way_as_long_as_the_noise_is_not_longer(monthly: Monthly) -> None:
    """Ranges of 1 point let values wander by 2.66 points; exactly that is not enough."""
    series = monthly("retention_rate", ["0.70", "0.71", "0.70", "0.71"], first=date(1997, 9, 1))

    def verdict(target: str) -> Verdict:
        asked = attrs.evolve(GOOD, baseline="0.70", target=target)
        return check_smart(asked, series=series).answer(Smart.MEASURABLE).verdict

    assert verdict("0.7266") is Verdict.FAILS
    assert verdict("0.726600001") is Verdict.HOLDS


def test_a_limit_is_within_the_limits(monthly: Monthly) -> None:
    """Where nothing ever moves, the one value that there is lies within."""
    series = monthly("retention_rate", ["0.75"] * 6, first=date(1997, 7, 1))
    asked = attrs.evolve(GOOD, baseline="0.70", target="0.75")

    assert reason(check_smart(asked, series=series), Smart.ACHIEVABLE).endswith(
        "75.0 % lies within the natural limits, 75.0 % to 75.0 %"
    )


@pytest.mark.parametrize(
    ("name", "numbers", "reach"),
    [
        ("retention_rate", ["0.99", "0.80", "1", "0.85"], "43.1 % to 100.0 %"),
        ("retention_rate", ["0.01", "0.20", "0", "0.15"], "0.0 % to 56.9 %"),
        ("amount_growth", ["0.01", "0.20", "0", "0.15"], "-38.9 % to +56.9 %"),
    ],
)
def test_limits_end_where_numbers_do(
    monthly: Monthly, name: str, numbers: list[str], reach: str
) -> None:
    """No share is above 1 or below 0, however widely its values wander; growth has no end.

    Ranges of 19, 20 and 15 points have the mean 18, and 2.66 times that is 47.88.
    """
    wild = monthly(name, numbers, first=date(1997, 9, 1))
    asked = attrs.evolve(GOOD, kpi=name, baseline="0.1", target="0.2")

    assert reason(check_smart(asked, series=wild), Smart.ACHIEVABLE).endswith(reach)


def test_a_fortnight_counts_as_a_month_of_the_series(monthly: Monthly) -> None:
    """A goal that holds no whole month needs all of its way in one."""
    short = attrs.evolve(GOOD, period=Period(date(1998, 1, 5), date(1998, 1, 19)))

    answer = check_smart(short, series=monthly("retention_rate", QUIET)).answer(Smart.ACHIEVABLE)

    assert answer.because.en.startswith("it needs 5.0 points per month; the best stretch of 1 so")


@pytest.mark.parametrize(("name", "target"), [("retention_rate", "1"), ("churn_rate", "0")])
def test_all_and_none_are_possible_numbers(monthly: Monthly, name: str, target: str) -> None:
    """To keep everybody is out of reach, which is another thing than impossible."""
    asked = attrs.evolve(GOOD, kpi=name, baseline="0.5", target=target)

    answer = check_smart(asked, series=monthly(name, QUIET)).answer(Smart.ACHIEVABLE)

    assert answer.because.en.startswith("it needs ")


def test_the_best_that_there_was_may_be_needed_again(monthly: Monthly) -> None:
    """Churn fell by 1 point a month in its best half year: 6 points in six are possible."""
    churn = monthly("churn_rate", [str(1 - Decimal(number)) for number in QUIET])
    equal = attrs.evolve(GOOD, kpi="churn_rate", baseline="0.25", target="0.19")

    assert verdicts(check_smart(equal, series=churn)) == "+++++"
    assert verdicts(check_smart(attrs.evolve(equal, target="0.18999"), series=churn)) == "++-++"


def test_a_goal_may_serve_a_greater_goal_instead(ask: Ask) -> None:
    """A parent is as good a link as a responsibility, and both together are named."""
    child = attrs.evolve(GOOD, responsibility=None, parent=PARENT.id)
    both = attrs.evolve(GOOD, parent=PARENT.id)

    assert verdicts(ask(child)) == "+++++"
    assert reason(ask(both), Smart.RELEVANT) == "it serves renewals and g-0"


def test_the_last_day_is_a_day_to_look_at_a_goal(ask: Ask) -> None:
    """The day after the period's last one is when its numbers are whole."""
    assert verdicts(ask(attrs.evolve(GOOD, review_days=[HALF.end]))) == "+++++"


@pytest.mark.parametrize("owner", ["wei", "service", "care"])
def test_a_member_a_team_or_the_department_may_answer_for_a_goal(ask: Ask, owner: str) -> None:
    """Whoever is somebody in the organisation."""
    assert verdicts(ask(attrs.evolve(GOOD, owner=owner))) == "+++++"


def test_a_goal_that_makes_things_worse_is_not_relevant(monthly: Monthly) -> None:
    """More churn serves nobody, however well it is linked."""
    churn = [str(1 - Decimal(number)) for number in QUIET]
    worse = attrs.evolve(GOOD, kpi="churn_rate", baseline="0.25", target="0.30")

    check = check_smart(worse, series=monthly("churn_rate", churn))

    assert check.failed[-1:] == (Smart.RELEVANT,)
    assert "makes the customer churn rate worse" in reason(check, Smart.RELEVANT)


def test_a_fall_is_compared_with_the_best_fall(monthly: Monthly) -> None:
    """Churn from 25 % to 20 % in six months: its best six months fell by 1 point a month."""
    churn = [str(1 - Decimal(number)) for number in QUIET]
    lower = attrs.evolve(GOOD, kpi="churn_rate", baseline="0.25", target="0.20")
    too_low = attrs.evolve(lower, target="0.10")

    assert verdicts(check_smart(lower, series=monthly("churn_rate", churn))) == "+++++"
    assert verdicts(check_smart(too_low, series=monthly("churn_rate", churn))) == "++-++"


def test_an_unknown_kpi_cannot_be_measured() -> None:
    """The nearest one is suggested, and what it would need is unknown."""
    check = check_smart(attrs.evolve(GOOD, kpi="retention-rate"))

    assert verdicts(check) == "+-?++"
    assert reason(check, Smart.MEASURABLE) == (
        "there is no KPI 'retention-rate'; did you mean 'retention_rate'?"
    )


def test_a_name_like_no_other_is_not_guessed_at() -> None:
    """Where nothing is near, nothing is suggested."""
    check = check_smart(attrs.evolve(GOOD, kpi="quux"))

    assert reason(check, Smart.MEASURABLE) == "there is no KPI 'quux'"


def test_a_kpi_without_values_cannot_be_measured() -> None:
    """A goal whose KPI nobody computes will never be known to be met."""
    check = check_smart(GOOD)

    assert verdicts(check) == "+-?++"
    assert reason(check, Smart.MEASURABLE) == "there are no values of its KPI"
    assert reason(check, Smart.ACHIEVABLE) == "there is no history to compare it with"


def test_three_values_are_too_few_to_tell_noise_by(monthly: Monthly) -> None:
    """Only what was known before the goal begins counts; undefined months do not."""
    known = [*[Reason.ZERO_DENOMINATOR] * 9, "0.70", "0.72", "0.71", "0.73", "0.70"]

    check = check_smart(GOOD, series=monthly("retention_rate", known))

    assert verdicts(check) == "+-?++"
    assert "3 values from before it begins, fewer than 4" in reason(check, Smart.MEASURABLE)


def test_the_natural_limits_of_a_quiet_series(monthly: Monthly) -> None:
    """Moving ranges of 1, 1, 2 points have a mean of 4/3: a value wanders by 2.66 × 4/3 = 3.5."""
    series = monthly("retention_rate", ["0.70", "0.71", "0.70", "0.72"], first=date(1997, 9, 1))
    near = attrs.evolve(GOOD, baseline="0.70", target="0.7354")
    far = attrs.evolve(GOOD, baseline="0.70", target="0.7356")

    assert check_smart(near, series=series).answer(Smart.MEASURABLE).verdict is Verdict.FAILS
    assert check_smart(far, series=series).answer(Smart.MEASURABLE).verdict is Verdict.HOLDS


def test_a_total_may_rise_as_fast_as_it_ever_rose(monthly: Monthly) -> None:
    """1,000 orders a month were the last half year, 100 more than the half year before.

    Half a year later the mean is 1,000 + 100 / 6 × 6 = 1,100: 6,600 are possible, 6,601 not.
    """
    series = monthly("orders", [900] * 6 + [1000] * 6)
    possible = attrs.evolve(GOOD, kpi="orders", baseline=6000, target=6600)

    check = check_smart(possible, series=series)

    assert verdicts(check) == "+++++"
    assert reason(check, Smart.ACHIEVABLE) == (
        "it needs 1,100 per month; at its best so far it would bring 1,100 per month; "
        "1,100 lies beyond the natural limits, 926 to 974"
    )
    assert verdicts(check_smart(attrs.evolve(possible, target=6601), series=series)) == "++-++"


def test_a_total_may_come_back_to_where_it_was(monthly: Monthly) -> None:
    """After a fall from 1,000 to 900 a month, 6,000 in half a year were there before."""
    series = monthly("orders", [1000] * 6 + [900] * 6)
    back = attrs.evolve(GOOD, kpi="orders", baseline=5400, target=6000)

    assert verdicts(check_smart(back, series=series)) == "+++++"
    assert verdicts(check_smart(attrs.evolve(back, target=6001), series=series)) == "++-++"


def test_the_noise_of_a_total_grows_with_the_root_of_its_months(monthly: Monthly) -> None:
    """A month wanders by 2.66 × 10; six of them by 2.66 × 10 × √6 = 65.2 orders."""
    orders = [100, 110] * 6
    near = attrs.evolve(GOOD, kpi="orders", baseline=630, target=695)
    far = attrs.evolve(near, target=696)
    series = monthly("orders", orders)

    assert check_smart(near, series=series).answer(Smart.MEASURABLE).verdict is Verdict.FAILS
    assert check_smart(far, series=series).answer(Smart.MEASURABLE).verdict is Verdict.HOLDS


def test_a_series_of_another_kpi_is_refused(monthly: Monthly) -> None:
    """A goal is not checked against the wrong figures; its KPI may be named by its code."""
    by_code = attrs.evolve(GOOD, kpi="K15")

    assert check_smart(by_code, series=monthly("retention_rate", QUIET)).is_smart
    with pytest.raises(InvalidValueError, match="series must be of the goal's KPI, K15"):
        check_smart(by_code, series=monthly("orders", [1, 2]))


def test_an_answer_prints_on_one_line(ask: Ask) -> None:
    """Question, verdict, reason."""
    answer = ask(attrs.evolve(GOOD, owner=None)).answer(Smart.SPECIFIC)

    assert str(answer) == "specific: fails, nobody answers for it"
    assert answer.because.zh == "没有负责人"
