"""The audit trail: what a link costs, how fast a trail is verified, and what a seal takes.

Run it with ``python benchmarks/audit.py``; it takes a few seconds. The first table splits what
a link costs, for a customer whose region and name were changed: the name is personal data, and
is committed to. "Beyond building" is what the chain adds to a record of the same values that
nobody signs. The second part is about whole trails, with and without a comparison with what is
stored, and about the seal of many heads. The third one is about stores: what adding customers
costs with a trail and without, and how fast a trail is verified from where it is kept.

Each figure is the least of several short rounds of CPU time, because a busy machine only ever adds.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import attrs

from crmcore.audit import (
    Act,
    AuditHead,
    AuditKey,
    AuditRecord,
    FieldChange,
    PersonalChange,
    audited,
    seal,
    verify,
)
from crmcore.codec import to_json
from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Store

LINKS = 300
CHAINS = 2_500
HEADS = 100_000
ROUNDS = 40
ADDED = 4_000

KEY = AuditKey(b"a key of 32 bytes for benchmarks")
ACT = Act(by="wei", at=datetime(2026, 9, 1, 9, tzinfo=UTC), plan="6f1d" * 16)
BEFORE = Customer(id=CustomerId("c-000001"), name="Northwind", region="north", language="en")
AFTER = attrs.evolve(BEFORE, name="Southwind", region="south", version=1)


def salts() -> Callable[[], bytes]:
    """Return made-up salts, none of which comes twice."""
    numbers = itertools.count()
    return lambda: next(numbers).to_bytes(16, "big")


def least(runs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the microseconds that each takes, in the best of rounds in which they take turns."""
    found = dict.fromkeys(runs, math.inf)
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.process_time()
            for _ in range(LINKS):
                run()
            found[name] = min(found[name], (time.process_time() - start) / LINKS * 1e6)
    return found


def link(
    before: Customer | None, after: Customer, head: AuditHead | None, salt: Callable[[], bytes]
) -> tuple[AuditRecord, AuditHead]:
    """Return the link of a change that changes something."""
    made = audited(before, after, name="customers", head=head, act=ACT, key=KEY, salt=salt)
    if made is None:
        raise SystemExit("nothing was changed; there is nothing to measure")
    return made


def unsigned(model: AuditRecord, head: AuditHead) -> tuple[AuditRecord, AuditHead]:
    """Build a record of the same values, with digests that are there already."""
    (held,) = model.personal_changes
    (plain,) = model.changes
    record = AuditRecord(
        id=model.id,
        subject=model.subject,
        position=model.position,
        kind=model.kind,
        by=model.by,
        at=model.at,
        plan=model.plan,
        changes=(FieldChange(field=plain.field, before=plain.before, after=plain.after),),
        personal_changes=(
            PersonalChange(
                field=held.field,
                commitment=held.commitment,
                salt=held.salt,
                before=held.before,
                after=held.after,
            ),
        ),
        previous=model.previous,
        digest=model.digest,
        key=model.key,
    )
    end = AuditHead(id=head.id, subject=head.subject, position=head.position, digest=head.digest)
    return record, end


def measure_link() -> None:
    """Print what one link costs, and of what."""
    salt = salts()
    _, head = link(None, BEFORE, None, salt)
    model, _ = link(BEFORE, AFTER, head, salt)
    text = to_json(attrs.asdict(model)).encode()
    rows = least(
        {
            "HMAC-SHA256 of a link": lambda: KEY.sign(text[:500]),
            "SHA-256 commitment": lambda: hashlib.sha256(text[:90]).hexdigest(),
            "canonical JSON of the link, by the codec": lambda: to_json(model),
            "building record and head": lambda: unsigned(model, head),
            "a link that tells a save, whole": lambda: link(BEFORE, AFTER, head, salt),
            "a link that tells an addition, whole": lambda: link(None, BEFORE, None, salt),
        }
    )
    beyond = rows["a link that tells a save, whole"] - rows["building record and head"]
    print(f"{'':<42} {'µs':>7}")
    for name, value in (*rows.items(), ("a link that tells a save, beyond building", beyond)):
        print(f"{name:<42} {value:7.1f}")


