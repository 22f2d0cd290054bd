"""`sosu doctor --deep`: everything that is stored, held against what it follows from, as findings with remedies."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

from cli.finding import Finding
from cli.output import progress
from engine.refusal import Refused
from flows.composition import now
from models.keys import Keyring
from models.session import Database
from reports.deep import histories, outbox, sealed, whole
from reports.deep.examining import Examined, Size, examine, size
from reports.words import counted
from settings import Settings

_RESTORE = "Læg en sikkerhedskopi tilbage på et andet sted, og sammenlign; skriv ikke i databasen med hånden."


@dataclass(frozen=True, slots=True)
class _Words:
    """What a check says when all is well, what it calls what is broken (one, and several), and what to do then."""

    well: str
    one: str
    several: str
    remedy: str


_SAID = {
    whole.STORAGE: _Words("Databasen er hel, også hvor rækker henviser til hinanden.", "fejl", "fejl", _RESTORE),
    histories.HISTORIES: _Words(
        "Alle {enrolments} forløb er, hvor deres historik fører hen.", "fejl i et forløb", "fejl i forløb", _RESTORE
    ),
    histories.NEXT_DAY: _Words(
        "Alle forløb ses på igen den rigtige dag.",
        "dag, der er forkert",
        "dage, der er forkerte",
        "Sæt den rigtig ved at registrere noget i forløbet; er der mange, så sig det til programmets udviklere.",
    ),
    histories.TOLD: _Words(
        "Alle overgange og rykkere har deres beskeder.",
        "overgang eller rykker uden besked",
        "overgange eller rykkere uden besked",
        "Sig det til dem, der skulle have haft besked: forløbets side viser, hvad der skete.",
    ),
    outbox.CHECK: _Words(
        "Alle {messages} beskeder hører til noget og er i en tilstand, der kan være.",
        "besked, der ikke kan være sådan",
        "beskeder, der ikke kan være sådan",
        "Kør »sosu deliver« for dem, ingen har taget; for resten: " + _RESTORE,
    ),
    whole.REFERENCES: _Words("Ingen reference og ingen person er der to gange.", "gentagelse", "gentagelser", _RESTORE),
    whole.AUDIT_LOG: _Words(
        "Revisionsloggen er hel.",
        "brud i revisionsloggen",
        "brud i revisionsloggen",
        "Find ud af, hvem der har haft adgang til databasen, og læg en sikkerhedskopi fra før tilbage et andet sted.",
    ),
    sealed.CHECK: _Words(
        "Alt det, der er låst ({sealed}), kan åbnes med nøglefilen.",
        "fejl i det, der er låst",
        "fejl i det, der er låst",
        "Peg SOSU_KEY_FILE på den nøglefil, som databasen blev skrevet med, eller læg sikkerhedskopien af den tilbage.",
    ),
}


def examined_deeply(settings: Settings, *, quiet: bool) -> list[Finding]:
    """Goes through the database of these settings, with a bar on standard error unless it is to be `quiet`: a finding
    for each check, with what is broken as its details. The database is of this program's revision.
    """
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            there = size(session)
        with progress("Gennemgår", there.total, quiet=quiet) as step:
            return [_finding(one, there) for one in examine(database, _keys(settings), now(), step)]
    finally:
        database.close()


def _keys(settings: Settings) -> sealed.Keys | None:
    """None where the file is missing or cannot be used, which the check of the keys says."""
    read = partial(Keyring.read, settings.key_file)
    try:
        read()
    except Refused:
        return None
    return read


def _finding(one: Examined, there: Size) -> Finding:
    words = _SAID[one.check]
    if not one.broken:
        counts = {name: f"{number:,}".replace(",", ".") for name, number in asdict(there).items()}
        return Finding(one.check, True, words.well.format(**counts))
    details = tuple(f"{broken.about}: {broken.said}" for broken in one.first)
    said = f"{counted(one.broken, words.one, words.several)}."
    return Finding(one.check, False, said, words.remedy, details=details)
