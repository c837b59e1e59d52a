"""Differences between two definitions, in words: why is our churn 4 % and theirs 6 %?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase
from crmcore.measures import Both, Derived, Measure

from ._kpi import Kpi
from ._parameters import PARAMETERS, Stated
from ._series import KpiSeries


@attrs.frozen
class _Verb:
    """What is said of one place, of several places, and in Chinese."""

    one: str
    several: str
    zh: str


_COUNT: Final = _Verb("counts", "count", "统计")
_TAKE: Final = _Verb("takes", "take", "取")
_HAVE: Final = _Verb("has", "have", "采用")
_REACH: Final = _Verb("reaches to", "reach to", "截至")
_BE: Final = _Verb("is", "are", "为")

_FIRST: Final = Phrase("the first", "前者")
_SECOND: Final = Phrase("the second", "后者")
_IT: Final = Phrase("it", "该指标")
_PLACES: Final = {
    "numerator": Phrase("the numerator", "分子"),
    "denominator": Phrase("the denominator", "分母"),
    "one": Phrase("the first set", "第一组"),
    "other": Phrase("the second set", "第二组"),
}
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")

_FIELDS: Final = {
    "among": Phrase("who is compared,", "比较范围"),
    "at": Phrase("the order by", "排序字段"),
    "base": Phrase("the base", "基准事件"),
    "best": Phrase("the best as the", "最优方向"),
    "calendar": Phrase("the calendar", "日历"),
    "converted": Phrase("the event that converts", "转化事件"),
    "days": Phrase("the number of days", "天数"),
    "due": Phrase("the due time", "截止时间"),
    "entity": Phrase("the entity", "实体"),
    "field": Phrase("the field", "字段"),
    "first": Phrase("only the first event", "仅首次事件"),
    "function": Phrase("the function", "函数"),
    "given": Phrase("the given numbers", "给定数值"),
    "grain": Phrase("the distance", "间隔"),
    "into": Phrase("the events that convert among", "转化事件来源"),
    "later_day": Phrase("only a later day", "仅限次日起"),
    "mature": Phrase("only cases that are due", "仅限已到期个案"),
    "moment": Phrase("the moment", "时点"),
    "on": Phrase("the day that counts", "计入日期"),
    "over": Phrase("over all entities the", "跨实体取值"),
    "part": Phrase("the part", "部分"),
    "pauses": Phrase("the pauses", "暂停时间"),
    "present": Phrase("who is there", "在场条件"),
    "q": Phrase("the quantile", "分位数"),
    "since": Phrase("the beginning", "起点"),
    "source": Phrase("the kind of records", "记录类型"),
    "take": Phrase("of each entity the", "每个实体取值"),
    "to_date": Phrase("the beginning of the", "起始周期"),
    "top": Phrase("the top share", "头部比例"),
    "unit": Phrase("the unit", "单位"),
    "until": Phrase("the end", "终点"),
    "tie": Phrase("the order of ties by", "并列排序字段"),
    "whole": Phrase("only whole cohorts", "仅限完整批次"),
    "whose": Phrase("those who count,", "计入对象"),
    "within": Phrase("the greatest distance", "最大差距"),
}


_EDGES: Final = {
    "start": Phrase("the start of the period", "期初"),
    "end": Phrase("the end of the period", "期末"),
}
_SHARES: Final = {
    True: Phrase("a share with an interval", "带区间的占比"),
    False: Phrase("a ratio without one", "不带区间的比值"),
}
_SHARE: Final = Phrase("the share itself", "该比率本身")
_REST: Final = Phrase("1 less that share", "1减去该比率")


@attrs.frozen
class _Change:
    """What is one thing here and another thing there."""

    verb: _Verb
    ours: Phrase
    theirs: Phrase

    def said_of(self, places: list[Phrase]) -> Phrase:
        """Return the change as a sentence about some places."""
        en = [place.en for place in places]
        told = " and ".join(filter(None, (", ".join(en[:-1]), en[-1])))
        verb = self.verb.one if len(places) == 1 else self.verb.several
        whose = "、".join(place.zh for place in places)
        return Phrase(
            f"{told} {verb} {self.ours.en} instead of {self.theirs.en}",
            f"{whose}{self.verb.zh}{self.ours.zh}，而不是{self.theirs.zh}",
        )


def diff(ours: Kpi | KpiSeries, theirs: Kpi | KpiSeries) -> tuple[Phrase, ...]:
    """Return in words how one definition differs from another; nothing where it does not.

    Of series, what the company stated, which customers counted, and when it was known is
    compared as well.

    Args:
        ours: A definition, or the values computed by it.
        theirs: Another one.

    Returns:
        A sentence for each difference, which says what is the case in *ours* instead of in
        *theirs*.

    Raises:
        InvalidValueError: If one of them is something else.

    .. versionadded:: 0.1.0
    """
    one, other = _definition_of("ours", ours), _definition_of("theirs", theirs)
    found: dict[_Change, list[Phrase]] = {}
    for place, change in (*_of_kpis(one, other), *_of_measures(one.measure, other.measure, _IT)):
        places = found.setdefault(change, [])
        if place not in places:
            places.append(place)
    said = [change.said_of(places) for change, places in found.items()]
    if isinstance(ours, KpiSeries) and isinstance(theirs, KpiSeries):
        said += _of_terms(ours, theirs)
    if not said and one.definition != other.definition:
        said.append(Phrase("only the wording of the definition differs", "仅定义的措辞不同"))
    return tuple(said)


def _definition_of(name: str, given: Kpi | KpiSeries) -> Kpi:
    found = given.kpi if isinstance(given, KpiSeries) else given
    if not isinstance(found, Kpi):
        raise InvalidValueError(name, given, "be a Kpi or a KpiSeries")
    return found


def _of_kpis(ours: Kpi, theirs: Kpi) -> Iterator[tuple[Phrase, _Change]]:
    """Yield what differs beside the measure."""
    if ours.id != theirs.id:
        yield _IT, _Change(_BE, ours.name, theirs.name)
    labels = {
        "unit": Phrase("the unit", "单位"),
        "direction": Phrase("the direction", "方向"),
        "smallest": Phrase("a smallest number of records of", "最少记录数"),
        "confidential": Phrase("the confidence of", "保密性"),
    }
    for name, label in labels.items():
        one, other = getattr(ours, name), getattr(theirs, name)
        if one != other:
            yield _IT, _Change(_HAVE, _labelled(label, one), _words(other))


def _of_measures(ours: Measure, theirs: Measure, place: Phrase) -> Iterator[tuple[Phrase, _Change]]:
    """Yield what differs between two measures, part by part where they are alike."""
    if ours == theirs:
        return
    if _is_complement(theirs, ours):
        yield place, _Change(_BE, _SHARE, _REST)
    elif _is_complement(ours, theirs):
        yield place, _Change(_BE, _REST, _SHARE)
    elif type(ours) is not type(theirs) or _is_other(ours, theirs):
        yield place, _Change(_COUNT, ours.words, theirs.words)
    elif isinstance(ours, Both) and isinstance(theirs, Both):
        yield from _of_sets(ours, theirs, place)
    else:
        kind: Any = type(ours)
        for field in attrs.fields(kind):
            if field.init:
                one, other = getattr(ours, field.name), getattr(theirs, field.name)
                yield from _of_fields(field.name, one, other, place)


def _is_complement(one: Measure, other: Measure) -> bool:
    """Say whether a measure is 1 less another one."""
    return isinstance(one, Derived) and (one.function, one.of) == ("complement", (other,))


def _is_other(ours: Measure, theirs: Measure) -> bool:
    """Say whether two derived measures are of different functions, or of as many parts."""
    return (
        isinstance(ours, Derived)
        and isinstance(theirs, Derived)
        and (ours.function != theirs.function or len(ours.of) != len(theirs.of))
    )


def _of_sets(ours: Both, theirs: Both, place: Phrase) -> Iterator[tuple[Phrase, _Change]]:
    """Yield what differs in both sets as a difference of the whole, and the rest by set."""
    first = {change for _, change in _of_measures(ours.one, theirs.one, place)}
    second = {change for _, change in _of_measures(ours.other, theirs.other, place)}
    for name, one, other in (
        ("one", ours.one, theirs.one),
        ("other", ours.other, theirs.other),
    ):
        for where, change in _of_measures(one, other, _within(place, _PLACES[name])):
            yield (place if change in first & second else where), change


def _of_fields(
    name: str,
    ours: Any,  # noqa: ANN401 - whatever a field holds
    theirs: Any,  # noqa: ANN401
    place: Phrase,
) -> Iterator[tuple[Phrase, _Change]]:
    if isinstance(ours, Measure) and isinstance(theirs, Measure):
        inner = _within(place, _PLACES[name]) if name in _PLACES else place
        yield from _of_measures(ours, theirs, inner)
    elif name == "of":
        for number, (one, other) in enumerate(zip_longest(ours, theirs)):
            inner = place if len(ours) == 1 else _within(place, _part(number))
            yield from _of_measures(one, other, inner)
    elif ours != theirs:
        if name == "where":
            yield place, _Change(_TAKE, _records(ours), _records(theirs))
        elif name == "proportion":
            yield place, _Change(_BE, _SHARES[ours], _SHARES[theirs])
        elif name == "until" and {ours, theirs} == _EDGES.keys():
            yield place, _Change(_REACH, _EDGES[ours], _EDGES[theirs])
        else:
            label = _FIELDS.get(name, Phrase(name, name))
            yield place, _Change(_HAVE, _labelled(label, ours), _words(theirs))


def _part(number: int) -> Phrase:
    word = _ORDINALS[number] if number < len(_ORDINALS) else f"{number + 1}th"
    return Phrase(f"the {word} part", f"第{number + 1}部分")


def _within(outer: Phrase, inner: Phrase) -> Phrase:
    if outer == _IT:
        return inner
    return Phrase(f"{inner.en} of {outer.en}", f"{outer.zh}的{inner.zh}")


def _labelled(label: Phrase, value: object) -> Phrase:
    said = _words(value)
    return Phrase(f"{label.en} {said.en}", f"{label.zh}{said.zh}")


def _words(value: object) -> Phrase:
    """Return any value in words."""
    if isinstance(value, Criterion | Measure):
        return value.words
    if isinstance(value, LabelledEnum):
        return value.label
    if value is None:
        return Phrase("none", "无")
    if isinstance(value, bool):
        return Phrase("yes", "是") if value else Phrase("no", "否")
    if isinstance(value, tuple):
        text = ", ".join(" = ".join(map(str, pair)) for pair in value)
        return Phrase(text or "none", text or "无")
    return Phrase(str(value), str(value))


def _records(where: Criterion | None) -> Phrase:
    if where is None:
        return Phrase("all records", "全部记录")
    return Phrase(f"records where {where.words.en}", f"符合条件（{where.words.zh}）的记录")


def _of_terms(ours: KpiSeries, theirs: KpiSeries) -> Iterator[Phrase]:
    """Yield what was stated otherwise, who else counted, and when it was known."""
    yield from _of_stated(dict(ours.stated), dict(theirs.stated))
    if ours.where != theirs.where:
        one, other = _customers(ours.where), _customers(theirs.where)
        yield Phrase(
            f"it looks at {one.en} instead of {other.en}", f"针对{one.zh}，而不是{other.zh}"
        )
    if ours.scope != theirs.scope:
        one, other = _scope(ours), _scope(theirs)
        yield Phrase(
            f"it is the figure of {one.en} instead of {other.en}",
            f"范围为{one.zh}，而不是{other.zh}",
        )
    if ours.as_of != theirs.as_of:
        yield Phrase(
            f"it tells what was known on {ours.as_of} instead of {theirs.as_of}",
            f"依据{ours.as_of}当日已知的记录，而不是{theirs.as_of}",
        )


def _of_stated(here: Mapping[str, Stated], there: Mapping[str, Stated]) -> Iterator[Phrase]:
    for name in sorted(here.keys() | there.keys()):
        label = PARAMETERS[name].name if name in PARAMETERS else Phrase(name, name)
        if name in here and name in there:
            if here[name] != there[name]:
                yield Phrase(
                    f"{label.en}: {here[name]} instead of {there[name]}",
                    f"{label.zh}：{here[name]}，而不是{there[name]}",
                )
            continue
        which, value = (_FIRST, here[name]) if name in here else (_SECOND, there[name])
        yield Phrase(
            f"only {which.en} leaves open {label.en}: {value}",
            f"仅{which.zh}由公司规定{label.zh}：{value}",
        )


def _customers(where: Criterion | None) -> Phrase:
    if where is None:
        return Phrase("all customers", "全部客户")
    return Phrase(
        f"customers of whom holds: {where.words.en}", f"符合条件（{where.words.zh}）的客户"
    )


def _scope(series: KpiSeries) -> Phrase:
    told = ", ".join(f"{name} {value or '-'}" for name, value in series.scope)
    return Phrase(told or "the whole", told or "整体")
