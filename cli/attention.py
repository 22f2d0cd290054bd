"""What waits for somebody: messages that nobody got, and enrolments that nobody can move or looks after.

Each is a check of `sosu doctor`. Something that keeps the program from its work is a fault; what it did as it should
and a person has to put right is a remark, since some of it (a dead letter that is left as it is) stays for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select
from sqlmodel import Session

from cli.finding import Fault, Remark
from engine.case import Status
from models.area import HostArea
from models.message import Attempt, Message, State
from models.staff import Staff
from models.types import table
from onboarding.incidents import open_incidents
from onboarding.outages import outages
from onboarding.store import ENROLMENT
from onboarding.trial import KEPT_BACK
from onboarding.visibility import SEES_CASES
from reports.messages import dead_letters
from reports.words import CHANNEL, counted

AREA, ATTEMPT, MESSAGE, STAFF = table(HostArea), table(Attempt), table(Message), table(Staff)

_LATE = timedelta(hours=1)  # deliveries are a minute apart; from cron perhaps a quarter of an hour
_LATELY = timedelta(days=7)
_OFTEN = 3  # tries
_SHOWN = 5  # of what could be a long line


def _queue(session: Session, now: datetime) -> str:
    m = MESSAGE.c
    due = m.state == State.QUEUED, m.send_after < now - _LATE
    late: int = session.connection().execute(select(func.count()).where(*due)).scalar_one()
    if late:
        said = f"{counted(late, 'besked skulle være sendt', 'beskeder skulle være sendt')} for over en time siden."
        raise Fault(said, "Kør »sosu deliver«, og se efter, om »sosu serve« eller cron kører.")
    return "Ingen beskeder har ventet i over en time."


def _failing(session: Session, _: datetime) -> str:
    m, a = MESSAGE.c, ATTEMPT.c
    often = select(m.channel).join_from(ATTEMPT, MESSAGE, m.id == a.message_id).where(m.state == State.QUEUED, ~a.ok)
    ways = session.connection().scalars(often.group_by(m.id, m.channel).having(func.count() >= _OFTEN)).all()
    if ways:
        found = f"{counted(len(ways), 'besked', 'beskeder')} er forsøgt {_OFTEN} gange eller mere og prøves igen"
        by = ", ".join(sorted({CHANNEL.get(way, way) for way in ways}))
        last = last_failure(session)
        answer = f" Seneste svar: {last.detail}" if last else ""
        raise Remark(
            f"{found} ({by}).{answer}", "Se efter mailserveren og SOSU_MAIL_URL, eller ret adressen i den anden kanal."
        )
    return "Ingen beskeder bliver ved med at slå fejl."


def _outages(session: Session, _: datetime) -> str:
    lasting = outages(session)
    if not lasting:
        return "Alle kanaler virker, så vidt det er set."
    found = []
    for outage in lasting:
        channel, waiting = CHANNEL.get(outage["channel"], outage["channel"]), outage["waiting"]
        found.append(f"{channel}, {counted(waiting, 'besked venter', 'beskeder venter')}. {outage['detail']}")
    raise Fault(f"En kanal når ingen: {' '.join(found)}", "Ret kanalen; beskederne sendes så af sig selv.")


def last_failure(session: Session, since: datetime | None = None) -> Row[tuple[str, int]] | None:
    """What the latest failed try was answered (`detail`), and how many `attempts` were that message's own fault.

    None of them are when the server was away.
    """
    m, a = MESSAGE.c, ATTEMPT.c
    wanted = select(a.detail, m.attempts).join_from(ATTEMPT, MESSAGE, m.id == a.message_id).where(~a.ok)
    if since is not None:
        wanted = wanted.where(a.at >= since)
    return session.connection().execute(wanted.order_by(a.id.desc()).limit(1)).first()


def _dead_letters(session: Session, _: datetime) -> str:
    dead = dead_letters(session)
    if dead:
        said = f"{counted(len(dead), 'besked er opgivet', 'beskeder er opgivet')}."
        raise Remark(said, "Se hvorfor med »sosu messages --dead«, ret det, og send dem igen med »sosu resend«.")
    return "Ingen beskeder er opgivet."


def _nobody(session: Session, now: datetime) -> str:
    m = MESSAGE.c
    nobody = m.state == State.SKIPPED, m.reason == "nobody_in_audience", m.finished_at >= now - _LATELY
    wanted = select(m.audience, AREA.c.name).select_from(MESSAGE).join(ENROLMENT, ENROLMENT.c.id == m.enrolment_id)
    wanted = wanted.join(AREA, AREA.c.id == ENROLMENT.c.area_id).where(*nobody).distinct()
    missing = sorted(f"{audience} ({area})" for audience, area in session.connection().execute(wanted))
    if missing:
        said = f"Beskeder den seneste uge havde ingen at gå til: {_some(missing)}."
        raise Remark(said, "Opret dem, der mangler, med »sosu staff add«.")
    return "Alle beskeder den seneste uge havde nogen at gå til."


def _kept_back(session: Session, now: datetime) -> str:
    m = MESSAGE.c
    kept = m.state == State.SKIPPED, m.reason == KEPT_BACK, m.finished_at >= now - _LATELY
    count: int = session.connection().execute(select(func.count()).where(*kept)).scalar_one()
    if count:
        said = f"Prøvedriften holdt {counted(count, 'besked', 'beskeder')} tilbage den seneste uge."
        raise Remark(said, "Sæt modtagere på listen med »sosu trial add«, eller slå den fra med »sosu trial off«.")
    return "Prøvedriften har ikke holdt beskeder tilbage den seneste uge."


def _coordinators(session: Session, _: datetime) -> str:
    e, s = ENROLMENT.c, STAFF.c
    theirs = select(s.email, func.count()).join_from(ENROLMENT, STAFF, s.id == e.coordinator_id)
    cannot = ~s.active | s.role.not_in(sorted(SEES_CASES))
    theirs = theirs.where(cannot, e.status != Status.ENDED).group_by(s.email).order_by(s.email)
    left = [f"{email} ({count})" for email, count in session.connection().execute(theirs)]
    if left:
        said = f"Åbne forløb hører til koordinatorer, der er taget ud eller ikke kan se dem: {_some(left)}."
        raise Remark(said, "Overdrag dem med »sosu assign« eller med en liste.")
    return "Alle åbne forløb har en koordinator."


def _incidents(session: Session, _: datetime) -> str:
    found = [str(incident["enrolment"]) for incident in open_incidents(session)]
    if found:
        raise Fault(f"{len(found)} forløb kunne ikke afgøres: {_some(found)}.", "Se hvorfor med »sosu incidents«.")
    return "Alle forløb kunne afgøres ved den seneste gennemgang."


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" og {more} til" if more > 0 else "")


CHECKS: Mapping[str, Callable[[Session, datetime], str]] = {
    "queue": _queue,
    "failing": _failing,
    "outages": _outages,
    "dead_letters": _dead_letters,
    "nobody": _nobody,
    "trial": _kept_back,
    "coordinators": _coordinators,
    "incidents": _incidents,
}
