"""What a person reads: in English for all who read code, in Chinese for all who asked first."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self, TypeAlias

import attrs

from crmcore.errors import UnknownNameError

Language: TypeAlias = Literal["en", "zh-CN"]


@attrs.frozen
class Phrase:
    """The same thing said in English and in Chinese.

    Attributes:
        en: The English wording.
        zh: The Chinese wording (simplified characters).

    .. versionadded:: 0.1.0
    """

    en: str
    zh: str

    def __str__(self) -> str:
        """Return the English wording."""
        return self.en

    def in_language(self, language: str) -> str:
        """Return the wording in *language*, ``en`` or ``zh-CN``.

        Raises:
            UnknownNameError: If the language is another one.
        """
        if language == "en":
            return self.en
        if language == "zh-CN":
            return self.zh
        raise UnknownNameError("language", language, ["en", "zh-CN"])


class LabelledEnum(StrEnum):
    """An enumeration of words that machines write and that people read as labels.

    A member is declared with its word and its two labels: ``LOST = "lost", "lost", "流失客户"``.
    It equals its word, so that it stands in data, criteria and tables as plain text.

    Attributes:
        label: How people read it.

    .. versionadded:: 0.1.0
    """

    label: Phrase

    def __new__(cls, word: str, en: str = "", zh: str = "") -> Self:
        """Make a member that is its word and knows its labels."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.label = Phrase(en, zh)
        return member
