"""Improvement: the types of the loop that runs through everything.

*Measure, find, act, verify.* Whatever judges may yield a `Finding`: a fact about a subject,
how severe it is, the evidence for it, and what would help.

>>> from crmcore.improvement import Finding, Severity
>>> from crmcore.kernel import Phrase
>>> finding = Finding(
...     kind="overload",
...     severity=Severity.WARNING,
...     subject="member:wei",
...     title=Phrase("Wei has 46 h of work in a week of 38 h", "伟每周38小时内有46小时的工作"),
... )
>>> print(finding)
warning · member:wei · Wei has 46 h of work in a week of 38 h
"""

from __future__ import annotations

from ._finding import Finding, Severity, in_order

__all__ = ["Finding", "Severity", "in_order"]
