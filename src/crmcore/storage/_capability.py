"""What stores may or may not be able to do."""

from __future__ import annotations

from typing import Final

import attrs

from crmcore.checks import is_id
from crmcore.kernel import LabelledEnum

DEFAULT_TENANT: Final = "default"
"""Whose records they are where nobody says so."""


@attrs.frozen
class _Tenant:
    tenant: str = attrs.field(validator=is_id)


def tenant_id(tenant: str) -> str:
    """Return *tenant* if it can name one, for stores of your own.

    Raises:
        InvalidValueError: If it is no id.

    .. versionadded:: 0.1.0
    """
    return _Tenant(tenant).tenant


class Capability(LabelledEnum):
    """What a store can do beyond what every store does.

    .. versionadded:: 0.1.0
    """

    DURABLE = "durable", "keeps what was committed through a loss of power", "断电不丢"
    MULTI_PROCESS = "multi_process", "may be shared by processes", "多进程共享"
    INTERLEAVED = "interleaved", "lets two units of work write at once", "可同时写入"
    SNAPSHOT_READS = "snapshot_reads", "shows a reader one state", "一致性读取"
    OUTBOX = "outbox", "keeps events and misses none", "事件不遗漏"
    TENANTS = "tenants", "keeps the records of tenants apart", "租户隔离"
