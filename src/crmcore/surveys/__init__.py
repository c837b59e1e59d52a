"""Surveys: what people answered when they were asked, and who took part in what.

A `SurveyAnswer` is one score for one item on a scale that it carries itself, so that answers
on scales from 1 to 5 and from 0 to 10 can stand side by side. Whoever does not know has
answered too, and has no score. An `Invitation` asks a customer to a survey, an event or a
trial, and says whether the customer came.

>>> from datetime import UTC, datetime
>>> from crmcore.surveys import Audience, SurveyAnswer
>>> answer = SurveyAnswer(
...     id="a-1",
...     survey="service",
...     wave="1998-H1",
...     item="delivery",
...     audience=Audience.CUSTOMER,
...     at=datetime(1998, 6, 3, 9, tzinfo=UTC),
...     low=1,
...     high=5,
...     score=4,
... )
>>> answer.index, answer.is_satisfied, answer.is_promoter
(Decimal('75'), True, None)
"""

from __future__ import annotations

from ._answer import Audience, SurveyAnswer
from ._invitation import Invitation, InvitationKind

__all__ = ["Audience", "Invitation", "InvitationKind", "SurveyAnswer"]
