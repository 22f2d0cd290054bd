"""The list of tracks. A new one is a folder beside this file and a line here.

Nothing in this file needs Prefect: the command line reads it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.pathway import Pathway
from flows.immigrant_track.pathway import PATHWAY as IMMIGRANT_TRACK
from flows.ped_assistant_track.pathway import PATHWAY as PED_ASSISTANT_TRACK


@dataclass(frozen=True, slots=True)
class Track:
    """A pathway and the folder of its flow and its templates."""

    pathway: Pathway

    @property
    def templates(self) -> Path:
        return Path(__file__).parent / self.pathway.key / "templates"


TRACKS = (Track(IMMIGRANT_TRACK), Track(PED_ASSISTANT_TRACK))
