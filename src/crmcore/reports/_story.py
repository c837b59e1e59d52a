"""The story: what the page tells from its headline to its last line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crmcore.improvement import Severity
from crmcore.kernel import Undefined

from . import _department_tables as of_department
from ._blocks import Block, Findings, Part, Rows, Story, Telling, Tile
from ._measuring import how_it_goes
from ._proposing import for_people, who_does_what, who_looks_after_whom
from ._standing import where_customers_stand
from ._valuing import what_they_are_worth

_FINDINGS: Final = 30
_TILES: Final = ("customer_base", "retention_rate", "orders", "sales")


def tell(telling: Telling) -> Story:
    """Return the story of a review."""
    return Story(
        title=_title(telling),
        preface=tuple(_preface(telling)),
        tiles=(*_kpi_tiles(telling), *_tiles(telling)),
        parts=tuple(_parts(telling)),
        colophon=tuple(_colophon(telling)),
    )


def _title(telling: Telling) -> str:
    name, day = telling.review.organization.department.name, telling.review.as_of
    return telling.say(f"{name}: review as of {day}", f"{name}：截至{day}的评估")


def _preface(telling: Telling) -> Iterator[str]:
    review, policy = telling.review, telling.review.policy
    customers = len(review.judgements)
    members, teams = len(review.organization.members), len(review.organization.teams)
    first, last = review.flows[0].period, review.flows[-1].period
    counted = ", ".join(
        f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
        for count, noun in ((customers, "customer"), (members, "member"), (teams, "team"))
    )
    yield telling.say(
        f"{counted}; months {first} to {last}.",
        f"{customers:,}位客户，{teams}个团队共{members}位成员；统计月份{first}至{last}。",
    )
    print_ = policy.fingerprint[:12]
    yield telling.say(
        f"Judged by the policy “{policy.name}”, version {policy.version} ({print_}); "
        f"days in {policy.zone}, amounts in {policy.currency}.",
        f"依据规则集“{policy.name}”第{policy.version}版（{print_}）；"
        f"时区{policy.zone}，币种{policy.currency}。",
    )


def _kpi_tiles(telling: Telling) -> Iterator[Tile]:
    for key in _TILES:
        series = telling.review.kpi(key)
        value = series.values[-1]
        label = telling.read(series.kpi.name)
        if isinstance(value, Undefined):
            yield Tile(label=label, number="–", note=telling.read(value.reason.label))
            continue
        before = series.values[-2] if len(series.values) > 1 else None
        note = str(value.period)
        if before is not None and not isinstance(before, Undefined):
            earlier = series.show(before.number)
            note = telling.say(f"{note}, before {earlier}", f"{note}，上期{earlier}")
        yield Tile(label=label, number=series.show(value.number), note=note)


def _tiles(telling: Telling) -> Iterator[Tile]:
    review = telling.review
    grave = sum(finding.severity is Severity.CRITICAL for finding in review.findings)
    yield Tile(
        label=telling.say("findings", "发现的问题"),
        number=f"{len(review.findings)}",
        note=telling.say(f"{grave} of them critical", f"其中严重{grave}项"),
    )
    yield Tile(
        label=telling.say("duties change hands", "职责调整"),
        number=f"{len(review.plan.duties.moves):,}",
        note=telling.read(review.plan.duties.certificate.wording),
    )
    yield Tile(
        label=telling.say("customers change hands", "客户调整"),
        number=f"{len(review.plan.customers.moves):,}",
        note=telling.read(review.plan.customers.certificate.wording),
    )
    duties, customers = len(review.plan.duties.uncovered), len(review.plan.customers.uncovered)
    yield Tile(
        label=telling.say("nobody can hold", "无人可承担"),
        number=f"{duties + customers:,}",
        note=telling.say(
            f"duties {duties:,}, customers {customers:,}",
            f"职责{duties:,}项，客户{customers:,}位",
        ),
    )


def _parts(telling: Telling) -> Iterator[Part]:
    def part(key: str, en: str, zh: str, blocks: Iterator[Block]) -> Part:
        return Part(key=key, title=telling.say(en, zh), blocks=tuple(blocks))

    yield part("findings", "What asks to be done", "待处理事项", _findings(telling))
    yield part("kpis", "How it goes", "经营指标与目标", how_it_goes(telling))
    yield part("customers", "Where the customers stand", "客户现状", where_customers_stand(telling))
    if telling.review.policy.value is not None:
        worth = what_they_are_worth(telling)
        yield part("value", "What the customers are worth", "客户价值", worth)
    yield part("duties", "Who should do what", "职责分工方案", who_does_what(telling))
    yield part("book", "Who should look after whom", "客户分配方案", who_looks_after_whom(telling))
    yield part("people", "What that means for people", "对成员的影响", for_people(telling))


def _findings(telling: Telling) -> Iterator[Block]:
    found = telling.review.findings
    yield Findings(tuple(f for f in found if f.severity is not Severity.NOTE)[:_FINDINGS])
    count = len(found)
    yield Rows(
        table=of_department.findings(telling.review).only(_is_said_of_a_finding),
        summary=telling.say(
            f"all findings ({count}) with their evidence", f"全部问题及证据（{count}项）"
        ),
    )


def _colophon(telling: Telling) -> Iterator[str]:
    yield telling.say(
        "Every number can be traced. The tables that a page is written with hold all rows, "
        "exact and unrounded: a score is the sum of its points in ledger.csv, a stage follows "
        "from stage_changes.csv, a tier from tier_changes.csv, a value is the product of five "
        "numbers in values.csv, a KPI follows from numerator and denominator in kpis.csv, a move "
        "from its points in customer_moves.csv and duty_moves.csv.",
        "每个数字均可追溯。随页面导出的数据表包含全部明细，数值精确且未取整：评分等于ledger.csv中"
        "各项分值之和，阶段见stage_changes.csv，层级见tier_changes.csv，客户价值等于values.csv中"
        "五项数值之积，指标的分子与分母见kpis.csv，"
        "调整的得分见customer_moves.csv与duty_moves.csv。",
    )
    print_ = telling.review.plan.fingerprint
    yield telling.say(
        f"Plan {print_}. The same records, policy and day give the same page, byte by byte.",
        f"方案编号{print_}。相同的记录、规则集与日期得到逐字节相同的页面。",
    )


def _is_said_of_a_finding(column: str) -> bool:
    return column not in {"kind", "subject"}
