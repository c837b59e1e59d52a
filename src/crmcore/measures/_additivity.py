"""Additivity: what may be done with the values of several periods."""

from __future__ import annotations

from crmcore.kernel import LabelledEnum


class Additivity(LabelledEnum):
    """How the values of short periods make the value of a long one.

    .. versionadded:: 0.1.0
    """

    ADDITIVE = "additive", "the sum of its periods", "各期之和"
    SEMI_ADDITIVE = "semi_additive", "the last of its periods", "取期末值"
    NON_ADDITIVE = "non_additive", "computed anew from its parts", "由各组成部分重新计算"
