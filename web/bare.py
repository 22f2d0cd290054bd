"""An application of FastAPI without what it would show and tell by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI


def bare(**more: Any) -> FastAPI:
    """It has no pages of FastAPI's, leads nobody elsewhere, and tells OpenTelemetry of no single request where an
    operator has turned that on: a span has the path and the query of its request, a log the words of an error. A search
    is by name, and some addresses are secrets.
    """
    app = FastAPI(
        title="sosu-onboarding",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "logs": False},
        **more,
    )
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    return app
