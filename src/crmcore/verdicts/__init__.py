"""Verdicts: holds, fails, and unknown where something is missing.

Whatever is asked of a record may have no answer, because the record lacks what the question
reads. So there are three verdicts, in Kleene's logic, and one place that says what each use
makes of the third:

>>> from crmcore.verdicts import Use, Verdict, decide
>>> decide(Verdict.UNKNOWN, Use.PERMIT), decide(Verdict.UNKNOWN, Use.FORBID)
(False, True)
"""

from __future__ import annotations

from ._verdict import Use, Verdict, decide

__all__ = ["Use", "Verdict", "decide"]
