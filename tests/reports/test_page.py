"""The page of a review: whole, safe, the same every time, and it looks nowhere else."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import attrs
import pytest
from markdown_it import MarkdownIt

from crmcore.errors import MissingExtraError, UnknownNameError
from crmcore.kernel import MemberId, Phrase, Reason, Undefined
from crmcore.kpis import Direction, KpiGroup, KpiId
from crmcore.lifecycle import Stage
from crmcore.plans import MoveKind, MoveReason, Plan
from crmcore.policies import Policy
from crmcore.reports import to_html, to_markdown, write_html, write_markdown, write_tables
from crmcore.reviews import Judgement, Review
from crmcore.scoring import Entry, EntryKind
from crmcore.signals import Assurance, Variation

if TYPE_CHECKING:
    from tests.reports.conftest import Shops

LANGUAGES = ["en", "zh-CN"]
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """Reads a page: whether its elements close, and what they hold."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that holds nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Want the element to be the last one opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self.open and self.open[-1] != "style":
            self.text += data


def pictures(page: str) -> list[ET.Element]:
    """Return the pictures of a page."""
    return [ET.fromstring(svg) for svg in re.findall(r"<svg .*?</svg>", page, re.DOTALL)]  # noqa: S314 our own


def written(picture: ET.Element) -> list[str]:
    """Return the texts of a picture."""
    return ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]


def digest(review: Review, folder: Path) -> str:
    """Return a number that tells everything that is written of a review from anything else."""
    seen = hashlib.sha256()
    seen.update(to_html(review, language="zh-CN").encode())
    for language in LANGUAGES:
        seen.update(to_markdown(review, language=language).encode())
        for path in write_tables(review, folder, language=language):
            seen.update(path.read_bytes())
    return seen.hexdigest()


def judged(review: Review, judgements: Iterable[Judgement]) -> Review:
    """Return a review with other judgements."""
    return attrs.evolve(review, judgements=tuple(judgements))


def planned(review: Review, *, duties: Plan | None = None, customers: Plan | None = None) -> Review:
    """Return a review with another plan."""
    plan = attrs.evolve(
        review.plan,
        duties=duties or review.plan.duties,
        customers=customers or review.plan.customers,
    )
    return attrs.evolve(review, plan=plan)


FRESH = """
import pickle, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_page import digest
print(digest(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2])))
"""


def test_the_same_review_gives_the_same_bytes(review: Review, tmp_path: Path) -> None:
    """Page, text and tables are the same in another process, whatever its seed of hashes."""
    kept = tmp_path / "review.pickle"
    kept.write_bytes(pickle.dumps(review))

    fresh = subprocess.run(  # noqa: S603 the code stands in this file
        [
            sys.executable,
            "-c",
            FRESH,
            str(kept),
            str(tmp_path / "there"),
            str(Path(__file__).parent),
        ],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": "20"},
    )

    assert fresh.stdout.strip() == digest(review, tmp_path / "here")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_well_formed(pages: dict[str, str], language: str) -> None:
    """Every element closes, in order; the page names its language."""
    page = Page(pages[language])

    assert page.open == []
    assert ("html", {"lang": language}) in page.elements


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_needs_nothing_from_elsewhere(pages: dict[str, str], language: str) -> None:
    """No element loads, links or runs anything outside of the page."""
    text = pages[language]

    page = Page(text)

    assert not {"script", "link", "iframe", "img", "object", "embed", "base", "form"} & {
        tag for tag, _ in page.elements
    }
    for _, attributes in page.elements:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "src"
            if name in {"href", "xlink:href"}:
                assert (value or "").startswith("#")
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert "@import" not in text
    assert not re.search(r"(?<!=)\"?https?://(?!www\.w3\.org/)", text.replace("https://doi", ""))


