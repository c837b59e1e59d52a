"""Remedies and shortfalls: what they say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crmcore.kernel import CustomerId, MemberId, Phrase, ResponsibilityId
from crmcore.organization import Duty, SkillLevel
from crmcore.plans import Remedy, Shortfall, Uncovered

WEI, LIN = MemberId("wei"), MemberId("lin")


def test_a_remedy_names_all_that_would_have_to_change() -> None:
    """Hours, training, a rule and a conflict: each counts as one change."""
    remedy = Remedy(
        member=WEI,
        hours=Decimal("2.5"),
        skills=(SkillLevel("negotiation", 3),),
        rules=(Phrase("authority", "相应权限"),),
        lifts=("responsibility:pay:responsible",),
        lifted=(Phrase("Pay (responsible)", "付款（执行）"),),
    )

    assert remedy.changes == 4
    assert str(remedy) == (
        "2.5 h more for wei and training wei in negotiation up to level 3 and "
        "authority for wei and letting wei hold Pay (responsible) beside it would do"
    )
    assert remedy.wording.zh == (
        "为wei增加2.5小时并将wei的negotiation培训至3级并使wei具备相应权限并"
        "允许wei同时承担付款（执行）即可"
    )


def test_a_remedy_may_need_no_hours() -> None:
    """Where one thing is all that is lacking, only that is named."""
    remedy = Remedy(member=LIN, rules=(Phrase("language fr", "fr语言能力"),))

    assert remedy.wording == Phrase("language fr for lin would do", "使lin具备fr语言能力即可")
    assert remedy.changes == 1


def test_what_is_uncovered_says_why_and_what_would_help() -> None:
    """The remedy follows the reason, where there is one."""
    gap = Uncovered(
        responsibility=ResponsibilityId("renewals"),
        duty=Duty.BACKUP,
        cost=Decimal(150),
        funnel=(),
        reason=Phrase("2 members → none with law", "2名成员 → 0名具备法律"),
        remedy=Phrase("3 h more for wei would do", "为wei增加3小时即可"),
    )

    assert gap.subject == "responsibility:renewals:backup"
    assert str(gap) == (
        "responsibility:renewals:backup: 2 members → none with law; 3 h more for wei would do"
    )
    assert str(
        Uncovered(customer=CustomerId("c-1"), cost=gap.cost, funnel=(), reason=gap.reason)
    ) == ("customer:c-1: 2 members → none with law")


def test_what_is_kept_against_a_rule_says_with_whom_it_stays() -> None:
    """Nobody is told that a customer has nobody, where somebody still has it."""
    gap = Uncovered(
        customer=CustomerId("c-1"),
        cost=Decimal(450),
        funnel=(),
        reason=Phrase("2 members → none with law", "2名成员 → 0名具备法律"),
        stays_with=WEI,
    )

    assert str(gap) == "customer:c-1 stays with wei: 2 members → none with law"


def shortfall(names: int, **more: object) -> Shortfall:
    """Return a shortfall of so many customers that want law."""
    given: dict[str, object] = {
        "items": tuple(f"customer:c-{at}" for at in range(names)),
        "names": tuple(Phrase(f"c-{at}", f"客户{at}") for at in range(names)),
        "holders": (LIN, WEI),
        "wants": (Phrase("law", "法律"), Phrase("language fr", "fr语言能力")),
        "need": Decimal(46),
        "have": Decimal(34),
        "uncovered": ("customer:c-0",),
    }
    return Shortfall(**(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (1, Phrase("c-0 wants law and language fr", "客户0需要法律、fr语言能力")),
        (2, Phrase("c-0 and c-1 want law and language fr", "客户0、客户1需要法律、fr语言能力")),
        (
            6,
            Phrase(
                "c-0, c-1, c-2, c-3 and 2 more want law and language fr",
                "客户0、客户1、客户2、客户3等6项需要法律、fr语言能力",
            ),
        ),
    ],
)
def test_a_shortfall_names_a_few_and_counts_the_rest(names: int, said: Phrase) -> None:
    """One wants, two want, and of many the first four are named."""
    found = shortfall(names)

    assert found.short == 12
    assert found.wording == Phrase(
        f"{said.en}: only lin and wei can, together 12 h short of 46 h",
        f"{said.zh}：仅lin、wei可以承担，合计需46小时，缺12小时",
    )


def test_of_many_holders_the_rest_is_counted_as_holders() -> None:
    """Members and teams are no items, which Chinese counts by another word."""
    found = shortfall(1, wants=(), holders=tuple(MemberId(f"m-{at}") for at in range(6)))

    assert "only m-0, m-1, m-2, m-3 and 2 more can" in found.wording.en
    assert "仅m-0、m-1、m-2、m-3等6方可以承担" in found.wording.zh


def test_a_shortfall_may_stand_for_more_than_it_names() -> None:
    """What is lacking in all, and how much stays uncovered for it, follows the reason."""
    found = shortfall(2, lacking=Decimal(40), uncovered=("customer:c-0", "customer:c-7"))

    assert str(found).endswith(
        "short of 46 h; 40 h short for all that only they may hold; 2 stay uncovered for this"
    )
    assert found.wording.zh.endswith("缺12小时；仅其可承担的事项合计缺40小时；因此2项无人承担")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"holders": ()}, Phrase("nobody has that", "无人具备")),
        (
            {"have": Decimal(50), "apart": (("customer:c-0", "customer:c-1"),)},
            Phrase(
                "only lin and wei can, and some of them need different holders",
                "仅lin、wei可以承担，且其中部分须由不同成员承担",
            ),
        ),
        (
            {"have": Decimal(50)},
            Phrase(
                "only lin and wei can, and 46 h in whole pieces do not fit into 50 h",
                "仅lin、wei可以承担，46小时无法整项分配到50小时之内",
            ),
        ),
    ],
)
def test_a_shortfall_says_what_kind_it_is(more: dict[str, object], said: Phrase) -> None:
    """Nobody at all, too many who must be apart, or pieces that do not fit."""
    found = shortfall(2, wants=(), **more)

    assert found.wording == Phrase(f"c-0 and c-1: {said.en}", f"客户0、客户1：{said.zh}")
