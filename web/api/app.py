"""The JSON API, put together: an application of its own below `/api`, so that nothing there is answered with a page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from web.api import acting, enrolling, looking, problems, reporting
from web.bare import bare
from web.mishaps import Mishaps
from web.state import State

#: The operations that need no token.
OPEN = frozenset({"/api/v1/openapi.json"})

_DESCRIPTION = """\
What people do on the pages, for programs. A program acts in the name of whoever made its token: what their role may do,
and of that what the token was given; a case that is not theirs to see is answered as one that there is not.

Every error is `application/problem+json` with the reasons in Danish. A CPR number goes in and never comes out.
"""


def create_api(state: State) -> FastAPI:
    api = bare(version="1")
    api.state.sosu = state
    api.add_middleware(Mishaps, answer=problems.mishap)
    problems.answer_for_tokens(api)
    problems.answer_for_everything(api)
    version_1 = APIRouter(prefix="/v1", generate_unique_id_function=_name)
    for room in (acting, enrolling, looking, reporting):
        version_1.include_router(room.router)
    version_1.add_api_route("/openapi.json", lambda: describe(api), include_in_schema=False)
    api.include_router(version_1)
    return api


def _name(route: APIRoute) -> str:
    return route.name


def describe(api: FastAPI) -> dict[str, Any]:
    """Its OpenAPI. FastAPI writes the model of an error under the type of the answer that went well."""
    if api.openapi_schema is None:
        made = get_openapi(
            title=api.title,
            version=api.version,
            description=_DESCRIPTION,
            routes=api.routes,
            servers=[{"url": "/api"}],
        )
        for operation in (operation for path in made["paths"].values() for operation in path.values()):
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {problems.MEDIA_TYPE: answer["content"]["application/json"]}
        api.openapi_schema = made
    return api.openapi_schema
