"""Days and numbers as an address says them; what is neither asks for nothing."""

from __future__ import annotations

from datetime import date


def number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
