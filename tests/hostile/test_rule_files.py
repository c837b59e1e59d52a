"""Rules from people who do not wish us well: refused at once, with little memory.

Each case runs in a process of its own, in which time is the processor's and memory is what
Python asked for; the library states both limits, so that they can be tested.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

MOST_SECONDS = 0.2
MOST_BYTES = 64 * 2**20

# Each case makes its input first, which is not counted, and then hands it to a reader.
CASES = {
    "ten megabytes of JSON": ("'[' + '1,' * 5_000_000 + '1]'", "read_json"),
    "ten megabytes in bytes": ("b'[' + b'1,' * 5_000_000 + b'1]'", "read_json"),
    "ten megabytes of TOML": ("'a = [' + '1,' * 5_000_000 + ']'", "read_toml"),
    "ten megabytes of text": ("'a > 1 and ' * 1_000_000", "from_text"),
    "100,000 brackets of JSON": ("'[' * 100_000", "read_json"),
    "20,000 objects of JSON": ("'{\"not\":' * 16_000", "read_json"),
    "100,000 brackets of TOML": ("'a = ' + '[' * 100_000", "read_toml"),
    "50,000 names of names": ("'a.' * 50_000 + 'b = 1'", "read_toml"),
    "100,000 brackets of text": ("'(' * 100_000", "from_text"),
    "30,000 times not": ("'not ' * 30_000", "from_text"),
    "100,000 minus signs": ("'-' * 100_000", "from_text"),
    "100,000 levels of data": ("nested(100_000)", "from_data"),
    "100,000 levels of sums": ("summed(100_000)", "from_data"),
    "parts that share their parts": ("shared(60)", "from_data"),
    "lists that share their lists": ("{'eq': [A, listed(60)]}", "from_data"),
    "names that double": ("doubled(40)", "from_data"),
    "names in a circle": ("circle(3)", "from_data"),
    "a circle of text": ('\'named("a") where "a": not named("a")\'', "from_text"),
    "100,000 names": (
        "{'crm-criteria': 1, 'where': {f'n{i}': LEAF for i in range(100_000)}, 'expr': LEAF}",
        "from_data",
    ),
    "a million parts": ("{'all': [LEAF] * 1_000_000}", "from_data"),
    "a million keys": ("dict.fromkeys(range(1_000_000))", "from_data"),
    "a million digits": ("{'gt': [A, 10**1_000_000]}", "from_data"),
    "a million digits of a decimal": ("{'gt': [A, {'decimal': '9' * 1_000_000}]}", "from_data"),
    "100,000 digits of JSON": ("'{\"gt\": [1,' + '9' * 100_000 + ']}'", "read_json"),
    "100,000 digits of TOML": ("'a = ' + '9' * 100_000", "read_toml"),
    "100,000 hexadecimal digits": ("'a = 0x' + 'f' * 100_000", "read_toml"),
    "100,000 digits of text": ("'a > ' + '9' * 100_000", "from_text"),
    "1e99999999 of JSON": ("'[1e99999999]'", "read_json"),
    "1e99999999 of TOML": ("'a = 1e99999999'", "read_toml"),
    "1e99999999 as a decimal": ("{'gt': [A, {'decimal': '1e99999999'}]}", "from_data"),
    "1e99999999 as text": ("'a > 1e99999999'", "from_text"),
    "an infinity": ("{'gt': [A, float('inf')]}", "from_data"),
    "no number": ("{'gt': [A, float('nan')]}", "from_data"),
    "ten million characters": ("{'eq': [A, '客' * 10_000_000]}", "from_data"),
    "an operator of ten million": ("{'客' * 10_000_000: []}", "from_data"),
    "a field of ten million": ("{'gt': [{'field': 'x' * 10_000_000}, 1]}", "from_data"),
    "50,000 values of text": ("'a in (' + '1,' * 50_000 + '1)'", "from_text"),
    "30,000 names twice": ("'{' + '\"\":0,' * 20_000 + '\"\":0}'", "read_json"),
    "30,000 times NaN": ("'[' + 'NaN,' * 30_000 + 'NaN]'", "read_json"),
    "60,000 escapes": ("'a == \"' + '\\\\q' * 60_000 + '\"'", "from_text"),
    "text without an end": ("'a == \"' + '\\\\' * 120_000", "from_text"),
    "60,000 comments": ("'#\\n' * 60_000", "from_text"),
    "60,000 words": ("'x ' * 60_000", "from_text"),
    "a word of 100,000": ("'x' * 100_000", "from_text"),
    "an unknown operator": ("{'exec': [A, 1]}", "from_data"),
    "a pattern": ("{'matches': [A, '(a+)+$']}", "from_data"),
    "a pattern of text": ("'a matches \"(a+)+$\"'", "from_text"),
    "an import": ('\'__import__("os").system("true") == 1\'', "from_text"),
    "a dunder": ("'a.__class__.__mro__ == 1'", "from_text"),
    "an object of Python": ("{'gt': [A, object()]}", "from_data"),
    "bytes": ("{'gt': [A, b'1']}", "from_data"),
    "a set": ("{'in': [A, {1, 2}]}", "from_data"),
}

SCRIPT = """
import json, sys, time, tracemalloc
from crmcore.errors import FaultsError
from crmcore.notation import from_data, from_text, read_json, read_toml

