"""The grammar that the pages show is that of the reader and of the writer."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

from crmcore.criteria import Criterion, F, Predicates, predicate
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.notation import from_text, to_text
from crmcore.testing import random_criteria

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "notation.md"
# A choice, a sequence, a repetition, an option, a sign, or the name of something else.
Rule: TypeAlias = "tuple[str, Any]"

# How the page's own words for constants look.
WORDS: Final = {
    "text": r'"(?:[^"\\\n]|\\.)*"',
    "datetime": r"\d{4}-\d{2}-\d{2}T[\d:.]+Z",
    "date": r"\d{4}-\d{2}-\d{2}",
    "float": r"\d+(?:\.\d+)?e[+-]?\d+",
    "decimal": r"\d+\.\d+",
    "integer": r"\d+",
    "quoted": r"`\w+`",
    "word": r"[^\W\d]\w*",
}
TOKEN: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in WORDS.items())
    + r"|(?P<sign>==|!=|<=|>=|[-<>+*/(),.=:])"
)
SAMPLES: Final = {
    "text": ('"gold"', '"gold"', '"silver"', r'"客\"户"'),
    "datetime": ("2026-09-30T12:00:00Z",),
    "date": ("2026-09-30",),
    "float": ("1e3", "5.5e-1"),
    "decimal": ("1.50",),
    "integer": ("0", "42"),
    "quoted": ("`where`", "`a`"),
    "word": ("a", "spend", "名", "missing", "days", "acme", "is_x"),
}
# What the grammar leaves to the meaning.
MEANING: Final = re.compile(
    r"^(expected (a field, or a calculation with one,|a field) beside "
    r"|expected a number (after -$|of days)|expected days or months"
    r"|it must have a field on one side|[-+*/] must (take numbers|have a denominator)"
    r"|unknown (name|predicate|argument)|'\w+' is given twice|days_between must count between"
    r"|value must be|country must be|name must be a plain name|is not used"
    r"|names refer to each other in a circle|.* is defined twice)"
)


@predicate("acme.is_x", version="1", reads=["a"])
def is_x(record: Any, country: str = "DE", n: int = 5) -> bool:  # noqa: ANN401 - any record
    """Is so."""
    raise NotImplementedError(record, country, n)


def grammar() -> dict[str, Rule]:
    """Return the rules of the page's grammar by their names."""
    (text,) = re.findall(r"```ebnf\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    signs = re.findall(r'"[^"]*"|\w+|[=|,;(){}\[\]]', text)
    rules: dict[str, Rule] = {}
    while signs:
        name, _ = signs.pop(0), signs.pop(0)
        rules[name] = _choice(signs)
        assert signs.pop(0) == ";"
    return rules


def _choice(signs: list[str]) -> Rule:
    options = [_sequence(signs)]
    while signs[0] == "|":
        signs.pop(0)
        options.append(_sequence(signs))
    return "choice", options


def _sequence(signs: list[str]) -> Rule:
    parts = [_part(signs)]
    while signs[0] == ",":
        signs.pop(0)
        parts.append(_part(signs))
    return "sequence", parts


def _part(signs: list[str]) -> Rule:
    sign = signs.pop(0)
    if sign in "({[":
        inside = _choice(signs)
        signs.pop(0)
        return {"(": "group", "{": "many", "[": "option"}[sign], inside
    return ("sign", sign[1:-1]) if sign.startswith('"') else ("name", sign)


RULES = grammar()


def tokens(text: str) -> list[tuple[str, str]]:
    """Return the kinds and the texts of a rule's tokens."""
    found = [(str(match.lastgroup), match[0]) for match in TOKEN.finditer(text)]
    assert "".join(token for _, token in found) == re.sub(
        r'("(?:[^"\\]|\\.)*")|\s', lambda match: match[1] or "", text
    )
    return found


class Recognizer:
    """Finds, for each rule and each place, where what the rule derives from there may end."""

    def __init__(self, text: str) -> None:
        """Cut the text."""
        self.given = tokens(text)
        self.known: dict[tuple[str, int], frozenset[int]] = {}

    def named(self, name: str, start: int) -> frozenset[int]:
        """Return the ends of what a name stands for."""
        if name not in RULES:
            is_it = start < len(self.given) and self.given[start][0] == name
            return frozenset({start + 1} if is_it else ())
        if (name, start) not in self.known:
            self.known[name, start] = self.ends(RULES[name], start)
        return self.known[name, start]

    def ends(self, rule: Rule, start: int) -> frozenset[int]:
        """Return the ends of a rule."""
        kind, inside = rule
        if kind == "name":
            return self.named(inside, start)
        if kind == "sign":
            is_it = start < len(self.given) and self.given[start][1] == inside
            return frozenset({start + 1} if is_it else ())
        places = frozenset({start})
        if kind == "choice":
            return self.after(inside, places)
        if kind == "sequence":
            for part in inside:
                places = self.after([part], places)
            return places
        return self.repeated(inside, places, kind)

    def after(self, options: list[Rule], places: frozenset[int]) -> frozenset[int]:
        """Return the ends of one of several rules, from any of the places."""
        return frozenset().union(*(self.ends(rule, place) for rule in options for place in places))

    def repeated(self, rule: Rule, places: frozenset[int], kind: str) -> frozenset[int]:
        """Return the ends of a group, an option or a repetition."""
        new = self.after([rule], places)
        if kind == "group":
            return new
        places |= new
        while kind == "many" and new:
            new = self.after([rule], new) - places
            places |= new
        return places


def is_derived(text: str) -> bool:
    """Say whether the page's grammar derives a text."""
    recognizer = Recognizer(text)
    return len(recognizer.given) in recognizer.named("rule", 0)


def derived(random: Random, rule: Rule = ("name", "rule"), depth: int = 0) -> list[str]:
    """Return the signs of a random text that the grammar derives."""
    kind, inside = rule
    if kind == "sign":
        return [inside]
    if kind == "name":
        if inside in RULES:
            return derived(random, RULES[inside], depth + 1)
        return [random.choice(SAMPLES[inside])]
    if kind == "choice":
        # Deep down, what comes last in each choice is the shortest.
        option = inside[-1] if depth > 12 else random.choice(inside)
        return derived(random, option, depth)
    if kind == "sequence":
        return [sign for part in inside for sign in derived(random, part, depth)]
    times = 1 if kind == "group" else int(random.random() < (0.25 if depth < 9 else 0))
    return [sign for _ in range(times) for sign in derived(random, inside, depth)]


def test_what_is_printed_is_derived_by_the_grammar() -> None:
    """The text of random criteria of every shape, of names and of calls."""
    texts = [to_text(is_x(country="CN")), to_text(~is_x() | is_x(n=-3))]
    for criterion in random_criteria(5, count=150):
        try:
            texts.append(to_text(criterion))
        except InvalidValueError as error:
            assert "give one meaning to each name" in str(error)  # noqa: PT017 - not all are

    for text in texts:
        assert is_derived(text), text


def test_what_is_no_rule_is_not_derived_by_the_grammar() -> None:
    """A grammar that derives everything would prove nothing."""
    for text in ("a >", "a = 1", "a > 1 and", "a in ()", 'where "x": a > 1', "a > 1 > 2", "not"):
        assert not is_derived(text), text


def read(text: str) -> Criterion:
    """Return the criterion that a text says."""
    known = {"gold": F.a > 1, "silver": F.a > 2}
    return from_text(text, predicates=Predicates.of(is_x), named=known)


def test_what_the_grammar_derives_is_read() -> None:
    """Random texts are read, or refused for their meaning and not for their form."""
    random = Random(7)  # noqa: S311 - made-up rules need no cryptographic chance
    count = 0
    for _ in range(500):
        text = " ".join(derived(random))
        try:
            criterion = read(text)
        except FaultsError as error:
            problem = error.faults[0].problem.partition("\n")[0]
            assert MEANING.search(problem), (text, problem)
        else:
            count += 1
            assert is_derived(to_text(criterion)), text

    assert count > 100


def _with_a_slip(random: Random) -> str:
    """Return a text that the grammar derives, with one sign too few, too many or misplaced."""
    signs = derived(random)
    place, other = random.randrange(len(signs)), random.randrange(len(signs))
    match random.randrange(3):
        case 0:
            del signs[place]
        case 1:
            signs[place], signs[other] = signs[other], signs[place]
        case _:
            signs.insert(place, signs[other])
    return " ".join(signs)


def test_what_is_read_is_derived_by_the_grammar() -> None:
    """Also what a slip of the pen makes of a text, as long as it is read."""
    random = Random(8)  # noqa: S311 - made-up mistakes need no cryptographic chance
    count = 0
    for _ in range(1500):
        text = _with_a_slip(random)
        try:
            read(text)
        except FaultsError:
            continue
        count += 1
        assert is_derived(text), text

    assert count > 50
