"""K50 to K54: contacts, participation, what care costs and what it brings."""

from __future__ import annotations

from typing import Final

from crmcore.activities import Channel
from crmcore.activities import Direction as Way
from crmcore.criteria import Criterion, F
from crmcore.kernel import Phrase
from crmcore.market import CostKind
from crmcore.measures import Both, Count, Derived, Distinct, LikeForLike, Ratio, Sum
from crmcore.surveys import InvitationKind

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._retention import AT_END, CUSTOMER_BASE, CUSTOMERS_KEPT, STAYED

_OWN = "our own; there is no common definition"

_CHANNELS = tuple(zip("defghi", Channel, strict=True))

_CARE_COST = Sum(
    "amount",
    where=F.kind.in_([CostKind.EXISTING_MARKETING, CostKind.SERVICE]),
    source="costs",
)
_COST_OF_CARE = Phrase(
    "cost of the period of service and of marketing to existing customers",
    "本期服务成本与面向老客户的营销成本",
)


def _contacts(where: Criterion | None = None) -> Ratio:
    return Ratio(Count(where=where, source="interactions"), AT_END)


def _participation(where: Criterion | None = None) -> Ratio:
    took_part = F.took_part.is_true()
    return Ratio(
        Distinct(
            "customer",
            where=took_part if where is None else where & took_part,
            source="invitations",
        ),
        Distinct("customer", where=where, source="invitations"),
        proportion=True,
    )


CONTACT_FREQUENCY: Final = Kpi(
    id=KpiId("contact_frequency"),
    code="K50",
    name=Phrase("contact frequency", "客户沟通频率"),
    group=KpiGroup.INTERACTION,
    unit=Unit.RATE,
    direction=Direction.TARGET,
    measure=_contacts(),
    numerator=Phrase("contacts in the period, in both directions", "本期双向联系次数"),
    denominator=CUSTOMER_BASE.numerator,
    definition=Phrase(
        "All recorded contacts of the period, on any channel and in both directions, divided by "
        "the customers active at its end. Contacts with people who are not active are contacts "
        "too. More is not better: too many drive customers away, so that it wants a band.",
        "本期各渠道双向联系的全部记录次数除以期末活跃客户数。与非活跃者的联系也计入。并非越多越好：联系"
        "过多会使客户流失，因此应设定目标区间。",
    ),
    source=_OWN,
)

OUTWARD_CONTACT_FREQUENCY: Final = Kpi(
    id=KpiId("outward_contact_frequency"),
    code="K50b",
    name=Phrase("contact frequency, by us", "主动联系频率"),
    group=KpiGroup.INTERACTION,
    unit=Unit.RATE,
    direction=Direction.TARGET,
    measure=_contacts(F.direction == Way.OUTBOUND),
    numerator=Phrase("contacts in the period that we began", "本期由我方发起的联系次数"),
    denominator=CUSTOMER_BASE.numerator,
    definition=Phrase(
        "The contacts of the period that the company began, on any channel, divided by the "
        "customers active at its end. Too many are a nuisance, so that it wants a band.",
        "本期由本公司发起的各渠道联系次数除以期末活跃客户数。过多会造成打扰，因此应设定目标区间。",
    ),
    source=_OWN,
)

INWARD_CONTACT_FREQUENCY: Final = Kpi(
    id=KpiId("inward_contact_frequency"),
    code="K50c",
    name=Phrase("contact frequency, by customers", "客户来访频率"),
    group=KpiGroup.INTERACTION,
    unit=Unit.RATE,
    direction=Direction.TARGET,
    measure=_contacts(F.direction == Way.INBOUND),
    numerator=Phrase("contacts in the period that customers began", "本期由客户发起的联系次数"),
    denominator=CUSTOMER_BASE.numerator,
    definition=Phrase(
        "The contacts of the period that customers began, on any channel, divided by the "
        "customers active at its end. Many may be a sign of trust or of trouble, so that it "
        "wants a band.",
        "本期由客户发起的各渠道联系次数除以期末活跃客户数。次数多既可能出于信任，也可能因为遇到问题，因此"
        "应设定目标区间。",
    ),
    source=_OWN,
)


