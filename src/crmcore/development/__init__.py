"""Development: what people must learn for what they are to do.

A `SkillGap` says who lacks how much of which skill for what. A `TrainingNeed` puts the gaps
of many people together: the people who have to reach one level of one skill, what for, how
much it matters, and who of the department could teach it.

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
from ._training import TrainingNeed, training_needs

__all__ = ["SkillGap", "TrainingNeed", "gaps_of", "skill_gaps", "training_needs"]
