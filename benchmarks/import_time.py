"""What importing the library costs, beyond importing what it stands on.

Fresh interpreters take turns: one imports attrs, cattrs and dateutil, the next imports
crmcore, or one of its rooms, after them. The table shows medians of the times and of the
paired differences, in milliseconds.

    python benchmarks/import_time.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys

BASE = "import attrs, cattrs, dateutil.relativedelta"
CASES = {
    "crmcore": "import crmcore",
    "crmcore.criteria": "import crmcore.criteria",
    "crmcore.customers": "import crmcore.customers",
    "crmcore.policies": "import crmcore.policies",
    "crmcore.reviews": "import crmcore.reviews",
    "crmcore.memory": "import crmcore.memory",
}
TIMED = """
import time
begun = time.perf_counter()
{code}
print(time.perf_counter() - begun)
"""


def milliseconds(code: str) -> float:
    """Return how long a fresh interpreter takes for *code*, its own start not counted."""
    command = [sys.executable, "-c", TIMED.format(code=code)]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")  # noqa: S603 the code stands here
    return 1000 * float(done.stdout)


def main(rounds: int) -> None:
    """Measure in turns, and print the table."""
    base: list[float] = []
    more: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, code in CASES.items():
            alone = milliseconds(BASE)
            base.append(alone)
            more[name].append(milliseconds(f"{BASE}\n{code}") - alone)

    print(f"Python {sys.version.split()[0]}, {rounds} rounds, medians in ms")
    print(f"{'attrs, cattrs, dateutil':<26}{statistics.median(base):>8.1f}")
    for name, differences in more.items():
        low, _, high = statistics.quantiles(differences, n=4)
        middle = statistics.median(differences)
        print(f"  + {name:<22}{middle:>+8.1f}   (quartiles {low:+.1f} to {high:+.1f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