def _contacts_by(code: str, channel: Channel) -> Kpi:
    way = channel.label
    return Kpi(
        id=KpiId(f"{channel.value}_frequency"),
        code=code,
        name=Phrase(f"contact frequency, by {way.en}", f"客户沟通频率（{way.zh}）"),
        group=KpiGroup.INTERACTION,
        unit=Unit.RATE,
        direction=Direction.TARGET,
        measure=_contacts(F.channel == channel),
        numerator=Phrase(
            f"contacts by {way.en} in the period, in both directions",
            f"本期通过{way.zh}的双向联系次数",
        ),
        denominator=CUSTOMER_BASE.numerator,
        definition=Phrase(
            f"The contacts by {way.en} of the period, in both directions, divided by the "
            "customers active at its end, however they were reached: the frequencies of all "
            "channels add up to that of all contacts.",
            f"本期通过{way.zh}的双向联系次数除以期末全部活跃客户数，不论这些客户通过何种渠道联系；各渠道"
            "的频率之和等于总的沟通频率。",
        ),
        source=_OWN,
    )


_INVITED = Phrase("customers invited in the period, each once", "本期受邀客户数，每人只计一次")
_TOOK_PART = Phrase("of these, customers who took part at least once", "其中至少参与一次的客户数")

PARTICIPATION: Final = Kpi(
    id=KpiId("participation"),
    code="K51",
    name=Phrase("customer participation", "客户参与度"),
    group=KpiGroup.INTERACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=_participation(),
    numerator=_TOOK_PART,
    denominator=_INVITED,
    definition=Phrase(
        "The share of the customers invited in the period, to whatever it was, who took part in "
        "any of it. A customer invited three times who came once is one of one. An invitation "
        "counts in the period in which it was sent; taking part may come later, so that the rate "
        "of a period that has just ended may still rise.",
        "本期受邀（不论何种活动）的客户中，至少参与其中一项者所占比例。受邀三次而参与一次的客户计为一人"
        "参与。邀请计入发出当期；参与可能发生在之后，因此刚结束的周期的数值仍可能上升。",
    ),
    source="the share of those invited who take part, counted by person; our own rule for several "
    "invitations",
)


def _participation_in(code: str, kind: InvitationKind, what: Phrase) -> Kpi:
    return Kpi(
        id=KpiId(f"{kind.value}_participation"),
        code=code,
        name=Phrase(f"participation in {what.en}", f"{what.zh}参与度"),
        group=KpiGroup.INTERACTION,
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        measure=_participation(F.kind == kind),
        numerator=_TOOK_PART,
        denominator=_INVITED,
        definition=Phrase(
            f"The share of the customers invited to {what.en} in the period who took part in any "
            "of them, each customer counted once. An invitation counts in the period in which it "
            "was sent.",
            f"本期受邀参加{what.zh}的客户中，至少参与其中一次者所占比例，每位客户只计一次。邀请计入发出"
            "当期。",
        ),
        source=PARTICIPATION.source,
    )


RELATIONSHIP_COST: Final = Kpi(
    id=KpiId("relationship_cost"),
    code="K52",
    name=Phrase("relationship cost per kept customer", "客户关系维护成本"),
    group=KpiGroup.INTERACTION,
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    measure=Ratio(_CARE_COST, STAYED),
    numerator=_COST_OF_CARE,
    denominator=CUSTOMERS_KEPT.numerator,
    definition=Phrase(
        "The cost of service and of marketing to existing customers in the period, divided by the "
        "customers active at its start who are still active at its end. All of this cost is "
        "charged to those who stayed, also what was spent on those who left or had just come. "
        "Where nobody stayed there is no value, and the reason says what was spent. Lower is "
        "better only as far as customers stay, so that it is read beside the retention rate.",
        "本期服务成本与面向老客户的营销成本之和，除以期初活跃且期末仍活跃的客户数。全部成本均由留下的客户"
        "分摊，包括用于已流失客户和新客户的部分。没有客户留下时不给出数值，并在原因中注明已支出的成本。在客户"
        "得以保留的前提下越低越好，应与客户保留率一并解读。",
    ),
    source=_OWN,
)

