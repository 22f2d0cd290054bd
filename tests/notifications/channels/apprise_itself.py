"""Apprise's own sending, as far as the wire: what it would have asked, and of whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from apprise import Apprise, AppriseAsset
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter


@dataclass(frozen=True)
class Request:
    url: str
    authorization: str | None
    document: Any


def asks(monkeypatch: pytest.MonkeyPatch, address: str, title: str, body: str) -> list[Request]:
    """What `apprise -t TITLE -b BODY ADDRESS` would ask."""
    asked: list[Request] = []

    def send(_adapter: HTTPAdapter, request: PreparedRequest, **_kwargs: Any) -> Response:
        assert request.url is not None
        assert request.body is not None
        asked.append(Request(request.url, request.headers.get("Authorization"), json.loads(request.body)))
        response = Response()
        response.status_code = 200
        return response

    with monkeypatch.context() as patched:
        patched.setattr(HTTPAdapter, "send", send)
        apprise = Apprise(asset=AppriseAsset(async_mode=False))
        assert apprise.add(address)
        assert apprise.notify(title=title, body=body)
    return asked
