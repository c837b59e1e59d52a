"""Reports: a review as a page with pictures, as Markdown, and as tidy tables.

The page is one file that needs nothing from anywhere else. The tables hold every number that
the page rests on, unrounded. Both are the same bytes for the same review. This room needs
the extra ``reports``.

>>> from crmcore.reports import to_markdown, write_html, write_tables
>>> page, tables = write_html.__name__, write_tables.__name__
"""

from __future__ import annotations

from ._write import to_html, to_markdown, write_html, write_markdown, write_tables

__all__ = ["to_html", "to_markdown", "write_html", "write_markdown", "write_tables"]
