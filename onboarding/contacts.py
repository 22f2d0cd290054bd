"""Where somebody is reached besides their mail: sealed, and shown to nobody in full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session, col, delete, select

from engine.refusal import Refused
from models.keys import Keyring
from models.preference import Contact
from notifications.channels.addresses import shown
from onboarding import audit
from onboarding.colleagues import working_here
from onboarding.keyring import in_turn
from onboarding.preferences import forget_channel
from onboarding.signed import Signed
from onboarding.sorting import sort_anew

#: What is shown of an address that cannot be read.
UNREADABLE = "kan ikke læses"


def put_contact(session: Session, keyring: Keyring, email: str, channel: str, address: str, signed: Signed) -> None:
    """Says where somebody is reached by this channel; an earlier address is replaced. `address` has been checked."""
    keyring = in_turn(session, keyring)
    staff = working_here(session, email, hold=True)
    _remove(session, staff.id or 0, channel)
    contact_id = uuid4()
    sealed = keyring.seal(address, contact_id)
    session.add(Contact(id=contact_id, staff_id=staff.id or 0, channel=channel, sealed=sealed))
    session.flush()
    audit.note(session, signed.by, "contact_put", signed.at, staff.email, channel)


def remove_contact(session: Session, email: str, channel: str, signed: Signed) -> None:
    """Nothing goes there any more; what was to is told by mail. Raises `Refused` when there is no such address."""
    staff = working_here(session, email)
    if not _remove(session, staff.id or 0, channel):
        raise Refused("Der er ingen adresse at slette for den kanal. Se dem med »sosu prefs show«.")
    forget_channel(session, staff.id or 0, channel)
    sort_anew(session, staff.id or 0)
    audit.note(session, signed.by, "contact_removed", signed.at, staff.email, channel)


def contacts(session: Session, email: str, shown: Callable[[Contact], str]) -> dict[str, str]:
    """By channel, what may be `shown` of where somebody is reached."""
    staff = working_here(session, email)
    found = session.exec(select(Contact).where(Contact.staff_id == staff.id).order_by(col(Contact.channel)))
    return {contact.channel: shown(contact) for contact in found}


def masked(key_file: Path) -> Callable[[Contact], str]:
    """What may be seen of an address; that there is one, where it cannot be read."""

    def seen(contact: Contact) -> str:
        try:
            return shown(contact.channel, Keyring.read(key_file).open(contact.sealed, contact.id))
        except Refused:
            return UNREADABLE

    return seen


def address_of(session: Session, key_file: Path, email: str, channel: str) -> str:
    """Where somebody is reached by this channel, in full: for sending, and for nothing else. Raises `Refused` when
    there is no such address, and when it cannot be read.
    """
    staff = working_here(session, email)
    found = session.exec(select(Contact).where(Contact.staff_id == staff.id, Contact.channel == channel)).first()
    if found is None:
        raise Refused("Der er ingen adresse for den kanal. Skriv den først med »sosu prefs contact«.")
    return Keyring.read(key_file).open(found.sealed, found.id)


def _remove(session: Session, staff_id: int, channel: str) -> bool:
    theirs = (col(Contact.staff_id) == staff_id, col(Contact.channel) == channel)
    return session.connection().execute(delete(Contact).where(*theirs)).rowcount > 0
