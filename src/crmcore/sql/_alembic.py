"""Alembic: what its autogenerate is to leave alone."""

from __future__ import annotations

from typing import Any

from ._tables import METADATA


def include_object(
    item: Any,  # noqa: ANN401 - whatever Alembic has found
    name: str | None,
    type_: str,
    _reflected: bool,  # noqa: FBT001 - Alembic hands it in
    _compare_to: Any,  # noqa: ANN401 - as above
) -> bool:
    """Tell Alembic that the tables of a store are none of its business.

    Hand it to ``context.configure`` as ``include_object``. Without it ``--autogenerate`` finds
    tables that the application has not declared, and writes a migration that drops them.

    Args:
        item: What Alembic has found.
        name: How it is called.
        type_: What it is: ``table``, ``index``, ``column``, …

    Returns:
        Whether it belongs to the application.

    .. versionadded:: 0.1.0
    """
    table = name if type_ == "table" else getattr(getattr(item, "table", None), "name", None)
    return table not in METADATA.tables
