"""K55 to K58: how good the data is, and what is made of it."""

from __future__ import annotations

from typing import Final

from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.measures import Agreement, Balance, Count, Mean, Ratio
from crmcore.work import Aspect

from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit

_ISO_25012: Final = "ISO/IEC 25012:2008, data quality model"


def _state(code: str, aspect: Aspect, name: Phrase, below: Phrase, said: Phrase) -> Kpi:
    """Return the KPI of an aspect that is looked after by rule, with a weight for each field."""
    return Kpi(
        id=KpiId(f"data_{aspect.value}"),
        code=code,
        name=name,
        group=KpiGroup.DATA,
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        measure=Ratio(
            Balance("passed_weight", "place", where=F.aspect == aspect, source="field_checks"),
            Balance("weight", "place", where=F.aspect == aspect, source="field_checks"),
        ),
        numerator=Phrase("of these, the weight of what passed", "其中通过检查者的权重"),
        denominator=below,
        definition=Phrase(
            f"{said.en} Each field of each record counts once, with its weight and with its last "
            "check of the period; where nothing was checked there is no value. It has no "
            "interval, because all records are looked at and not a sample.",
            f"{said.zh}每条记录的每个字段按其权重、以本期最后一次检查计一次；未作检查时不给出数值。检查覆盖全部"
            "记录而非抽样，故不给出区间。",
        ),
        source=_ISO_25012,
    )


DATA_ACCURACY: Final = Kpi(
    id=KpiId("data_accuracy"),
    code="K55",
    name=Phrase("data accuracy", "数据准确性"),
    group=KpiGroup.DATA,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count((F.aspect == Aspect.ACCURACY) & F.passed.is_true(), source="field_checks"),
        Count(F.aspect == Aspect.ACCURACY, source="field_checks"),
        proportion=True,
    ),
    numerator=Phrase("of these, values found true", "其中经核实属实的字段值数"),
    denominator=Phrase("values compared with their source", "与来源核对的字段值数"),
    definition=Phrase(
        "The share of the values that were compared with their source in the period and found "
        "true. That a value keeps the rules of its field does not make it true, and does not "
        "count here. The values are a sample, so there is an interval; every value of it weighs "
        "the same.",
        "本期抽样与来源核对的字段值中属实者所占比例。符合字段规则并不等于属实，不计入本指标。核对为抽样，"
        "故给出区间；样本中每个值权重相同。",
    ),
    source=_ISO_25012,
)

REPORT_QUALITY: Final = Kpi(
    id=KpiId("report_quality"),
    code="K57",
    name=Phrase("report quality", "分析报告质量"),
    group=KpiGroup.DATA,
    unit=Unit.RATING,
    direction=Direction.HIGHER,
    measure=Mean("score", source="readings"),
    numerator=Phrase("the sum of the marks", "评分之和"),
    denominator=Phrase("marks given by readers in the period", "读者在本期给出的评分数"),
    definition=Phrase(
        "The mean of the marks from 1 to 5 that readers gave in the period to reports, by "
        "criterion: correct, timely, clear, with a proposal, adopted. Every mark weighs the "
        "same. The interval takes the marks as independent; those of one reader are not quite, so "
        "that the mean is less sure than it says. Two readers at least are to mark each report; "
        "their agreement says how many marks have only one.",
        "读者在本期按各项标准（正确、及时、清晰、有建议、被采纳）对报告给出的1至5分评分的平均值，每个评分"
        "权重相同。区间将各评分视为相互独立；同一读者的评分并非完全独立，因此平均值不如区间所示确定。每份报告至少应由两位读者评分，仅有一位读者的评分数由评分一致率注明。",
    ),
    source="our own",
)

READER_AGREEMENT: Final = Kpi(
    id=KpiId("reader_agreement"),
    code="K57b",
    name=Phrase("agreement of the readers of reports", "报告评分一致率"),
    group=KpiGroup.DATA,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Agreement("score", "question", within=1, source="readings"),
    numerator=Phrase("of these, pairs at most one mark apart", "其中相差不超过1分的评分对数"),
    denominator=Phrase(
        "pairs of marks that two readers gave to one report by one criterion",
        "两位读者按同一标准对同一报告给出的评分对数",
    ),
    definition=Phrase(
        "Among the pairs of marks that two readers gave to the same report by the same "
        "criterion: the share that are at most one mark apart. What only one reader has marked "
        "has no pair and is reported as missing; where nothing has a second reader there is no "
        "value, and the report quality rests on one opinion.",
        "两位读者按同一标准对同一报告给出的评分对中，相差不超过1分者所占比例。仅有一位读者评分的不成对，"
        "报告为缺失；全部没有第二位读者时不给出数值，此时报告质量仅为一人之见。",
    ),
    source=(
        "observed agreement: J. L. Fleiss, Psychological Bulletin 76(5), 1971; counting "
        "neighbouring marks as agreeing is our own choice"
    ),
)

DATA_DRIVEN_DECISIONS: Final = Kpi(
    id=KpiId("data_driven_decisions"),
    code="K58",
    name=Phrase("data-driven decisions", "数据驱动的决策"),
    group=KpiGroup.DATA,
    unit=Unit.SHARE,
    direction=Direction.HIGHER,
    measure=Ratio(
        Count(F.cites_evidence.is_true(), source="decisions"),
        Count(source="decisions"),
        proportion=True,
    ),
    numerator=Phrase(
        "of these, decisions that cite a measurement or an analysis",
        "其中引用测量或分析结果的决策数",
    ),
    denominator=Phrase("decisions recorded in the period", "本期记录的决策数"),
    definition=Phrase(
        "The share of the decisions recorded in the period that cite a measurement or an "
        "analysis. A decision that nobody recorded is not seen here, so that the figure says "
        "nothing without their number.",
        "本期记录的决策中引用测量或分析结果者所占比例。未作记录的决策无从统计，因此应连同决策数量一起解读。",
    ),
    source="our own",
)

DATA: Final[tuple[Kpi, ...]] = (
    DATA_ACCURACY,
    _state(
        "K56",
        Aspect.COMPLETENESS,
        Phrase("data completeness", "数据完整性"),
        Phrase("the weight of the required fields", "必填字段的权重"),
        Phrase("The share of the required fields that are filled.", "必填字段中已填写者所占比例。"),
    ),
    _state(
        "K56b",
        Aspect.CONSISTENCY,
        Phrase("data consistency", "数据一致性"),
        Phrase("the weight of the fields that must agree", "应当一致的字段的权重"),
        Phrase(
            "The share of the fields that agree with what must agree with them.",
            "应当与其他数据一致的字段中实际一致者所占比例。",
        ),
    ),
    _state(
        "K56c",
        Aspect.TIMELINESS,
        Phrase("data timeliness", "数据及时性"),
        Phrase("the weight of the fields with a limit of age", "有时限要求的字段的权重"),
        Phrase(
            "The share of the fields that are no older than they may be; ISO/IEC 25012 calls it "
            "currentness.",
            "未超过规定时限的字段所占比例，ISO/IEC 25012称之为现时性。",
        ),
    ),
    REPORT_QUALITY,
    READER_AGREEMENT,
    DATA_DRIVEN_DECISIONS,
)
"""The figures of data and analysis, by code."""
