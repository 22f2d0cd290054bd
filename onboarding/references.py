"""The references that enrolments go by, such as `IM-0042`: one running series for each prefix."""

from __future__ import annotations

from sqlmodel import Session

from models.pathway_version import ReferenceSeries


def next_references(session: Session, prefix: str, count: int) -> list[str]:
    """The next `count` references of a series. The series' row is locked until the transaction ends."""
    series = session.get(ReferenceSeries, prefix, with_for_update=True) or ReferenceSeries(prefix=prefix)
    first = series.last_number + 1
    series.last_number += count
    session.add(series)
    session.flush()
    return [f"{prefix}-{number:04d}" for number in range(first, first + count)]
