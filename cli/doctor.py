"""Whether everything is in place to run: each check is a sentence, and where something is wrong, the remedy too.

Nothing is made or changed here. What the first command would make by itself is no fault when it is not there yet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as core_select
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from cli import attention, installed, reaching
from cli.deep import examined_deeply
from cli.finding import Fault, Finding, Remark
from engine.refusal import Refused
from flows.composition import now
from flows.loading import tracks
from flows.unreachable import refusal_of
from models.candidate import Candidate
from models.keys import Keyring
from models.schema import HEAD, refuse_strangers, revision
from models.session import Database
from onboarding.key_use import check_keys, standing
from onboarding.keyring import keyring_of
from onboarding.pathways import publish
from reports.words import counted
from settings import Settings

_LEAST_FREE = 200 * 2**20  # bytes: SQLite's write-ahead log and Prefect's own database need room to grow


def examined(settings: Settings, *, deep: bool = False, quiet: bool = True) -> list[Finding]:
    """All checks, each on its own: one that fails keeps no other from being made.

    What waits for somebody is looked for where there is a database of this program's revision; so is, where it is to be
    `deep`, whether all that is stored is as it must be, with a bar on standard error unless it is to be `quiet`.
    """
    checks: dict[str, Callable[[Settings], str]] = {
        "database": _database,
        "keys": _keys,
        "tracks": _tracks,
        "messages": _messages,
        "channels": reaching.channels,
        "operations": reaching.operations,
        "templates": _templates,
        "disk": _disk,
        "time_zone": installed.time_zone,
        "clock": _clock,
        "packages": installed.packages,
        "versions": installed.versions,
        "prefect": installed.prefect,
        "openid": _openid,
    }
    of_the_machine = [_finding(name, partial(check, settings)) for name, check in checks.items()]
    if not of_the_machine[0].ok or not _is_ready(settings):
        return of_the_machine
    stored = examined_deeply(settings, quiet=quiet) if deep else []
    return [*of_the_machine, *_of_the_work(settings), *stored]


def _is_ready(settings: Settings) -> bool:
    with _stored(settings) as database:
        return database is not None and revision(database) == HEAD


def _of_the_work(settings: Settings) -> list[Finding]:
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            return [_finding(name, partial(check, session, now())) for name, check in attention.CHECKS.items()]
    finally:
        database.close()


def _finding(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except Remark as remark:
        return Finding(name, True, remark.said, remark.remedy, remark=True)
    except Fault as fault:
        return Finding(name, False, fault.said, fault.remedy)
    except Refused as refused:
        return Finding(name, False, refused.reasons[0], " ".join(refused.reasons[1:]))


def _database(settings: Settings) -> str:
    with _stored(settings) as database:
        if database is None:
            return "Der er ingen database endnu. Den laves af den første kommando."
        found = revision(database)
        if found is None:
            with database.engine.connect() as connection:
                refuse_strangers(connection)
    if found is None:
        return "Databasen er tom. Den laves færdig af den første kommando."
    if found < HEAD:
        raise Fault(f"Databasen er i udgave {found}, programmet i {HEAD}.", "Kør »sosu db upgrade«.")
    if found > HEAD:
        raise Fault(f"Databasen er i udgave {found}, programmet i {HEAD}.", "Brug den nyere udgave af programmet.")
    return f"Databasen svarer og er i udgave {found}."


def _keys(settings: Settings) -> str:
    known = _any_candidate(settings)
    if not settings.key_file.exists():
        if known is None:
            return "Der er ingen nøglefil endnu. Den laves, når den første kandidat indskrives."
        raise Fault(
            f"Nøglefilen {settings.key_file} mangler, og der er kandidater i databasen.",
            "Læg sikkerhedskopien af den tilbage, eller peg SOSU_KEY_FILE på den.",
        )
    keyring = Keyring.read(settings.key_file)
    if known is None:
        return f"Nøglefilen {settings.key_file} er i orden."
    keyring.open(known.cpr_sealed, known.id)
    with _stored(settings) as database:
        if database is not None and revision(database) == HEAD:
            with database.read() as session:
                keyring_of(session, settings.key_file)  # which refuses when it lacks one that is in use
                check_keys(session, settings.key_file)
                _refuse_unfinished(standing(session, settings.key_file))
    return f"Nøglefilen {settings.key_file} er i orden og passer til databasen."


def _refuse_unfinished(found: dict[str, Any]) -> None:
    held = {one["key"]: one["rows"] for one in found["keys"] if one["rows"] and not one["active"]}
    if held:
        rows = counted(sum(held.values()), "række", "rækker")
        said = f"Skiftet af nøgle er ikke færdigt: {rows} er endnu låst med {', '.join(held)}."
        raise Remark(said, "Kør »sosu keys rotate«, som fortsætter, hvor det slap.")


def _tracks(settings: Settings) -> str:
    pathways = [track.pathway for track in tracks()]
    names = ", ".join(f"{pathway.key} {pathway.version}" for pathway in pathways)
    with _stored(settings) as database:
        if database is None or revision(database) != HEAD:
            return f"Forløbene {names} udgives af den første kommando."
        with database.rehearse() as session:
            new = publish(session, pathways, now())
    return f"Forløbene {names} {'udgives af den næste kommando' if new else 'er udgivet'}."


def _messages(settings: Settings) -> str:
    from flows.posting import channels_of

    channels_of(settings)
    if settings.mail_url:
        return "Beskeder sendes med mailserveren i SOSU_MAIL_URL."
    _writable(settings.outbox_dir, "SOSU_OUTBOX_DIR")
    return f"Beskeder skrives som .eml-filer i {settings.outbox_dir}. Sæt SOSU_MAIL_URL for at sende dem."


def _clock(settings: Settings) -> str:
    """Against the database's, where that may be another machine's: what is due depends on it, and what came first."""
    here = now()
    if not _BUILT <= here.year < _BUILT + 50:
        raise Fault(f"Maskinens ur siger {here:%d-%m-%Y}.", "Stil uret, fx med NTP (»timedatectl set-ntp true«).")
    there = _time_there(settings)
    apart = 0.0 if there is None else abs((there - now()).total_seconds())
    if apart > _APART:
        raise Fault(
            f"Maskinens ur og databasens er {apart:.0f} sekunder fra hinanden.",
            "Stil begge, fx med NTP (»timedatectl«).",
        )
    return "Uret er rigtigt." if there is None else f"Uret går som databasens ({apart:.1f} sekunders forskel)."


def _time_there(settings: Settings) -> datetime | None:
    """What the database's own clock says; None of SQLite, which has none, and of one that does not answer."""
    with suppress(Fault), _stored(settings) as database:
        if database is not None and not database.is_sqlite:
            with database.read() as session:
                there: datetime = session.connection().execute(core_select(func.clock_timestamp())).scalar_one()
                return there
    return None