def test_names_within_a_page_are_its_own(pages: dict[str, str]) -> None:
    """What the pictures and the contents refer to is there, and there once."""
    page = Page(pages["en"])
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    wanted = {
        (attributes.get("href") or attributes.get("xlink:href") or "").removeprefix("#")
        for _, attributes in page.elements
    }

    assert len(set(names)) == len(names)
    assert wanted - {""} <= set(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_drawn_and_described(
    review: Review, pages: dict[str, str], language: str
) -> None:
    """A page has a trend for each KPI, the flow, two maps and the workload."""
    drawn = pictures(pages[language])

    assert len(drawn) == len(review.kpis) + 4
    assert all(picture.get("role") == "img" and picture.get("aria-label") for picture in drawn)
    described = {picture.get("aria-label") for picture in drawn}
    flow = Phrase("flow of the stages", "生命周期阶段流动").in_language(language)
    assert flow in described


def test_pictures_speak_the_language_of_the_page(pages: dict[str, str]) -> None:
    """The Chinese page has Chinese words in its pictures, as text that can be searched."""
    flow = pictures(pages["zh-CN"])[-4]

    assert any(text.startswith("忠诚客户 ") for text in written(flow))


def test_the_flow_counts_every_customer(review: Review, pages: dict[str, str]) -> None:
    """The stages at the last moment hold as many customers as were reviewed."""
    flow = pictures(pages["en"])[-4]
    last = [text for text in written(flow) if re.search(r"[a-z] \d+$", text)]
    stood = {row.name: row.count for row in review.stages if row.count}

    assert f"loyal {stood['loyal']}" in last
    assert sum(stood.values()) == len(review.judgements)


def test_a_share_is_drawn_in_percent(review: Review, pages: dict[str, str]) -> None:
    """The axis of a rate has percent signs; that of a count has none."""
    drawn = pictures(pages["en"])
    axes = {
        str(series.kpi.id): [
            text for text in written(picture) if not re.match(r"\d{4}-\d\d$", text)
        ]
        for series, picture in zip(review.kpis, drawn, strict=False)
    }

    assert all(text.endswith(" %") for text in axes["churn_rate"])
    assert not any("%" in text for text in axes["customer_base"])


def test_the_page_says_where_each_number_is_kept(
    review: Review, pages: dict[str, str], tmp_path: Path
) -> None:
    """Every table of the page names the file that holds all of its rows."""
    page = Page(pages["en"])
    files = {path.name for path in write_tables(review, tmp_path)}
    sources = set(re.findall(r"\b(\w+\.csv)", page.text))

    tables = sum(tag == "table" for tag, _ in page.elements)
    assert tables >= 14
    assert sum(attributes.get("class") == "source" for _, attributes in page.elements) >= tables
    assert sources <= files


def test_a_responsibility_is_named_once_for_its_duties(
    review: Review, pages: dict[str, str]
) -> None:
    """In the table of duties a name spans the rows of its duties; Markdown leaves it out."""
    page = pages["en"]
    lines = to_markdown(review).splitlines()

    assert '<td rowspan="3">Solve complaints</td>' in page
    assert page.count(">Solve complaints</td>") == 3  # the other two are in job descriptions
    start = next(n for n, line in enumerate(lines) if line.startswith("| Solve complaints | acc"))
    assert lines[start + 1].startswith("| | responsible |")


def test_people_are_called_by_their_names(review: Review) -> None:
    """Where machines read an id, people read a name: of whom takes over, and of the next best."""
    text = to_markdown(review)

    assert "Dora Maar | Chen Li" in text
    assert "| dora |" not in text


def test_reasons_name_whom_and_what_they_are_about(review: Review) -> None:
    """A reason that points at a duty, a customer or a member says how people call it."""
    plan = review.plan.duties
    reasons = [
        MoveReason(
            kind=MoveKind.MAKES_ROOM,
            other="responsibility:renewals:responsible",
            runner_up=MemberId("ben"),
            margin=Decimal(3),
        ),
        MoveReason(kind=MoveKind.MAKES_ROOM, other="customer:ada"),
    ]
    moves = [
        attrs.evolve(move, reason=reason) for move, reason in zip(plan.moves, reasons, strict=True)
    ]
    changed = planned(review, duties=attrs.evolve(plan, moves=tuple(moves)))

    english, chinese = to_markdown(changed), to_markdown(changed, language="zh-CN")

    assert "makes room for others: Win customers back (responsible); next best Ben Carter, -3" in (
        english
    )
    assert "makes room for others: customer ada" in english
    assert "为其他安排腾出空间：Win customers back（执行）；次优人选Ben Carter，-3" in chinese
    assert "为其他安排腾出空间：客户 ada" in chinese


def test_why_not_everything_can_be_covered(review: Review) -> None:
    """Few reasons stand before what is uncovered; where hours are only worth more, none do."""
    plan = review.plan
    priced = planned(
        review,
        duties=attrs.evolve(plan.duties, shortfalls=()),
        customers=attrs.evolve(plan.customers, shortfalls=()),
    )

    english, chinese = to_markdown(review), to_markdown(review, language="zh-CN")

    assert plan.duties.shortfalls
    for shortfall in plan.duties.shortfalls:
        assert shortfall.wording.en.partition(":")[0] in english
        assert shortfall.wording.zh.partition("：")[0] in chinese
    assert "hours lacking in all" in english
    assert "hours lacking in all" not in to_markdown(priced)


def test_a_duty_that_stays_against_a_rule_says_so(review: Review) -> None:
    """Where nobody can hold a duty, the table of duties says so, and who keeps it for now."""
    plan = review.plan.duties
    sql = Phrase("sql at level 3 or more", "3级以上的sql")
    kept = [attrs.evolve(one, stays_with=MemberId("ben"), rule=sql) for one in plan.uncovered]
    changed = planned(review, duties=attrs.evolve(plan, uncovered=tuple(kept)))

    assert "nobody can hold it: 3 members" in to_markdown(review)
    assert (
        "Ben Carter keeps it without sql at level 3 or more, as nobody else can hold it: 3 members"
    ) in to_markdown(changed)
    assert "暂由Ben Carter继续承担（缺少3级以上的sql）" in to_markdown(changed, language="zh-CN")


def test_kpis_are_read_in_their_units(review: Review) -> None:
    """The page shows a rate as a percentage and sales with their currency."""
    text = to_markdown(review)

    assert re.search(r"\| 2026-08 \| 100.0 % \| \d+ \| \d+ \|", text)
    assert re.search(r"\| 2026-08 \| 520.00 USD \| 520 \|", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_department_without_anything_has_its_page(empty_review: Review, language: str) -> None:
    """Nobody, nothing and one month make a page that says so."""
    text = to_html(empty_review, language=language)

    assert Page(text).open == []
    none = Phrase("training.csv: no rows", "training.csv：无记录").in_language(language)
    assert none in text
    assert Phrase("No goal is followed.", "没有正在跟踪的目标。").in_language(language) in text
    assert to_markdown(empty_review, language=language).startswith("# ")


def test_what_is_undefined_says_why(review: Review, tmp_path: Path) -> None:
    """A page of undefined numbers has dashes and reasons, and its tables empty cells."""
    nothing = Undefined(Reason.TOO_FEW)
    series = [attrs.evolve(one, values=tuple(nothing for _ in one.values)) for one in review.kpis]
    goals = [
        attrs.evolve(
            goal,
            series=next(one for one in series if one.kpi.id == goal.goal.kpi),
            current=nothing,
            progress=nothing,
            pace=nothing,
            forecast=nothing,
        )
        for goal in review.goals
    ]
    blank = attrs.evolve(review, kpis=tuple(series), goals=tuple(goals))

    page = Page(to_html(blank))
    write_tables(blank, tmp_path)

    assert "there are too few observations" in page.text
    assert "now –: progress –, pace –" in page.text
    assert ",,,,,,there are too few observations\n" in (tmp_path / "kpis.csv").read_text("utf-8")


def test_gaps_and_lone_numbers_are_drawn(review: Review) -> None:
    """A number without neighbours is a dot, a gap breaks the line, and a flat line is a line."""
    nothing = Undefined(Reason.NO_DATA)
    base = review.kpi("customer_base")
    last = base.values[-1]
    holes = attrs.evolve(
        base,
        values=tuple(
            nothing if place in {1, 3, len(base.values) - 1} else last
            for place in range(len(base.values))
        ),
    )
    kpis = [holes if one.kpi.id == base.kpi.id else one for one in review.kpis]

    place = [one.kpi.id for one in review.kpis].index(base.kpi.id)
    quiet = attrs.evolve(
        review, charts=tuple(attrs.evolve(each, signals=()) for each in review.charts)
    )
    drawn = pictures(to_html(attrs.evolve(quiet, kpis=tuple(kpis))))

    dots = [element for element in drawn[place].iter() if element.tag.endswith("}use")]
    assert len(dots) >= 3
    before = [one for one in pictures(to_html(quiet))[place].iter() if one.tag.endswith("}use")]
    assert len(dots) > len(before)


def colours(picture: ET.Element) -> list[tuple[str, str]]:
    """Return fill and edge of the marks of a picture, which refer to a shape."""
    found = []
    for element in picture.iter():
        if element.tag.endswith("}use"):
            style = element.get("style", "")
            fill, edge = (re.search(rf"{name}: (#?\w+)", style) for name in ("fill", "stroke"))
            found.append((fill[1] if fill else "", edge[1] if edge else ""))
    return found


def test_changes_are_marked_by_shape_and_by_filling(review: Review, pages: dict[str, str]) -> None:
    """What became worse is filled and red, what became better hollow and blue."""
    keys = [one.kpi.id for one in review.kpis]
    drawn = pictures(pages["en"])

    churn, base = (
        colours(drawn[keys.index(KpiId(key))]) for key in ("churn_rate", "customer_base")
    )

    assert ("#c2452d", "#c2452d") in churn  # too many left in one month
    assert ("#ffffff", "#2f6f9f") in base
    assert ("#c2452d", "#c2452d") in base


def test_a_change_that_is_neither_good_nor_bad_is_grey(review: Review) -> None:
    """Of a KPI that is best at its target nobody can say which way is better."""
    place = [one.kpi.id for one in review.kpis].index(KpiId("customer_base"))
    charts = list(review.charts)
    charts[place] = attrs.evolve(charts[place], direction=Direction.TARGET)

    drawn = pictures(to_html(attrs.evolve(review, charts=tuple(charts))))[place]

    assert {edge for _, edge in colours(drawn)} == {"#9aa5b1", "#2f6f9f"}
    assert ("#ffffff", "#9aa5b1") in colours(drawn)


def test_natural_limits_are_thin_lines(review: Review, pages: dict[str, str]) -> None:
    """Where there are limits, the picture has two lines and a dotted centre."""
    drawn = pictures(pages["en"])
    for place, chart in enumerate(review.charts):
        styles = (path.get("style", "") for path in drawn[place].iter())
        lines = [each for each in styles if "stroke: #9aa5b1" in each and "0.8" in each]
        has_limits = any(not isinstance(point.limits, Undefined) for point in chart.points)
        assert (len(lines) >= 3) is has_limits


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_has_changed(review: Review, language: str) -> None:
    """Variation and assurance stand on the page in words, and what nobody looks at."""
    text = to_markdown(review, language=language)

    changed = [each.variation for each in review.charts]
    for each in changed:
        if isinstance(each, Variation):
            assert each.label.in_language(language) in text
    assert Assurance.NEVER.label.in_language(language) in text
    gaps = [group.label for group in KpiGroup if group not in {KpiGroup.RETENTION, KpiGroup.SALES}]
    named = Phrase("; ".join(g.en for g in gaps), "；".join(g.zh for g in gaps))
    assert named.in_language(language) in text


def test_a_page_with_every_group_says_so(review: Review) -> None:
    """Where every group has a KPI, nothing is missing."""
    groups = list(KpiGroup)
    kpis = tuple(
        attrs.evolve(one, kpi=attrs.evolve(one.kpi, group=groups[place % len(groups)]))
        for place, one in enumerate(review.kpis)
    )

    text = to_markdown(attrs.evolve(review, kpis=kpis))

    assert "There is a KPI of every group of the catalogue." in text
    assert "No KPI tells of" not in text


def test_one_month_is_a_page_too(shops: Shops) -> None:
    """With a single month there is nothing before it, and its name stands in the middle."""
    review = shops(months=1)

    page = Page(to_html(review))

    assert page.open == []
    assert re.search(r"\d{4}-\d\d, before ", Page(to_html(shops(months=2))).text)
    assert not re.search(r"\d{4}-\d\d, before ", page.text)


def test_what_went_back_has_no_area_but_its_number(review: Review) -> None:
    """A cell whose customers got more back than they paid keeps its number below zero."""
    judgements = [
        attrs.evolve(one, features=attrs.evolve(one.features, spend=Decimal("-12.50")))
        for one in review.judgements
    ]
    refunded = judged(review, judgements)

    page = to_html(refunded)

    assert Page(page).open == []
    assert "-12.50" in page
    assert "-125 USD" in page


def test_customers_in_no_segment_are_on_the_map(review: Review) -> None:
    """Whom no segment holds has a colour of its own on the map, and an entry in the legend."""
    judgements = [
        attrs.evolve(one, features=attrs.evolve(one.features, segment=None))
        for one in review.judgements
    ]
    unplaced = judged(review, judgements)

    page = to_html(unplaced)
    map_ = pictures(page)[-3]

    colours = {match for element in map_.iter() for match in re.findall(
        r"fill: (#\w+)", element.get("style") or "")}  # fmt: skip
    assert "#155e75" not in colours
    assert '<li><i style="border-color:#e4e7eb;background:#e4e7eb"></i>none</li>' in page


def test_a_map_of_everybody_needs_no_remark(review: Review) -> None:
    """Who has bought nothing has no place on the map, and is counted below it."""
    bought = [one for one in review.judgements if one.features.r is not None]
    missing = len(review.judgements) - len(bought)

    page = Page(to_html(judged(review, bought)))

    assert "Not on the maps" not in page.text
    assert missing == 1


def test_a_ledger_shows_how_points_come_about(review: Review) -> None:
    """Points that fade say from what and since when; what is unknown says what is at stake."""
    at_risk = next(one for one in review.judgements if one.stages.stage is Stage.AT_RISK)
    why = Phrase("it is so", "确实如此")
    entries = (
        Entry(
            kind=EntryKind.GIVEN,
            rule="called",
            version="1",
            points=Decimal("12.50"),
            base=Decimal(25),
            factor=Decimal("0.5"),
            age_days=1,
            reason=why,
        ),
        Entry(
            kind=EntryKind.UNKNOWN,
            rule="complained",
            version="1",
            points=Decimal(0),
            base=Decimal(0),
            at_stake=Decimal(-40),
            reason=why,
        ),
    )
    score = attrs.evolve(at_risk.score, ledger=entries, low=Decimal(-40), high=Decimal(20))
    one = judged(review, [attrs.evolve(at_risk, score=score)])

    english, chinese = to_markdown(one), to_markdown(one, language="zh-CN")

    assert "1. called: 25 × 0.5 (1 day old) = 12.5 · it is so\n" in english
    assert "1. complained: 0, -40 at stake · it is so\n" in english
    assert "1. called: 25 × 0.5 (距今1天) = 12.5 · 确实如此\n" in chinese
    assert "1. complained: 0，待定-40分 · 确实如此\n" in chinese


def test_nobody_at_risk_needs_no_ledgers(review: Review) -> None:
    """Where nobody is at risk, the page shows no ledgers."""
    safe = [one for one in review.judgements if one.stages.stage != "at_risk"]

    assert "what they are made of" in to_markdown(review)
    assert "what they are made of" not in to_markdown(judged(review, safe))


def test_members_without_hours_are_in_the_workload(review: Review) -> None:
    """A member with no hours has no dot; one who was not there before has only the later one."""
    plan = review.plan.customers
    idle = [attrs.evolve(load, capacity=Decimal(0)) for load in plan.after.loads]
    changed = planned(
        review,
        customers=attrs.evolve(
            plan,
            after=attrs.evolve(plan.after, loads=tuple(idle)),
            before=attrs.evolve(plan.before, loads=()),
        ),
    )

    picture = pictures(to_html(changed))[-1]

    assert "Anna Kowalski" in written(picture)
    assert "| Anna Kowalski | 0.0 | – | – | – | 0 | 0.0 | – |" in to_markdown(changed)


def test_who_has_more_than_the_hours_stands_out(review: Review, pages: dict[str, str]) -> None:
    """Whoever has more work than hours by the plan is drawn in the colour of alarm."""
    plan = review.plan.customers
    busy = [attrs.evolve(load, hours=load.capacity * 2) for load in plan.after.loads]
    changed = planned(
        review,
        customers=attrs.evolve(plan, after=attrs.evolve(plan.after, loads=tuple(busy))),
    )

    picture = ET.tostring(pictures(to_html(changed))[-1], "unicode")

    assert "fill: #c2452d" in picture
    assert "fill: #c2452d" not in ET.tostring(pictures(pages["en"])[-1], "unicode")


def test_the_most_telling_rows_come_first_and_the_rest_is_counted(review: Review) -> None:
    """Of a long table the page shows the first rows, and says how many there are."""
    plan = review.plan.customers
    many = attrs.evolve(plan, moves=plan.moves * 10)
    changed = planned(review, customers=many)

    english, chinese = to_markdown(changed), to_markdown(changed, language="zh-CN")

    assert r"customer\_moves.csv: the first 15 of 40 rows" in english
    assert r"customer\_moves.csv：共40行，此处为前15行" in chinese


def test_hostile_names_stay_text_in_a_page(hostile_review: Review, hostile_name: str) -> None:
    """A name is shown as it is: it opens no element, no attribute and no formula."""
    text = to_html(hostile_review)

    page = Page(text)

    assert page.open == []
    assert "script" not in {tag for tag, _ in page.elements}
    assert hostile_name in page.text
    assert not any(name.startswith("on") for _, had in page.elements for name in had)
    assert any("<script>alert(1)" in line for drawn in pictures(text) for line in written(drawn))
    assert "…" in "".join(written(pictures(text)[-1]))


def test_hostile_names_stay_text_in_markdown(hostile_review: Review, hostile_name: str) -> None:
    """A name makes no element, link, emphasis, code or column of Markdown."""
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table")
    text = to_markdown(hostile_review)

    html = parsed.render(text)
    page = Page(html)

    assert page.open == []
    assert {tag for tag, _ in page.elements} <= {
        *("h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "details", "summary", "hr"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert hostile_name in page.text
    assert "<code>" not in html
    assert "<a " not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_markdown_is_a_table(review: Review, language: str) -> None:
    """No blank line parts a head from its rule or a row from the next; cells are as many."""
    text = to_markdown(review, language=language)
    parsed = MarkdownIt("commonmark").enable("table")

    rows = re.findall(r"<tr>.*?</tr>", parsed.render(text), re.DOTALL)
    lines = [line for line in text.splitlines() if line.startswith("|")]

    rules = [line for line in lines if re.fullmatch(r"\|(?: -{3}:? \|| --- \|)+", line)]
    assert len(rows) == len(lines) - len(rules)
    assert len(rules) >= 14


def test_markdown_wastes_no_lines(review: Review) -> None:
    """Never two empty lines in a row, and no blanks at the end of a line."""
    text = to_markdown(review)

    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("# one", r"# \# one: review"),
        ("1. one", r"# 1\. one: review"),
        ("1990 one", "# 1990 one: review"),
        ("- one", r"# \- one: review"),
        ("-one", "# -one: review"),
    ],
)
def test_names_begin_no_heading_and_no_list(review: Review, name: str, heading: str) -> None:
    """A name that looks like a heading or like an item of a list is only a name."""
    organization = attrs.evolve(
        review.organization, department=attrs.evolve(review.organization.department, name=name)
    )

    text = to_markdown(attrs.evolve(review, organization=organization))

    assert text.startswith(f"{heading} as of 2026-09-30\n")


def test_pages_are_written_as_they_are_returned(
    review: Review, pages: dict[str, str], tmp_path: Path
) -> None:
    """A file holds the page in UTF-8, with the line ends of the page."""
    write_html(review, tmp_path / "review.html", language="zh-CN")
    write_markdown(review, str(tmp_path / "review.md"))

    assert (tmp_path / "review.html").read_bytes() == pages["zh-CN"].encode()
    assert (tmp_path / "review.md").read_bytes() == to_markdown(review).encode()


def test_other_languages_are_refused(review: Review, tmp_path: Path) -> None:
    """A language that nobody has translated to is named, with those that there are."""
    with pytest.raises(UnknownNameError, match="language 'fr'"):
        to_html(review, language="fr")
    with pytest.raises(UnknownNameError, match="language 'fr'"):
        write_tables(review, tmp_path, language="fr")


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_without_its_extra_the_room_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Importing the room without its extra names the command that brings it."""
    for name in [name for name in sys.modules if name.startswith("crmcore.reports")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[reports\]'"):
        __import__("crmcore.reports")


def test_the_default_policy_fits_the_page(review: Review) -> None:
    """Every stage, segment and tier of the policy has its row on the page."""
    text = to_markdown(review)
    policy = Policy.default()

    labels = [each.label for each in policy.segments.segments]
    labels += [each.label for each in policy.tiers.tiers]

    for label in labels:
        assert f"\n| {label.en} | " in text
    assert review.as_of == date(2026, 9, 30)
