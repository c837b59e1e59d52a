"""Time the main job step by step: the review of the CDNOW master file on SQLite.

Each step is timed once in each round; the table shows the median and the range over the
rounds, what the step works on, and how its cost grows. Run it with the number of rounds,
three if none is named.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
sys.path.insert(0, str(EXAMPLES))

import department_review as job  # noqa: E402 - it stands in the folder of examples

from crmcore import reports  # noqa: E402
from crmcore.calendar import midnight  # noqa: E402
from crmcore.kernel import Phrase  # noqa: E402
from crmcore.policies import Policy  # noqa: E402
from crmcore.reviews import apply_plan, review_department, undo_plan  # noqa: E402
from crmcore.sql import SqlStore  # noqa: E402

GROWTH = {
    "load files": "n purchases",
    "reading purchases": "n purchases",
    "judging customers": "customers x months",
    "computing KPIs": "purchase days + customers + KPIs x months",
    "making the plan": "customers x members",
    "write page": "customers + months",
    "write tables": "customers x rules + moves",
    "apply plan": "ownerships + moves",
    "undo plan": "ownerships + moves",
}


class Watch:
    """Keeps how long each step took, round by round."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seconds: dict[str, list[float]] = {}
        self._step = ""
        self._since = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a block as one step."""
        since = time.perf_counter()
        yield
        self.seconds.setdefault(name, []).append(time.perf_counter() - since)

    def hear(self, _: int, __: int | None, what: Phrase) -> None:
        """Note when the review goes on to its next step."""
        if what.en != self._step:
            self.finish()
            self._step, self._since = what.en, time.perf_counter()

    def finish(self) -> None:
        """End the step that runs."""
        if self._step:
            self.seconds.setdefault(self._step, []).append(time.perf_counter() - self._since)
        self._step = ""


def run(watch: Watch, folder: Path) -> None:
    """Do the main job once."""
    with SqlStore.open(f"sqlite:///{folder / 'crm.db'}") as store:
        with watch.step("load files"):
            job.load(store)
        watch.hear(0, None, Phrase("reading purchases", ""))
        review = review_department(
            store, policy=Policy.default(), as_of=job.AS_OF, months=18, progress=watch.hear
        )
        watch.finish()
        with watch.step("write page"):
            reports.write_html(review, folder / "review.html")
        with watch.step("write tables"):
            reports.write_tables(review, folder / "tables")
        now = midnight(job.AS_OF, job.NEW_YORK) + timedelta(hours=9)
        with watch.step("apply plan"):
            receipt = apply_plan(store, review.plan, by="head-of-care", at=now)
        with watch.step("undo plan"):
            later = now + timedelta(hours=1)
            undo_plan(store, receipt, by="head-of-care", at=later, reason="benchmark")


def main(rounds: int) -> None:
    """Run the rounds and print the table."""
    watch = Watch()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            run(watch, Path(folder))
    print(f"{'step':<20} {'median s':>9} {'range s':>15}   grows with")
    for step, seconds in watch.seconds.items():
        spread = f"{min(seconds):.2f} - {max(seconds):.2f}"
        print(f"{step:<20} {statistics.median(seconds):>9.2f} {spread:>15}   {GROWTH[step]}")
    total = [sum(times) for times in zip(*watch.seconds.values(), strict=True)]
    print(f"{'all':<20} {statistics.median(total):>9.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB; 69,659 purchases, 23,570 customers, 18 members")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
