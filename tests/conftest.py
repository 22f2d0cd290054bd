"""How hard the property tests search: HYPOTHESIS_PROFILE=thorough for the long way."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=50, stateful_step_count=30)
settings.register_profile("thorough", deadline=None, max_examples=1500, stateful_step_count=60)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
