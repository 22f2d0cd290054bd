"""Where a person is reached by each channel: what can be kept of what they typed, and what may be shown of it.

Whoever has such an address can write to its owner, and often in the municipality's name: it is shown and logged as
`shown` gives it, and in no other way.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import SplitResult, parse_qs, urlsplit

from engine.refusal import Refused
from notifications.channels.mime import BadAddress, address_of
from notifications.channels.outside import HTTPS_PORT, names_inside
from notifications.channels.phone import BadNumber, as_e164
from notifications.channels.quiet import quiet

_LONGEST = 1000
_HIDDEN = "••"
_NTFY_SH = "ntfy.sh"


def check(channel: str, said: str, own: frozenset[tuple[str, int]] = frozenset()) -> str:
    """The address as it is kept. Raises `Refused` where the channel cannot reach anybody by it, and where it says by
    itself that it leads to a machine that may not be called and is none of our `own`.

    Where a name leads is looked at when it is called. ValueError for no channel of ours.
    """
    typed = said.strip()
    match channel:
        case "mail":
            return _mail(typed)
        case "sms":
            return _number(typed)
        case "teams":
            return _teams(_web(typed, "Teams-adressen"), own)
        case "ntfy":
            return _ntfy(_web(typed, "ntfy-adressen"), own)
        case "webhook":
            return _webhook(_web(typed, "Adressen"), own)
    raise ValueError(f"no such channel: {channel!r}")


def shown(channel: str, address: str) -> str:
    """What of an address may be shown and logged: two digits of a number, the machine of anything else."""
    match channel:
        case "sms":
            return f"{address[:3]} {_HIDDEN} {_HIDDEN} {_HIDDEN} {address[-2:]}"
        case "mail":
            return f"{_HIDDEN}@{address.rpartition('@')[2]}"
    try:
        parts = urlsplit(address)
        host, asked = parts.hostname or "", parse_qs(parts.query)
    except ValueError:
        return _HIDDEN
    if channel == "ntfy" and (not parts.path.strip("/") or "cloud" in map(str.lower, asked.get("mode", ()))):
        return _NTFY_SH  # what stands in place of the machine is then the topic
    return host or _HIDDEN


def _mail(typed: str) -> str:
    try:
        address_of("", typed)
    except BadAddress:
        raise Refused("Mailadressen kan ikke bruges. Skriv én adresse, for eksempel navn@kommune.dk.") from None
    return typed


def _number(typed: str) -> str:
    try:
        return as_e164(typed)
    except BadNumber:
        raise Refused(
            "Telefonnummeret kan ikke bruges. Skriv de 8 cifre, eller hele nummeret med landekode, for eksempel "
            "+46701234567."
        ) from None


def _web(typed: str, name: str) -> str:
    if len(typed) > _LONGEST:
        raise Refused(f"{name} er for lang: højst {_LONGEST} tegn. Kopiér den igen, og kun den.")
    if not (typed.isascii() and typed.isprintable()) or " " in typed or "\\" in typed:
        raise Refused(f"{name} rummer mellemrum eller tegn, der ikke kan stå i en adresse. Kopiér den igen.")
    with suppress(ValueError):  # what is no address at all, its channel refuses
        _port_of(urlsplit(typed), name)
    return typed


def _port_of(parts: SplitResult, name: str) -> int:
    """Raises `Refused` for what stands as a port and is none: Apprise would take another, or another machine."""
    try:
        port = HTTPS_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if port == 0 or parts.netloc.endswith(":"):
        raise Refused(f"{name} har en port, der ikke findes. Ret tallet efter kolon: det skal være fra 1 til 65535.")
    return port


def _refuse_inside(url: str, name: str, own: frozenset[tuple[str, int]]) -> None:
    parts = urlsplit(url)
    host, port = parts.hostname or "", _port_of(parts, name)
    if names_inside(host) and (host, port) not in own:
        raise Refused(
            f"{name} fører til en maskine på et lukket netværk, og den må ikke kaldes. Brug en adresse, der kan nås "
            "fra internettet, eller bed driften om at sætte maskinen på listen i SOSU_OWN_HOSTS."
        )


def _teams(typed: str, own: frozenset[tuple[str, int]]) -> str:
    # Apprise takes long to import: only who has such an address waits
    from notifications.channels.teams import url_of, workflow_of

    with quiet():
        workflow = None if typed.lower().startswith("http:") else workflow_of(typed)
    if workflow is None:
        raise Refused(
            "Teams-adressen kan ikke bruges. Kopiér hele adressen fra arbejdsprocessen (workflow) i Teams; den "
            "begynder med https:// og rummer sig=… En Apprise-adresse (workflows://…) kan også bruges, uden skabelon."
        )
    _refuse_inside(url_of(workflow), "Teams-adressen", own)
    return typed


def _ntfy(typed: str, own: frozenset[tuple[str, int]]) -> str:
    from notifications.channels.ntfy import server_of, url_of  # as above

    with quiet():
        server = None if typed.lower().startswith("http:") else server_of(typed)
    if server is None:
        raise Refused(
            "ntfy-adressen kan ikke bruges. Skriv den som ntfys://emne, eller som ntfys://server/emne til kommunens "
            "egen server; forbindelsen skal være krypteret (ntfys og ikke ntfy)."
        )
    _refuse_inside(url_of(server), "ntfy-adressen", own)
    return typed


def _webhook(typed: str, own: frozenset[tuple[str, int]]) -> str:
    try:
        parts = urlsplit(typed)
        whole = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole:
        raise Refused("Adressen kan ikke bruges. Skriv en hel webadresse, der begynder med https://.")
    if parts.username is not None or parts.fragment:
        raise Refused(
            "Adressen må ikke rumme brugernavn, adgangskode eller »#«. Modtageren kender os på underskriften i stedet."
        )
    _refuse_inside(typed, "Adressen", own)
    return typed
