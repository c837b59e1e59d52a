"""Reasons: who could have taken an arrival, in the order of their turn, and who could not."""

from __future__ import annotations

from fractions import Fraction

import attrs

from crmcore.kernel import LabelledEnum, MemberId, Phrase

from ._share import Share

_SHOWN = 3


class Outcome(LabelledEnum):
    """How it was decided who takes an arrival.

    .. versionadded:: 0.1.0
    """

    BY_TURN = "by_turn", "by turn", "按轮次"
    PREVIOUS = "previous", "back to whoever had it before", "归还原负责人"
    MANUAL = "manual", "by hand", "手动指定"
    REPEATED = "repeated", "given before, and held still", "此前已分配且仍由其负责"
    NOBODY = "nobody", "nobody may take it", "无人可以接收"


class SkipReason(LabelledEnum):
    """Why a member could not take an arrival.

    .. versionadded:: 0.1.0
    """

    LEFT = "left", "has left", "已离开"
    AWAY = "away", "is away", "不在岗"
    FULL = "full", "is at capacity", "已满额"
    LACKS = "lacks", "lacks what is wanted", "不符合要求"


@attrs.frozen(kw_only=True)
class Skip:
    """A reason for which a member could not take an arrival; a member may have several.

    Attributes:
        member: Who could not.
        reason: The sort of reason.
        wording: The reason in words.

    .. versionadded:: 0.1.0
    """

    member: MemberId
    reason: SkipReason
    wording: Phrase


@attrs.frozen(kw_only=True)
class Why:
    """Why an arrival went where it went.

    Attributes:
        outcome: How it was decided.
        member: Who got it; None where nobody did.
        in_turn: Everybody who could take it, whose turn it was first, with what counted then.
        skipped: Who could not, in the stated order, with each reason.
        suggestions: Names that are wanted and that no member knows, with the nearest known.

    .. versionadded:: 0.1.0
    """

    outcome: Outcome
    member: MemberId | None
    in_turn: tuple[Share, ...] = ()
    skipped: tuple[Skip, ...] = ()
    suggestions: tuple[Phrase, ...] = ()

    @property
    def runner_up(self) -> MemberId | None:
        """Who would have got it next, if anybody else could take it."""
        return next((share.id for share in self.in_turn if share.id != self.member), None)

    @property
    def wording(self) -> Phrase:
        """The reason in one line, with the first few of those who could and who could not."""
        english, chinese = [self.outcome.label.en], [self.outcome.label.zh]
        if self.member is not None:
            english[0] = f"{self.member}, {english[0]}"
            chinese[0] = f"{self.member}，{chinese[0]}"
        if self.in_turn:
            shown = _listed([_level(share) for share in self.in_turn], ", ", "、")
            english.append(f"in turn: {shown.en}")
            chinese.append(f"轮次：{shown.zh}")
        if self.skipped:
            shown = _listed(self._grouped(), ", ", "、")
            english.append(f"skipped: {shown.en}")
            chinese.append(f"跳过：{shown.zh}")
        english += [suggestion.en for suggestion in self.suggestions]
        chinese += [suggestion.zh for suggestion in self.suggestions]
        return Phrase("; ".join(english), "；".join(chinese))

    def _grouped(self) -> list[Phrase]:
        """Return each member that was skipped once, with all reasons."""
        reasons: dict[MemberId, list[Phrase]] = {}
        for skip in self.skipped:
            reasons.setdefault(skip.member, []).append(skip.wording)
        return [
            Phrase(
                f"{member} ({', '.join(found.en for found in wordings)})",
                f"{member}（{'，'.join(found.zh for found in wordings)}）",
            )
            for member, wordings in reasons.items()
        ]

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en


def _level(share: Share) -> Phrase:
    ratio = f"{share.counted}/{Fraction(share.weight)}"
    if Fraction(share.weight).denominator > 1:
        ratio = f"{share.counted}/{share.weight.normalize():f}"
    return Phrase(f"{share.id} {ratio}", f"{share.id} {ratio}")


def _listed(parts: list[Phrase], comma: str, pause: str) -> Phrase:
    """Join the first few, and say how many more there are."""
    shown, more = parts[:_SHOWN], len(parts) - _SHOWN
    english, chinese = comma.join(p.en for p in shown), pause.join(p.zh for p in shown)
    if more > 0:
        return Phrase(f"{english} and {more} more", f"{chinese}等{len(parts)}人")
    return Phrase(english, chinese)
