"""Everything that the API's description allows, and much that it does not, asked of a served municipality.

`HYPOTHESIS_PROFILE=thorough` asks ten times as much. What is asked is the same each time: what is found today is found
tomorrow.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models.cpr import looks_like_cpr
from tests.conftest import NewMunicipality
from tests.municipality import PATHWAYS, SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER
from tests.web.site import Site, app_of, lived_in, served

_EXAMPLES = 60 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 6
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def described(new_municipality: NewMunicipality) -> Iterator[Any]:
    """The description, knowing what there is in this municipality; asked for by one coordinator's token."""
    town = new_municipality()
    references = [candidate.reference for candidate in lived_in(town).values()]
    app = app_of(town, Path(str(town.database.url.database)).with_name("keys.json"))
    with served(app) as address:
        site = Site(town, address, app)
        plain = site.visitor().gets("/api/v1/openapi.json").json()
        schema = schemathesis.openapi.from_dict(knowing(plain, references))
        schema.config.update(base_url=f"{address}/api")
        schema.config.headers = {"Authorization": f"Bearer {site.token()}"}
        yield schema
        site.close()


def knowing(described: dict[str, Any], references: list[str]) -> dict[str, Any]:
    """With what there is in place of »any text«: otherwise hardly anything that is asked would be about something."""
    pathway = PATHWAYS["immigrant_track"]
    there = {
        "reference": references,
        "pathway": list(PATHWAYS),
        "to": list(PATHWAYS),
        "step": [step.key for step in pathway.steps],
        "milestone": [milestone.key for milestone in pathway.milestones],
        "reason": ["illness", "moved", "other"],
        "area": [VIBY_AREA, SYD_AREA],
        "coordinator": [VIBY, SYD, VIBY_MANAGER],
        "cpr": ["010190-1234", "0202921235", "3113901234"],
    }
    for operation in (operation for path in described["paths"].values() for operation in path.values()):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in there:
                parameter["schema"] = {"type": "string", "enum": there[parameter["name"]]}
    for body in described["components"]["schemas"].values():
        if body.get("additionalProperties") is False:
            body["properties"] |= {
                name: {"type": "string", "enum": there[name]} for name in body["properties"] if name in there
            }
    return described


def test_every_answer_is_one_that_is_described_when_anything_is_asked(described: Any) -> None:
    asked = [operation.ok() for operation in described.get_all_operations()]
    answered = {operation.label: everything(operation, GenerationMode.POSITIVE) for operation in asked}
    went_well = {label for label, statuses in answered.items() if statuses & {200, 201}}
    assert len(went_well) > 12, f"the others were asked about nothing that there is: {answered.keys() - went_well}"


def test_it_is_refused_as_it_is_described_when_anything_else_is_asked(described: Any) -> None:
    asked = [operation.ok() for operation in described.get_all_operations()]
    answered = {one.label: everything(one, GenerationMode.NEGATIVE) for one in asked if one.body or any(one.query)}
    assert len([label for label, statuses in answered.items() if 400 in statuses]) > 12, answered


def everything(operation: Any, mode: GenerationMode) -> set[int]:
    """Asks as much of one operation as the profile says; gives the statuses that it answered."""
    statuses = set()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        answer = case.call_and_validate(checks=_CHECKS)
        statuses.add(answer.status_code)
        assert not looks_like_cpr(answer.text)

    ask()
    return statuses
