"""Proofs: whether what a plan says of itself is true."""

from __future__ import annotations

from crmcore.allocation import check_certificate
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.plans import Plan

from ._case import Case


def check_plan(case: Case, plan: Plan) -> None:
    """Check the certificate of a plan against the case that it answers.

    Raises:
        FaultsError: If the plan does not begin with what is held in the case.
        InvalidValueError: If a number of the certificate is not what it says, or the plan
            is one for the lowest peak.
    """
    if case.weights.lowest_peak:
        rule = "be off: such a plan is proven for load curves that end at the peak it has found"
        raise InvalidValueError("lowest_peak", case.weights.lowest_peak, rule)
    strange = [move.subject for move in plan.moves if move.subject not in case.slots]
    if strange:
        faults = [Fault(subject, "it is not part of what is checked") for subject in strange]
        raise FaultsError("plan", faults)
    held = plan.simulate({key: slot.holder for key, slot in case.slots.items()})
    problem = case.problem()
    assignment = tuple((item.id, held[item.id]) for item in problem.items)
    check_certificate(problem, assignment, plan.certificate)