CARE_BENEFIT: Final = Kpi(
    id=KpiId("care_benefit"),
    code="K53",
    name=Phrase("cost benefit of care", "客户维护成本效益"),
    group=KpiGroup.INTERACTION,
    unit=Unit.TIMES,
    direction=Direction.HIGHER,
    measure=Derived(
        "quotient",
        (
            Derived(
                "difference",
                (
                    LikeForLike(
                        "amount.amount",
                        "customer",
                        part="now",
                        whose=STAYED,
                        source="purchases",
                    ),
                    LikeForLike(
                        "amount.amount",
                        "customer",
                        part="now",
                        whose=STAYED,
                        where=F.kind == CostKind.GOODS,
                        source="costs",
                    ),
                ),
            ),
            _CARE_COST,
        ),
    ),
    numerator=Phrase(
        "what kept customers paid in the period less what these goods cost",
        "保留客户本期支付的金额减去相应商品成本",
    ),
    denominator=_COST_OF_CARE,
    definition=Phrase(
        "How many times the cost of care the margin of kept customers is: what the customers "
        "active both at the start and at the end of the period paid in it, less refunds and less "
        "the cost of goods recorded for them, divided by the cost of service and of marketing to "
        "existing customers. Cost of goods without a customer is left out. Without any cost of "
        "care there is no value.",
        "保留客户带来的毛利是维护成本的多少倍：期初和期末均活跃的客户在本期支付的金额减去退款和记入其名下的"
        "商品成本，除以服务成本与面向老客户的营销成本之和。未注明客户的商品成本不计入。没有维护成本时不给出"
        "数值。",
    ),
    source=_OWN,
)

SUCCESS_RATE: Final = Kpi(
    id=KpiId("success_rate"),
    code="K54",
    name=Phrase("customer success rate", "客户成功率"),
    group=KpiGroup.INTERACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Derived(
        "complement",
        (
            Ratio(
                Distinct("customer", where=F.is_met_in_time.is_false(), source="outcomes"),
                Distinct("customer", source="outcomes"),
                proportion=True,
            ),
        ),
    ),
    numerator=Phrase(
        "of these, customers all of whose outcomes were met when due",
        "其中全部约定成果均按期达成的客户数",
    ),
    denominator=Phrase(
        "customers with an agreed outcome due in the period", "本期有约定成果到期的客户数"
    ),
    definition=Phrase(
        "The share of the customers with an agreed outcome due in the period who met by its date "
        "every one that was due. One missed outcome is enough to fail, and one met late is "
        "missed. Customers with nothing agreed are no success and no failure: how many have "
        "something agreed is told beside it.",
        "本期有约定成果到期的客户中，到期成果全部按期达成者所占比例。有一项未达成即不算成功，逾期达成视为"
        "未达成。没有约定成果的客户既不算成功也不算失败，其覆盖情况另行给出。",
    ),
    source="our own; customer success has no common definition",
)

SUCCESS_COVERAGE: Final = Kpi(
    id=KpiId("success_coverage"),
    code="K54b",
    name=Phrase("customers with agreed outcomes", "约定成果覆盖率"),
    group=KpiGroup.INTERACTION,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Both(Distinct("customer", source="outcomes"), AT_END),
        AT_END,
        proportion=True,
    ),
    numerator=Phrase(
        "of these, customers with an agreed outcome due in the period",
        "其中本期有约定成果到期的客户数",
    ),
    denominator=CUSTOMER_BASE.numerator,
    definition=Phrase(
        "The share of the customers active at the end of the period for whom an agreed outcome "
        "was due in it. It says of how many the success rate speaks; of the others nothing is "
        "known.",
        "期末活跃客户中，本期有约定成果到期者所占比例，用以说明客户成功率覆盖的范围；其余客户的成功与否不得"
        "而知。",
    ),
    source="our own; customer success has no common definition",
)

INTERACTION: Final[tuple[Kpi, ...]] = (
    CONTACT_FREQUENCY,
    OUTWARD_CONTACT_FREQUENCY,
    INWARD_CONTACT_FREQUENCY,
    *(_contacts_by(f"K50{letter}", channel) for letter, channel in _CHANNELS),
    PARTICIPATION,
    _participation_in("K51b", InvitationKind.SURVEY, Phrase("surveys", "问卷调查")),
    _participation_in("K51c", InvitationKind.EVENT, Phrase("events", "客户活动")),
    _participation_in("K51d", InvitationKind.TRIAL, Phrase("trials", "产品试用")),
    RELATIONSHIP_COST,
    CARE_BENEFIT,
    SUCCESS_RATE,
    SUCCESS_COVERAGE,
)
