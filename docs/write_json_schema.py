"""Write the published JSON Schema of criteria.

Run ``python docs/write_json_schema.py`` after the plain form has changed; a test compares the
file with what the library says.
"""

from __future__ import annotations

import json
from pathlib import Path

from crmcore.notation import json_schema

FILE = Path(__file__).parent / "_static" / "criteria.schema.json"


def text() -> str:
    """Return the text of the file."""
    return json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
    print(f"wrote {FILE}")
