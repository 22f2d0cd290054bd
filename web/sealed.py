"""What a person has been shown and has yet to confirm: sealed, in the page itself.

Between a preview and its yes somebody's CPR number or a whole list has to be somewhere. It is not kept here: a draft on
the server would be people's data that nobody has decided to keep, would have to be cleared away, and found again by
whichever process gets the answer. A browser cannot be trusted with it in the clear, and no CPR number may stand in a
page. So the page gets it encrypted under the key file, and gives it back as it is: only the same person can use it, for
this one command, and for an hour.
"""

from __future__ import annotations

import base64
import json
import zlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from engine.refusal import Refused
from models.keys import Keyring
from web.permissions import Person

_LASTS = timedelta(hours=1)


def seal(keyring: Keyring, person: Person, command_id: str, at: datetime, values: dict[str, Any]) -> str:
    """`values` are what JSON can hold; `command_id` is a UUID."""
    return seal_for(keyring, person.email, command_id, at + _LASTS, values)


def unseal(keyring: Keyring, person: Person, command_id: str, at: datetime, sealed: str) -> dict[str, Any]:
    """The values. Raises `Refused` for what is another's, of another command, too old, or not ours."""
    return unseal_for(keyring, person.email, command_id, at, sealed)


def seal_for(keyring: Keyring, whom: str, what: str, until: datetime, values: dict[str, Any]) -> str:
    """The same for somebody who is no `Person` yet; `what`, a UUID as `str` writes it, tells one use from another."""
    content = json.dumps({"for": whom, "until": until.isoformat(), "values": values})
    packed = base64.b64encode(zlib.compress(content.encode())).decode()
    return base64.urlsafe_b64encode(keyring.seal(packed, UUID(what))).decode()


def unseal_for(keyring: Keyring, whom: str, what: str, at: datetime, sealed: str) -> dict[str, Any]:
    try:
        use = UUID(what)
        if str(use) != what:  # another spelling would be another command, and the same values good for one more
            raise _begin_again()
        packed = keyring.open(base64.urlsafe_b64decode(sealed), use)
        content = json.loads(zlib.decompress(base64.b64decode(packed)))
    except (Refused, ValueError):  # nobody has learnt anything from how it fails
        raise _begin_again() from None
    if content["for"] != whom or datetime.fromisoformat(content["until"]) < at:
        raise _begin_again()
    values: dict[str, Any] = content["values"]
    return values


def _begin_again() -> Refused:
    return Refused("Det, du har kontrolleret, er for gammelt eller er ikke dit. Begynd forfra; intet er gemt.")
