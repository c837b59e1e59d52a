"""The published data themselves."""

from __future__ import annotations

from tests.value import cdnow


def test_the_published_counts_of_cdnow_come_out() -> None:
    """2,357 customers repeat 2,457 times in 39 weeks, and 1,882 times in the 39 weeks after."""
    histories = cdnow.calibration()

    assert len(cdnow.purchases()) == 6_919
    assert len(histories) == 2_357
    assert sum(histories.frequency) == 2_457
    assert sum(map(bool, histories.frequency)) == 946
    assert sum(cdnow.holdout_purchases()) == 1_882


def test_the_donors_of_1995_are_all_there() -> None:
    """11,104 donors have 22 different histories over six years."""
    assert len(cdnow.donations()) == 22
    assert cdnow.donations().total_weight == 11_104
