"""What checks say, written down and read back."""

from __future__ import annotations

import pytest

from crmcore.codec import from_json, to_json
from crmcore.durations import WEEK, weeks
from crmcore.histories import Holdout
from crmcore.value import BetaGeo
from tests.value import cdnow

CDS = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
HOLDOUT = Holdout(
    histories=cdnow.calibration(), horizon=weeks(39), frequency=cdnow.holdout_purchases()
)


@pytest.mark.parametrize(
    "found",
    [
        CDS.check(HOLDOUT),
        CDS.frequencies(cdnow.calibration()),
        CDS.tracking([[729_000, 729_010]], end=cdnow.HOLDOUT_END, step=100),
        BetaGeo.fit(cdnow.calibration()).dropout_check(cdnow.calibration()),
    ],
    ids=lambda found: type(found).__name__,
)
def test_a_check_is_read_back_as_it_was(found: object) -> None:
    """Reports are kept beside the numbers that they vouch for."""
    assert from_json(type(found), to_json(found)) == found
