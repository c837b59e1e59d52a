"""Promises: examples of use, each of which shows one thing that a store promises."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

import attrs

from crmcore.storage import Capability, Store

Check: TypeAlias = Callable[[Store], None]


@attrs.frozen(kw_only=True)
class Example:
    """One example.

    Attributes:
        check: Goes through it on a new, empty store; what it asserts was promised.
        needs: The capabilities without which there is no such promise.
        lacks: The capability with which there is another promise instead.
        audited: Whether it is about a store that keeps an audit trail.
    """

    check: Check
    needs: tuple[Capability, ...] = ()
    lacks: Capability | None = None
    audited: bool = False

    @property
    def name(self) -> str:
        """The name, by which it is known for good."""
        return self.check.__name__

    @property
    def promise(self) -> str:
        """What was promised, in a sentence."""
        return str(self.check.__doc__)

    def beside(self, capabilities: Collection[str], *, audited: bool) -> str | None:
        """Return why it is no matter for a store, or None where it is one.

        Args:
            capabilities: What the store can do.
            audited: Whether it keeps an audit trail.
        """
        for needed in self.needs:
            if needed not in capabilities:
                return f"needs the capability {needed.value!r}, which is not declared"
        if self.lacks is not None and self.lacks in capabilities:
            return f"is for stores without the capability {self.lacks.value!r}"
        if self.audited and not audited:
            return "needs a store that keeps an audit trail; say audited = True if it does"
        return None


@attrs.frozen(kw_only=True)
class Promises:
    """Examples that belong together: a decorator that collects them.

    Attributes:
        needs: The capabilities without which none of them is promised.
        lacks: The capability with which something else is promised instead.
        audited: Whether they are about stores that keep an audit trail.
        examples: What was collected, in the order in which it was written.
    """

    needs: tuple[Capability, ...] = ()
    lacks: Capability | None = None
    audited: bool = False
    examples: list[Example] = attrs.field(factory=list, init=False)

    def __call__(self, check: Check) -> Check:
        """Collect an example."""
        found = Example(check=check, needs=self.needs, lacks=self.lacks, audited=self.audited)
        self.examples.append(found)
        return check