A = {"field": "a"}
LEAF = {"gt": [A, 1]}

def nested(levels):
    data = LEAF
    for _ in range(levels):
        data = {"not": data}
    return data

def summed(levels):
    data = A
    for _ in range(levels):
        data = {"add": [data, 1]}
    return {"gt": [data, 1]}

def shared(levels):
    data = LEAF
    for _ in range(levels):
        data = {"all": [data, data]}
    return data

def listed(levels):
    data = [1]
    for _ in range(levels):
        data = [data] * 6
    return data

def doubled(levels):
    where = {f"n{i}": {"all": [{"named": f"n{i - 1}"}] * 2} for i in range(1, levels)}
    expr = {"named": f"n{levels - 1}"}
    return {"crm-criteria": 1, "where": {"n0": LEAF, **where}, "expr": expr}

def circle(count):
    where = {f"n{i}": {"named": f"n{(i + 1) % count}"} for i in range(count)}
    return {"crm-criteria": 1, "where": where, "expr": {"named": "n0"}}

def refusal(read, data):
    try:
        read(data)
    except FaultsError as error:
        return error
    raise SystemExit("was read")

found = {}
for name, (source, reader) in json.loads(sys.stdin.read()).items():
    data, read = eval(source), globals()[reader]
    began = time.process_time()
    error = refusal(read, data)
    message = str(error)
    seconds = time.process_time() - began
    tracemalloc.start()
    refusal(read, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    found[name] = [seconds, peak, [[fault.path, fault.problem] for fault in error.faults[:3]],
                   len(message)]
    del data, error
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Return the time, the memory and the faults of each case."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(CASES),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]  # a table of the cases


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_at_once(told: dict[str, Any], case: str) -> None:
    """With a path and a reason that a screen can show, in less than 200 ms and 64 MB."""
    seconds, peak, faults, length = told[case]

    assert all(path and problem for path, problem in faults)
    assert length < 4_000
    assert seconds < MOST_SECONDS
    assert peak < MOST_BYTES


@pytest.mark.parametrize(
    ("case", "path", "problem"),
    [
        ("ten megabytes of JSON", "the whole", "is larger than 128 KiB; split it"),
        ("100,000 brackets of JSON", "line 1", "is nested deeper than 64"),
        ("100,000 levels of data", "not." * 15 + "not", "a criterion must be nested at most 16"),
        (
            "names in a circle",
            "where.n2.named",
            "names refer to each other in a circle: n0 → n1 → n2 → n0",
        ),
        ("a circle of text", "line 1, column 27", "names refer to each other in a circle: a → a"),
        ("a million parts", "all[255]", "a criterion must have at most 256 parts in all"),
        ("a million digits", "gt[1]", "a number must have at most 18 digits (got an integer of"),
        ("1e99999999 of TOML", "number 1e99999999", "must be finite, and no larger than a float"),
        ("an unknown operator", "criterion", "unknown operator 'exec'; known are all, any, bet"),
        ("a pattern", "criterion", "unknown operator 'matches'; there are no patterns, which"),
        ("an object of Python", "gt[1]", "a constant must be a number, text, yes or no, a dat"),
    ],
)
def test_the_reason_is_told(told: dict[str, Any], case: str, path: str, problem: str) -> None:
    """Where it is, and what would be right."""
    found_path, found_problem = told[case][2][0]

    assert found_path == path
    assert found_problem.startswith(problem)
