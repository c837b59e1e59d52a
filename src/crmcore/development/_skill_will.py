"""The skill–will matrix: what a person needs from whoever leads, before work is given away."""

from __future__ import annotations

from crmcore.kernel import LabelledEnum, Reason, Undefined
from crmcore.organization import Member, Responsibility


class SkillWill(LabelledEnum):
    """What somebody needs from a lead for a piece of work, by ability and by wish.

    Whoever can and wants to is left to it; whoever can and does not want to needs a reason;
    whoever wants to and cannot yet needs a teacher; whoever neither can nor wants to is told
    step by step what to do.

    Sources:
        M. Landsberg, "The Tao of Coaching", HarperCollins, 1996: the four fields.

    .. versionadded:: 0.1.0
    """

    DIRECT = "direct", "direct", "指令"
    GUIDE = "guide", "guide", "辅导"
    EXCITE = "excite", "excite", "激励"
    DELEGATE = "delegate", "delegate", "授权"


_FIELDS = {
    (False, False): SkillWill.DIRECT,
    (False, True): SkillWill.GUIDE,
    (True, False): SkillWill.EXCITE,
    (True, True): SkillWill.DELEGATE,
}


def skill_will(member: Member, responsibility: Responsibility) -> SkillWill | Undefined:
    """Return what a member needs from a lead for a responsibility.

    The member can do it who has every skill that it wants at its level. The member wants to
    whose wishes add up to more than 0: what is said of the responsibility itself, or where
    nothing is, of its skills.

    >>> from crmcore.development import skill_will
    >>> from crmcore.organization import Interest, Member, Responsibility, SkillLevel
    >>> renewals = Responsibility(
    ...     id="renewals",
    ...     name="Renewals",
    ...     role="advisor",
    ...     team="service",
    ...     weekly_hours=8,
    ...     skills=[SkillLevel("negotiation", 3)],
    ... )
    >>> wei = Member(
    ...     id="wei",
    ...     name="Wei",
    ...     team="service",
    ...     weekly_hours=38,
    ...     skills=[SkillLevel("negotiation", 2)],
    ...     interests=[Interest("negotiation", 2)],
    ... )
    >>> print(skill_will(wei, renewals))
    guide

    Args:
        member: Who could do it.
        responsibility: What is to be done.

    Returns:
        The field of the matrix; undefined where the member has said nothing about it, since
        to have no wish and to have told none are not the same.

    .. versionadded:: 0.1.0
    """
    subjects = [responsibility.id, *(wanted.skill for wanted in responsibility.skills)]
    if not any(interest.subject in subjects for interest in member.interests):
        return Undefined(Reason.NO_DATA)
    own, *others = (member.interest_in(subject) for subject in subjects)
    is_able = all(member.level_of(want.skill) >= want.level for want in responsibility.skills)
    return _FIELDS[is_able, (own or sum(others)) > 0]
