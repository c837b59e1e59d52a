"""What a person reads."""

from __future__ import annotations

import pytest

from crmcore.errors import UnknownNameError
from crmcore.kernel import Phrase

LOST = Phrase("lost", "流失客户")


def test_a_phrase_speaks_both_languages() -> None:
    """A phrase is told in the language that is asked for, and in English where none is."""
    assert LOST.in_language("en") == "lost"
    assert LOST.in_language("zh-CN") == "流失客户"
    assert str(LOST) == "lost"


@pytest.mark.parametrize("language", ["zh", "de", ""])
def test_other_languages_are_refused(language: str) -> None:
    """A language that no phrase speaks is refused with those that they do."""
    with pytest.raises(UnknownNameError, match=r"^unknown language "):
        LOST.in_language(language)
