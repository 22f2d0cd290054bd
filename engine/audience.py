"""Whom a pathway may name as told. `notifications.audiences` finds the people behind the names."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    COORDINATOR = "coordinator"
    MANAGER = "manager"
    JOBCENTER_OFFICER = "jobcenter_officer"


COORDINATOR = Audience.COORDINATOR
MANAGER = Audience.MANAGER
JOBCENTER_OFFICER = Audience.JOBCENTER_OFFICER