def make_trail() -> tuple[list[AuditRecord], list[AuditHead], dict[str, Customer]]:
    """Make a trail of four links to a chain."""
    salt = salts()
    records: list[AuditRecord] = []
    heads: list[AuditHead] = []
    stored: dict[str, Customer] = {}
    for number in range(CHAINS):
        customer = attrs.evolve(BEFORE, id=CustomerId(f"c-{number:06}"))
        record, head = link(None, customer, None, salt)
        records.append(record)
        for region in ("south", "east", "west"):
            moved = attrs.evolve(customer, region=region)
            record, head = link(customer, moved, head, salt)
            records.append(record)
            customer = moved
        heads.append(head)
        stored[customer.id] = customer
    return sorted(records, key=by_id), sorted(heads, key=by_id), stored


def by_id(kept: AuditRecord | AuditHead) -> str:
    """Return the key of a record or head."""
    return kept.id


def many_heads(count: int) -> Iterator[AuditHead]:
    """Yield made-up heads in order of their ids."""
    for number in range(count):
        yield AuditHead(
            id=f"{number:048x}", subject=f"customers/c-{number}", position=3, digest="0" * 64
        )


def seconds(run: Callable[[], object]) -> float:
    """Return the CPU seconds that something takes, in the best of three rounds."""
    found = []
    for _ in range(3):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def measure_trail() -> None:
    """Print how fast trails are verified and sealed."""
    records, heads, stored = make_trail()
    if verify(records, heads, keys=[KEY], present={"customers": stored}):
        raise SystemExit("an honest trail is said to be tampered with")
    count = len(records)
    alone = seconds(lambda: verify(records, heads, keys=[KEY]))
    compared = seconds(lambda: verify(records, heads, keys=[KEY], present={"customers": stored}))
    print(f"\nverifying {count:,} links of {CHAINS:,} chains")
    print(f"  alone                     {count / alone:10,.0f} links a second")
    print(f"  compared with the stored  {count / compared:10,.0f} links a second")
    made = list(many_heads(HEADS))
    taken = seconds(lambda: seal(made, key=KEY, at=ACT.at))
    tracemalloc.start()
    seal(many_heads(HEADS), key=KEY, at=ACT.at)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"sealing {HEADS:,} heads: {taken:.2f} s, and {peak / 1024:.0f} KiB while they stream")


def adding(store: Store) -> float:
    """Return the CPU microseconds that adding one customer takes, commit and all."""
    customers = [attrs.evolve(BEFORE, id=CustomerId(f"c-{number:06}")) for number in range(ADDED)]
    start = time.process_time()
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.add_all(customers)
        uow.commit()
    return (time.process_time() - start) / ADDED * 1e6


def verifying(store: Store) -> float:
    """Return how many links of a store are verified in a second of CPU time."""
    start = time.process_time()
    with store.unit_of_work(readonly=True) as uow:
        if verify(uow.trail.stream(), uow.trail.heads(), keys=[KEY]):
            raise SystemExit("an honest trail is said to be tampered with")
    return ADDED / (time.process_time() - start)


def measure_stores() -> None:
    """Print what a trail costs a store."""
    print(
        f"\n{'adding customers, µs each':<26} {'without':>8} {'with':>8} {'verified a second':>20}"
    )
    with TemporaryDirectory() as folder:
        for name in ("MemoryStore", "SqlStore on SQLite"):

            def opened(key: AuditKey | None, name: str = name) -> Store:
                if name == "MemoryStore":
                    return MemoryStore(audit_key=key)
                file = "plain" if key is None else "audited"
                return SqlStore.open(f"sqlite:///{folder}/{file}.db", audit_key=key)

            with opened(None) as plain, opened(KEY) as audited_store:
                without, beside = adding(plain), adding(audited_store)
                rate = verifying(audited_store)
            print(f"{name:<26} {without:8.0f} {beside:8.0f} {rate:20,.0f}")


def main() -> None:
    """Measure and print."""
    measure_link()
    measure_trail()
    measure_stores()


if __name__ == "__main__":
    main()
