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
# The gates draw the same examples each time; whoever runs the tests by hand draws new ones.
settings.register_profile("steady", settings.get_profile("dev"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else os.environ.get("TEST_PROFILE", "dev"))
