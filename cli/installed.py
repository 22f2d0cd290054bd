"""Checks of `sosu doctor` about what is installed, and about Prefect: its packages, its server and its runs."""

from __future__ import annotations

import os
import platform
import sqlite3
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

from cli.finding import Fault
from flows.composition import now
from flows.environment import page, prefect_environment
from flows.loading import tracks
from flows.runs import LastRun, Silent, last_runs
from settings import Settings

DISTRIBUTION = "sosu-onboarding"

#: What statements of ours need of SQLite: RETURNING came with it.
_LEAST_SQLITE = (3, 35)
#: How many of its intervals a flow may be silent for, and how long at the least: one run can take a while.
_SILENT_INTERVALS, _LEAST_SILENCE = 3, timedelta(minutes=15)
_DELIVERY = "deliver-messages"


def packages(_: Settings) -> str:
    wanted = [Requirement(line) for line in requires(DISTRIBUTION) or ()]
    wrong = [fault for need in wanted if need.marker is None or need.marker.evaluate() for fault in _faults(need)]
    if wrong:
        raise Fault(f"Ikke de rigtige pakker: {', '.join(wrong)}.", "Installér fra requirements.lock (»make setup«).")
    return f"Alle {len(wanted)} pakker er der, i de rigtige udgaver."


def _faults(need: Requirement) -> Iterator[str]:
    try:
        found = version(need.name)
    except PackageNotFoundError:
        yield f"{need.name} mangler"
        return
    if not need.specifier.contains(found, prereleases=True):
        yield f"{need.name} er {found} og skal være {need.specifier}"


def versions(_: Settings) -> str:
    if sqlite3.sqlite_version_info < _LEAST_SQLITE:
        least = ".".join(map(str, _LEAST_SQLITE))
        raise Fault(
            f"SQLite er {sqlite3.sqlite_version} og skal være {least} eller nyere.",
            "Brug en Python, der er bygget med et nyere SQLite, eller PostgreSQL.",
        )
    named = {"SQLite": sqlite3.sqlite_version, "Prefect": _version("prefect"), "FastAPI": _version("fastapi")}
    listed = ", ".join(f"{name} {found}" for name, found in named.items())
    return f"Programmet er {_version(DISTRIBUTION)}, på Python {platform.python_version()} med {listed}."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # which `packages` says
        return "ukendt"


def time_zone(_: Settings) -> str:
    try:
        ZoneInfo("Europe/Copenhagen")
    except ZoneInfoNotFoundError:
        raise Fault("Tidszonen Europe/Copenhagen kendes ikke.", "Installér pakken tzdata.") from None
    return "Dansk tid kendes."


def prefect(settings: Settings) -> str:
    """That it can be loaded; and where its server answers, that it has our flows and runs them."""
    found = _loaded(settings)
    try:
        runs = last_runs(settings)
    except Silent:
        where = page(settings)
        return (
            f"Prefect {found} kan indlæses. Dens server svarer ikke på {where}; det gør den, mens »sosu serve« kører."
        )
    missing = _expected() - {run.flow for run in runs}
    if missing:
        raise Fault(
            f"Prefects server kender ikke {', '.join(sorted(missing))}.", "Start »sosu serve« igen, så de sættes op."
        )
    silent = [run.flow for run in runs if _is_silent(run, settings, now())]
    if silent:
        raise Fault(
            f"Kørslen af {', '.join(silent)} er udeblevet eller slår fejl.",
            f"Se de seneste kørsler på {page(settings)}, og kør »sosu advance« og »sosu deliver« imens.",
        )
    return f"Prefect {found} svarer og kører {len(runs)} forløb og udsendelser efter planen."


def _expected() -> set[str]:
    return {_DELIVERY, *(track.pathway.key.replace("_", "-") for track in tracks())}


def _is_silent(run: LastRun, settings: Settings, at: datetime) -> bool:
    """One that never ended well may just have been set up: the queue and the day that is due say the rest."""
    every = timedelta(minutes=settings.deliver_every if run.flow == _DELIVERY else settings.sweep_every)
    return run.ended_at is not None and at - run.ended_at > max(_SILENT_INTERVALS * every, _LEAST_SILENCE)


def _loaded(settings: Settings) -> str:
    before = dict(os.environ)
    os.environ.update(prefect_environment(settings))
    try:
        with warnings.catch_warnings(action="ignore"):  # it would make its folder, which `sosu serve` does
            found: str = import_module("prefect").__version__
    except Exception as error:
        raise Fault(
            f"Prefect kan ikke indlæses ({type(error).__name__}).", "Installér fra requirements.lock (»make setup«)."
        ) from None
    finally:
        os.environ.clear()
        os.environ.update(before)
    return found
