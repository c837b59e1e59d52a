"""What all tests share: how hard Hypothesis tries."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,  # a green build never depends on luck
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # machines of builds are slow now and then
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
