"""What linting finds, in words."""

from __future__ import annotations

from collections.abc import Sequence

from crmcore.kernel import Phrase

from ._answer import Witness
from ._finding import LintKind
from ._formula import Site


def such_as(witness: Witness | None) -> Phrase:
    """Return a customer as the end of a sentence; nothing where there is nothing to tell."""
    if not witness:
        return Phrase("", "")
    en = ", ".join(f"{name} {_shown(value, 'missing')}" for name, value in witness)
    zh = "、".join(f"{name} {_shown(value, '缺失')}" for name, value in witness)
    return Phrase(f", such as {en}", f"，例如 {zh}")


def _shown(value: object, missing: str) -> str:
    if value is None:
        return missing
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(value)) + "}"
    return f"“{value}”" if isinstance(value, str) else str(value)


def listed(names: Sequence[str]) -> Phrase:
    """Return names in words."""
    if len(names) == 1:
        return Phrase(names[0], names[0])
    first, last = names[:-1], names[-1]
    return Phrase(f"{', '.join(first)} and {last}", f"{'、'.join(first)}和{last}")


def contradiction(name: str) -> Phrase:
    """Say that a criterion never holds."""
    return Phrase(f"{name} never holds: nobody can meet it", f"{name}恒不成立：没有客户能够满足")


def tautology(name: str, witness: Witness | None) -> Phrase:
    """Say that a criterion always holds."""
    end = such_as(witness)
    return Phrase(f"{name} holds for everybody{end.en}", f"{name}对所有客户均成立{end.zh}")


def indefinite(name: str, witness: Witness | None) -> Phrase:
    """Say that a criterion may be unknown."""
    end = such_as(witness)
    return Phrase(
        f"{name} is unknown for some customers{end.en}", f"{name}对部分客户的结果未知{end.zh}"
    )


def negation(name: str, site: Site, witness: Witness | None, *, is_access: bool) -> Phrase:
    """Say whom a negation leaves out, and how to take them in."""
    written, meant, end = site.written.words, site.meant.words, such_as(witness)
    en = (
        f"{name} asks “{written.en}” and leaves out customers of whom that is unknown{end.en}; "
        f"“{meant.en}” takes them in"
    )
    zh = f"{name}要求“{written.zh}”，不包括结果未知的客户{end.zh}；“{meant.zh}”则会将其包括在内"
    if not is_access:
        return Phrase(en, zh)
    return Phrase(f"{en}; access must say which is meant", f"{zh}；权限须写明采用哪一种")


def idle(name: str, branch: Site) -> Phrase:
    """Say that a part of a criterion changes nothing."""
    words = branch.written.words
    return Phrase(
        f"in {name}, “{words.en}” changes nothing and may go",
        f"{name}中的“{words.zh}”不起任何作用，可以删去",
    )


def overlap(one: str, other: str, witness: Witness | None) -> Phrase:
    """Say that two criteria hold for the same customer."""
    end = such_as(witness)
    return Phrase(
        f"{one} and {other} both hold for some customers{end.en}",
        f"{one}与{other}同时适用于部分客户{end.zh}",
    )


def shadowed(name: str, winners: Sequence[str], witness: Witness | None) -> Phrase:
    """Say that criteria before another one take all of its customers."""
    before, end = listed(winners), such_as(witness)
    takes = "takes" if len(winners) == 1 else "take"
    return Phrase(
        f"{name} takes nobody: {before.en} before it {takes} all of its customers{end.en}",
        f"{name}不会命中任何客户：其客户均被前面的{before.zh}占用{end.zh}",
    )


def equivalent(one: str, other: str, witness: Witness | None) -> Phrase:
    """Say that two criteria hold for the same customers."""
    end = such_as(witness)
    return Phrase(
        f"{one} and {other} hold for the same customers{end.en}",
        f"{one}与{other}适用于完全相同的客户{end.zh}",
    )


def implied(narrow: str, wide: str, witness: Witness | None) -> Phrase:
    """Say that one criterion holds wherever another one does, and for others."""
    end = such_as(witness)
    return Phrase(
        f"whoever meets {narrow} meets {wide} too, and others do{end.en}",
        f"满足{narrow}的客户均满足{wide}，后者还包括其他客户{end.zh}",
    )


def gap(fields: Sequence[str], counted: tuple[int, int] | None, witness: Witness | None) -> Phrase:
    """Say that nobody takes some customers."""
    end = such_as(witness)
    if counted is None:
        return Phrase(
            f"none of the criteria takes some customers{end.en}",
            f"部分客户不属于任何一项{end.zh}",
        )
    count, total = counted
    names = listed(fields)
    return Phrase(
        f"none of the criteria takes {count} of {total} combinations of {names.en}{end.en}",
        f"{names.zh}的{total}种组合中有{count}种不属于任何一项{end.zh}",
    )


def unplaced(names: Sequence[str], witness: Witness | None) -> Phrase:
    """Say that nobody surely takes some customers, because data is missing."""
    some, end = listed(names), such_as(witness)
    return Phrase(
        f"where data is missing, customers who may belong to {some.en} are in none{end.en}",
        f"数据缺失时，可能属于{some.zh}的客户不属于任何一项{end.zh}",
    )


def not_decided(kind: LintKind, names: Sequence[str]) -> Phrase:
    """Say that a question is open."""
    some = listed(names)
    return Phrase(
        f"“{kind.label.en}” was not decided for {some.en}",
        f"未能判定{some.zh}的“{kind.label.zh}”",
    )
