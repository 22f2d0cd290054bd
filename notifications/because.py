"""Why somebody gets a message: the sentence at its foot, so that nobody has to wonder."""

from __future__ import annotations

from collections.abc import Mapping

from engine.audience import Audience

#: In Danish, for each audience.
BECAUSE: Mapping[str, str] = {
    Audience.COORDINATOR: "Du får denne besked, fordi du er koordinator for forløbet.",
    Audience.MANAGER: "Du får denne besked, fordi du er leder for forløbets område.",
    Audience.JOBCENTER_OFFICER: "Du får denne besked, fordi du er jobcentermedarbejder på forløbet.",
}
