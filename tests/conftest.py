"""What all tests share: how hard Hypothesis tries."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Machines are slow now and then, which says nothing of what is tested.
SLOW = [HealthCheck.too_slow]

settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,  # a green build never depends on luck
    print_blob=True,
    suppress_health_check=SLOW,
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
