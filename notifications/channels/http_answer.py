"""What an answer over HTTP means for a message, in a sentence that may be shown and logged.

The words of the other end are not kept: they often hold the address.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

from notifications.channels.envelope import Answer
from notifications.channels.https_post import BadUrl, Inside, NotPosted, NotReached, Unanswered

_MAY_BE_RECEIVED = "Beskeden kan være modtaget."
_FOR_NOW = frozenset({408, 409, 425, 429})  # timed out, in the way of another, too early, too many
_MOVED_FOR_GOOD = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """Who answers: its Danish name in the middle of a sentence.

    `setting`: the setting by which we are known there. Without one the recipient's own address says all: where it is,
    and what opens it.
    """

    name: str
    setting: str | None = None

    @property
    def begins(self) -> str:
        return self.name[:1].upper() + self.name[1:]

    def accepted(self, reference: str | None = None) -> Answer:
        return Answer(True, f"Modtaget af {self.name}.", reference=reference)


def answer_to(status: int, end: OtherEnd, reference: str | None = None) -> Answer:
    """What a status (RFC 9110) says of the message.

    Permanent is what is said for good of this recipient or this message. That they do not know *us* is said of no
    message: then nothing gets through.
    """
    match status:
        case _ if 200 <= status < 300:
            return end.accepted(reference)
        case 401 | 402 | 403 | 404 if end.setting:
            return Answer(False, f"{end.begins} afviste os ({status}). Ret {end.setting}.", unreachable=True)
        case _ if 300 <= status < 400 and end.setting:
            return Answer(False, f"{end.begins} er flyttet til en anden adresse ({status}).", unreachable=True)
        case _ if 300 <= status < 400:
            detail = f"{end.begins} viste videre til en anden adresse ({status}), og det følges ikke."
            return Answer(False, detail, permanent=status in _MOVED_FOR_GOOD)
        case 401 | 403 | 404 | 410:
            return Answer(False, f"{end.begins} kender ikke modtagerens adresse ({status}).", permanent=True)
        case _ if status in _FOR_NOW or status >= 500:
            return Answer(False, f"{end.begins} afviste beskeden for nu ({status}).")
        case _ if 400 <= status < 500:
            return Answer(False, f"{end.begins} afviste beskeden ({status}).", permanent=True)
    return not_understood(end)


def not_understood(end: OtherEnd) -> Answer:
    """It answered, and nobody can say what that means for the message."""
    return Answer(False, f"{end.begins} gav et svar, der ikke kan forstås. {_MAY_BE_RECEIVED}", uncertain=True)


def answer_to_failure(failure: NotPosted, end: OtherEnd) -> Answer:
    """What it means that there is no answer."""
    match failure:
        case BadUrl():
            return Answer(False, "Modtagerens adresse kan ikke bruges.", permanent=True)
        case Inside() if end.setting:
            detail = f"{end.begins} kan ikke nås: dens navn fører til en maskine på et lukket netværk."
            return Answer(False, detail, unreachable=True)
        case Inside():
            detail = "Modtagerens adresse fører til en maskine på et lukket netværk og bruges ikke."
            return Answer(False, detail, permanent=True)
        case Unanswered(late=True):
            return Answer(False, f"{end.begins} svarede ikke i tide. {_MAY_BE_RECEIVED}", uncertain=True)
        case NotReached():
            return Answer(False, _of_the_connection(failure.__cause__, end), unreachable=True)
    return Answer(False, f"{end.begins} afbrød forbindelsen. {_MAY_BE_RECEIVED}", uncertain=True)


def _of_the_connection(error: BaseException | None, end: OtherEnd) -> str:
    match error:
        case TimeoutError():
            return f"{end.begins} svarede ikke i tide."
        case ssl.SSLError():
            return f"{end.begins} kunne ikke give en sikker forbindelse."
        case socket.gaierror():
            return f"{end.begins} kan ikke nås: adressens navn kan ikke slås op."
        case ConnectionRefusedError():
            return f"{end.begins} kan ikke nås: der er ingen, der svarer på adressen."
    return f"Forbindelsen til {end.name} svigtede ({type(error).__name__})."
