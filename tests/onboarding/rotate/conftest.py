"""A town whose keys are changed."""

from __future__ import annotations

import pytest

from onboarding import rotate as rotation
from onboarding.contacts import put_contact
from tests.municipality import VIBY, VIBY_MANAGER, Municipality
from tests.onboarding.rotate.turning import PHONE


@pytest.fixture
def town(either_town: Municipality, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    """With seven people and two telephone numbers; a page of a rotation is two rows."""
    monkeypatch.setattr(rotation, "_PAGE", 2)
    for number in range(7):
        either_town.enrols(f"Nummer {number}")
    with either_town.database.write() as session:
        for email in (VIBY, VIBY_MANAGER):
            put_contact(session, either_town.keyring, email, "sms", PHONE, either_town.signed())
    return either_town
