"""Manifests: what was erased, what was kept and why, and what is out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

from crmcore.kernel import LabelledEnum, Phrase


class OutOfReach(LabelledEnum):
    """Where personal data may still be after it was erased from a store.

    .. versionadded:: 0.1.0
    """

    BACKUPS = (
        "backups",
        "backups, until they are overwritten, and whatever is restored from them",
        "备份，以及由备份恢复的数据",
    )
    FREED_SPACE = (
        "freed_space",
        "pages that the database has freed and its write-ahead log, until it is vacuumed",
        "数据库已释放的页面与预写日志（在执行清理之前）",
    )
    REPLICAS = ("replicas", "replicas that lag behind", "尚未同步的副本")
    COPIES = (
        "copies",
        "pages, tables and exports that were written or printed before",
        "此前输出或打印的页面、表格与导出文件",
    )
    READERS = (
        "readers",
        "other programs that have read the records",
        "已读取过这些记录的其他程序",
    )


KEPT: Final[Mapping[str, Phrase]] = {
    "customers": Phrase(
        "the id, and what the customer is and needs: figures count it as before",
        "保留编号、类型与需求：各项指标照旧计算",
    ),
    "contacts": Phrase("the id, and whose contact it is", "保留编号与所属客户"),
    "ownerships": Phrase(
        "who looked after the customer when: figures credit the owner of the day",
        "保留负责人与起止时间：指标按当日负责人计算",
    ),
    "purchases": Phrase(
        "ids, instants and amounts: figures stay, and books must be kept",
        "保留编号、时间与金额：指标不变，且账目须依法保存",
    ),
    "interactions": Phrase(
        "that there was a contact, when, for how long and on which channel",
        "保留互动的时间、时长与渠道",
    ),
    "matters": Phrase(
        "that there was a matter, of what kind, when and of which amount",
        "保留事项的类型、时间与金额",
    ),
    "stage_facts": Phrase("what was judged: figures stay", "保留评估结果：指标不变"),
    "tier_facts": Phrase("what was judged: figures stay", "保留评估结果：指标不变"),
    "score_facts": Phrase(
        "what was judged, with its ledger: figures stay", "保留评分及其明细：指标不变"
    ),
    "kpi_facts": Phrase("what was measured: figures stay", "保留指标数值"),
    "members": Phrase(
        "the id, and what the member can do: plans and figures stay",
        "保留编号与技能：方案与指标不变",
    ),
    "teams": Phrase("who leads the team, by id", "保留团队负责人的编号"),
    "assignments": Phrase("who held which duty when, by id", "保留职责的承担者编号与起止时间"),
    "commands": Phrase(
        "the answers, by ids: plans can still be taken back", "保留以编号记录的结果：方案仍可撤销"
    ),
    "audit_records": Phrase(
        "who changed what when, without the values: the chain still verifies",
        "保留变更人、字段与时间，不含具体内容：审计链仍可验证",
    ),
}
"""What stays of each kind of record, and why."""


@attrs.frozen(kw_only=True)
class ErasedRecords:
    """Records of one kind that have lost what was personal in them.

    Attributes:
        kind: The name of the kind, as `crmcore.storage.RECORDS` has it.
        ids: Their ids; of audit records the chains, as in ``customers/c-17``.
        fields: The fields that have lost something, by name.

    .. versionadded:: 0.1.0
    """

    kind: str
    ids: tuple[str, ...]
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class KeptRecords:
    """Records of one kind that stay, with what stays of them.

    Attributes:
        kind: The name of the kind, as `crmcore.storage.RECORDS` has it.
        count: How many there are.
        why: What stays of them, and why.

    .. versionadded:: 0.1.0
    """

    kind: str
    count: int
    why: Phrase


@attrs.frozen(kw_only=True, order=True)
class Mention:
    """A personal text of somebody else, or about somebody else, that names the subject.

    Attributes:
        kind: The name of the kind of record, as `crmcore.storage.RECORDS` has it.
        id: The id of the record; of an audit record the chain, as in ``contacts/k-1``.
        field: The field that the text stands in.

    .. versionadded:: 0.1.0
    """

    kind: str
    id: str
    field: str


@attrs.frozen(kw_only=True)
class ErasureManifest:
    """What erasing a subject has come to; there is nothing personal in it.

    Attributes:
        subject: Who was erased, as the name of a repository and an id: ``customers/c-17``.
        by: Who had it done.
        at: When, as an instant.
        erased: What has lost personal data, by kind; nothing where it was done before.
        kept: What stays, by kind.
        mentioned: Where the subject is named in the texts of others, as far as it was looked
            for. These texts stay; it takes somebody who reads them.
        out_of_reach: Where personal data may still be.

    .. versionadded:: 0.1.0
    """

    subject: str
    by: str
    at: datetime
    erased: tuple[ErasedRecords, ...]
    kept: tuple[KeptRecords, ...]
    mentioned: tuple[Mention, ...] = ()
    out_of_reach: tuple[OutOfReach, ...] = tuple(OutOfReach)

    def __str__(self) -> str:
        """Tell it line by line."""
        lines = [f"{self.subject} erased by {self.by} at {self.at.isoformat()}"]
        lines += [f"  erased: {_counted(each)}: {', '.join(each.fields)}" for each in self.erased]
        lines += [f"  kept:   {each.kind} ({each.count}): {each.why.en}" for each in self.kept]
        lines += [f"  named:  {each.kind} {each.id!r}: {each.field}" for each in self.mentioned]
        lines += [f"  beyond: {place.label.en}" for place in self.out_of_reach]
        return "\n".join(lines)


def _counted(erased: ErasedRecords) -> str:
    return f"{erased.kind} ({len(erased.ids)})"
