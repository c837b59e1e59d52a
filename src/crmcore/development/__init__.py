"""Development: what people must learn for what they are to do.

A `SkillGap` says who lacks how much of which skill for what. A `TrainingNeed` puts the gaps
of many people together: the people who have to reach one level of one skill, what for, how
much it matters, and who of the department could teach it. `skill_will` says whether somebody
who is to get a responsibility can and wants to do it.

>>> from crmcore.development import SkillGap
>>> from crmcore.kernel import MemberId
>>> gap = SkillGap(
...     member=MemberId("wei"), skill="negotiation", has=2, needs=4, because=["renewals"]
... )
>>> gap.missing_levels
2
"""

from __future__ import annotations

from ._gap import SkillGap, gaps_of, skill_gaps
from ._skill_will import SkillWill, skill_will
from ._training import TrainingNeed, training_needs

__all__ = [
    "SkillGap",
    "SkillWill",
    "TrainingNeed",
    "gaps_of",
    "skill_gaps",
    "skill_will",
    "training_needs",
]
