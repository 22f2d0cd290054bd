"""No name and no secret address is in a trace: where an operator turns OpenTelemetry on, our pages make none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags, Tracer, TracerProvider

from models.staff import Role
from tests.web.site import Site, Visitor, served


class Spans(TracerProvider, Tracer):
    """Stands for the SDK that an operator installs: keeps what it is told of each span."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def get_tracer(self, *_: Any, **__: Any) -> Tracer:
        return self

    def start_span(self, name: str, *_: Any, attributes: Any = None, **__: Any) -> Span:
        self.kept.append({"name": name, **(attributes or {})})
        return NonRecordingSpan(SpanContext(1, 1, is_remote=False, trace_flags=TraceFlags(1)))

    @contextmanager
    def start_as_current_span(self, name: str, *_: Any, attributes: Any = None, **__: Any) -> Iterator[Span]:
        yield self.start_span(name, attributes=attributes)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Spans:
    made = Spans()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: made)
    return made


def test_nothing_is_traced_when_pages_and_the_api_are_asked(site: Site, visitor: Visitor, spans: Spans) -> None:
    visitor.signs_in(site.somebody(Role.COORDINATOR))
    for path in ("/forloeb/immigrant_track?soeg=Olena", "/kalender/hemmelig.ics", "/ingen-saadan-side"):
        visitor.gets(path)
    site.program("read").get("/api/v1/enrolments?search=Olena")
    assert spans.kept == []


def test_what_is_asked_of_any_other_application_is_traced_with_its_query(spans: Spans) -> None:
    with served(FastAPI()) as address:
        httpx.get(f"{address}/?soeg=Olena")
    assert "Olena" in str(spans.kept)
