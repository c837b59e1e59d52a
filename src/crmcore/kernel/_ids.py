"""Ids: text of a stated kind, chosen by the caller and never by the library."""

from __future__ import annotations

from typing import NewType

CustomerId = NewType("CustomerId", str)
MemberId = NewType("MemberId", str)
TeamId = NewType("TeamId", str)
DepartmentId = NewType("DepartmentId", str)
RoleId = NewType("RoleId", str)
ResponsibilityId = NewType("ResponsibilityId", str)
