"""Sources: the kinds of records that definitions speak of, and on which day each counts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import attrs

from crmcore.activities import Interaction, Purchase
from crmcore.customers import Customer
from crmcore.kernel import Phrase
from crmcore.market import CampaignContact, Cost, Figure, Lead, MarketSale
from crmcore.organization import Member
from crmcore.service import Complaint, Feedback, Outcome, ServiceRequest
from crmcore.surveys import Invitation, SurveyAnswer
from crmcore.work import (
    ChangeRequest,
    Decision,
    Delivery,
    FieldCheck,
    Inspection,
    KnowledgeUse,
    Meeting,
    ProcessCase,
    Reading,
    Task,
    Training,
    WorkLog,
)


@attrs.frozen(kw_only=True)
class Source:
    """A kind of records that KPIs count.

    Attributes:
        record: The class of the records.
        day: The field that says when a record happened; its day is the day of the record. None
            where records do not happen, but last, so that only what is there can be counted.
        name: What the records are, in words.
        customer: The field that holds the customer whom a record is about; None where a record
            is about none.
        has_others: Whether the field may hold people who are no customers; they do not count
            where a criterion asks about customers.
        person: The field that holds whoever must not be told apart by a confidential figure;
            None where a record tells of nobody.

    .. versionadded:: 0.1.0
    """

    record: type[Any]
    day: str | None
    name: Phrase
    customer: str | None = None
    has_others: bool = False
    person: str | None = None

    def tells(self, path: str) -> bool:
        """Say whether the records have the field at the beginning of a path."""
        return hasattr(self.record, path.partition(".")[0])


def _source(
    record: type[Any],
    day: str | None,
    en: str,
    zh: str,
    **fields: Any,  # noqa: ANN401 - fields of several types
) -> Source:
    return Source(record=record, day=day, name=Phrase(en, zh), **fields)


def _of_customers(record: type[Any], day: str, en: str, zh: str) -> Source:
    return _source(record, day, en, zh, customer="customer", person="customer")


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "answers": _source(
            SurveyAnswer,
            "at",
            "survey answers",
            "调查回答",
            customer="respondent",
            has_others=True,
            person="respondent",
        ),
        "campaign_contacts": _of_customers(CampaignContact, "at", "campaign contacts", "营销触达"),
        "change_requests": _source(ChangeRequest, "approved_at", "change requests", "变更请求"),
        "complaints": _of_customers(Complaint, "received_at", "complaints", "投诉"),
        "costs": _source(Cost, "at", "costs", "成本", customer="customer"),
        "customers": _source(
            Customer, "known_since", "customers", "客户", customer="id", person="id"
        ),
        "decisions": _source(Decision, "at", "decisions", "决策"),
        "deliveries": _source(Delivery, "sent_at", "deliveries", "交付"),
        "feedback": _of_customers(Feedback, "received_at", "feedback", "反馈"),
        "field_checks": _source(FieldCheck, "at", "checks of fields", "字段核查"),
        "figures": _source(Figure, "start", "figures from outside", "外部数据"),
        "inspections": _source(Inspection, "at", "inspections", "检验"),
        "interactions": _of_customers(Interaction, "at", "interactions", "互动"),
        "invitations": _of_customers(Invitation, "at", "invitations", "邀请"),
        "knowledge_uses": _source(
            KnowledgeUse, "at", "uses of knowledge", "知识使用", person="member"
        ),
        "leads": _source(Lead, "created_at", "leads", "线索"),
        "market_sales": _source(MarketSale, "at", "sales by market", "分市场销售"),
        "meetings": _source(Meeting, "at", "meetings", "会议"),
        "members": _source(Member, None, "members", "成员", person="id"),
        "outcomes": _of_customers(Outcome, "due_at", "outcomes", "约定成果"),
        "process_cases": _source(ProcessCase, "started_at", "process cases", "流程实例"),
        "purchases": _of_customers(Purchase, "at", "purchases", "购买记录"),
        "readings": _source(Reading, "at", "readings of reports", "报告评阅", person="reader"),
        "requests": _of_customers(ServiceRequest, "opened_at", "service requests", "服务请求"),
        "tasks": _source(Task, "opened_at", "tasks", "任务", person="member"),
        "trainings": _source(Training, "assigned_at", "trainings", "培训", person="member"),
        "work_logs": _source(WorkLog, "at", "work logs", "工时记录", person="member"),
    }
)
"""The kinds of records that the catalogue counts, by the name that measures call them."""