_BUILT = 2026
_APART = 30  # seconds: a lease is a quarter of an hour, and a day begins at midnight


def _templates(settings: Settings) -> str:
    from flows.wording import renderer_of

    if settings.templates_dir is None:
        return "Alle beskeder har programmets egne ord. Sæt SOSU_TEMPLATES_DIR for at bruge kommunens."
    with _stored(settings) as database:
        known = database is not None and revision(database) == HEAD
        renderer_of(settings.templates_dir, database if known else None)
    return f"Kommunens egne skabeloner i {settings.templates_dir} kan bruges."


def _disk(settings: Settings) -> str:
    database = Database(settings.database_url)
    named = {settings.prefect_dir: "SOSU_PREFECT_DIR", settings.key_file.parent: "SOSU_KEY_FILE"}
    if database.is_sqlite and database.url.database:
        named[Path(database.url.database).absolute().parent] = "SOSU_DATABASE_URL"
    free = min(_writable(folder, setting) for folder, setting in named.items())
    if settings.mail_url is None:
        with suppress(Fault):  # which is said of the messages
            free = min(free, _writable(settings.outbox_dir, "SOSU_OUTBOX_DIR"))
    if free < _LEAST_FREE:
        raise Fault(f"Der er kun {free // 2**20} MB ledig plads.", "Skaf plads på disken.")
    return f"Mapperne kan skrives, og der er {free // 2**30} GB ledig plads."


def _openid(settings: Settings) -> str:
    from onboarding.arriving import area_missing, missing_areas
    from web.openid.chosen import chosen
    from web.openid.failing import Failed

    openid = chosen(settings)
    if openid is None:
        return "Der logges ind med adgangskode; login med arbejdskonto er ikke sat op."
    with _stored(settings) as database:
        if database is not None and revision(database) == HEAD:
            with database.read() as session:
                missing = missing_areas(session, openid.grants.values())
            if missing:
                raise Refused(area_missing(missing))
    try:
        openid.provider.discovery.said(now())
    except Failed as failed:
        raise Fault(
            f"Udstederen af arbejdskonti svarer ikke, som den skal ({failed.why}).",
            "Kontrollér SOSU_OIDC_ISSUER, og at serveren kan nå den.",
        ) from None
    return f"Der kan logges ind med arbejdskonto hos {openid.provider.issuer}."


@contextmanager
def _stored(settings: Settings) -> Iterator[Database | None]:
    """The database as it is; None when it would be a file that is not there yet: opening it would make it."""
    database = Database(settings.database_url)
    try:
        path = database.url.database
        missing = database.is_sqlite and not (path and Path(path).exists())
        yield None if missing else database
    except DatabaseError as error:
        refused = refusal_of(error)
        if refused is None:
            raise
        said, _, remedy = refused.reasons[0].partition(": ")
        raise Fault(f"{said}.", f"{remedy[:1].upper()}{remedy[1:]}") from None
    finally:
        database.close()


def _any_candidate(settings: Settings) -> Candidate | None:
    with _stored(settings) as database:
        if database is None or revision(database) is None:
            return None
        with Session(database.engine) as session:
            return session.exec(select(Candidate).limit(1)).first()


def _writable(folder: Path, setting: str) -> int:
    """The free bytes there. A folder that is not there yet counts as the nearest one above it."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    try:
        TemporaryFile(dir=there).close()
    except OSError:
        raise Fault(f"Der kan ikke skrives i {there}.", f"Giv programmet lov til det, eller ret {setting}.") from None
    return shutil.disk_usage(there).free
