"""Moves: what they say of themselves, in both languages."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from crmcore.kernel import CustomerId, MemberId, Phrase, ResponsibilityId
from crmcore.organization import Duty
from crmcore.plans import Move, MoveKind, MoveReason, Term, subject


def test_a_subject_names_a_customer_or_a_duty() -> None:
    """What is held has one name, whatever it is."""
    assert subject(CustomerId("c-1"), None, None) == "customer:c-1"
    assert (
        subject(None, ResponsibilityId("renewals"), Duty.BACKUP) == "responsibility:renewals:backup"
    )


def test_a_move_says_from_whom_to_whom_and_why() -> None:
    """Nobody is named as such."""
    move = Move(
        customer=CustomerId("c-1"),
        from_member=None,
        to_member=MemberId("wei"),
        reason=MoveReason(kind=MoveKind.FIRST, fit_after=90),
    )

    assert str(move) == "customer:c-1: nobody → wei (first assignment; fit 90 %)"


@pytest.mark.parametrize(
    ("kind", "wording"),
    [
        (
            MoveKind.NOT_ELIGIBLE,
            Phrase("the holder may not hold it; lacks law", "原负责人不符合条件；缺少法律"),
        ),
        (
            MoveKind.OVER_LIMIT,
            Phrase("the holder is beyond the limit of hours: law", "原负责人工时超限：法律"),
        ),
        (MoveKind.CLAIMED, Phrase("claimed from the pool: law", "从公海领取：法律")),
    ],
)
def test_a_rule_is_told_as_what_it_is(kind: MoveKind, wording: Phrase) -> None:
    """What the holder lacks is said to be lacking; any other rule stands by itself."""
    reason = MoveReason(kind=kind, rule=Phrase("law", "法律"))

    assert reason.wording == wording


def test_another_thing_is_called_by_its_name() -> None:
    """Where there is a name it is said, and the subject otherwise."""
    named = MoveReason(
        kind=MoveKind.CONFLICT,
        other="responsibility:renewals:backup",
        other_name=Phrase("Renewals (backup)", "续约（后备）"),
    )
    plain = MoveReason(kind=MoveKind.MAKES_ROOM, other="customer:c-2")

    assert named.wording == Phrase(
        "conflicts with what the holder also has: Renewals (backup)",
        "与原负责人的其他职责冲突：续约（后备）",
    )
    assert str(plain) == "makes room for others: customer:c-2"


def test_terms_add_up_to_the_net() -> None:
    """What is won and given up is summed, and shown with its sign."""
    reason = MoveReason(
        kind=MoveKind.RELIEF,
        terms=((Term.FIT, Decimal("-2.5")), (Term.HOURS, Decimal(40))),
        runner_up=MemberId("lin"),
        margin=Decimal("3.25"),
    )

    assert reason.net == Decimal("37.5")
    assert reason.wording == Phrase(
        "relief; fit -2.5, hours +40 = +37.5 points; next best lin, -3.3",
        "减轻负荷；匹配度 -2.5, 工时 +40 = +37.5分；次优人选lin，-3.3",
    )


@pytest.mark.parametrize(
    ("margin", "said"),
    [
        ("0.04", Phrase("lin is as good", "lin同样合适")),
        ("-2.5", Phrase("lin would be better, +2.5", "lin更合适，+2.5")),
    ],
)
def test_the_runner_up_is_told_as_it_is(margin: str, said: Phrase) -> None:
    """One who is as good, or would be better by itself, is not called the next best."""
    reason = MoveReason(kind=MoveKind.FIRST, runner_up=MemberId("lin"), margin=Decimal(margin))

    assert reason.wording == Phrase(f"first assignment; {said.en}", f"首次分配；{said.zh}")


def test_details_stand_behind_the_reason() -> None:
    """Prices of hours, what keeping costs, and when it would stay have a line each."""
    reason = MoveReason(
        kind=MoveKind.RELIEF,
        hour_before=Decimal(30),
        hour_after=Decimal(4),
        keep_cost=Decimal("12.5"),
        flip=Fraction(4, 3),
        flip_hours=Decimal("2.25"),
    )

    assert [line.en for line in reason.details] == [
        "an hour of the present holder is worth 30 points, of the new one 4",
        "every plan in which it stays costs at least 12.5 points more",
        "it would stay if a change cost more than 1.33 times as much",
        "it would stay if the present holder had 2.25 h more",
    ]
    assert [line.zh for line in reason.details] == [
        "原负责人每小时价值30分，新负责人4分",
        "保持不变的任何方案至少多付出12.5分",
        "若变动代价超过现在的1.33倍，则保持不变",
        "若原负责人多出2.25小时，则保持不变",
    ]
    assert MoveReason(kind=MoveKind.RELIEF, hour_before=Decimal(3)).details == ()


def test_what_forces_a_move_is_known_by_its_kind() -> None:
    """A better fit or relief could have stayed; a leaver's customers could not."""
    forced = {kind for kind in MoveKind if kind.is_forced}

    assert MoveKind.LEFT in forced
    assert MoveKind.OVER_LIMIT in forced
    assert not forced & {MoveKind.BETTER_FIT, MoveKind.RELIEF, MoveKind.MAKES_ROOM, MoveKind.FIRST}
