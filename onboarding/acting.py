"""What every verb on one enrolment has in common: find it, decide, write, and answer a repeated command as before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from engine.actions import Action
from engine.decide import decide
from engine.decision import Decision
from engine.history import Transition
from engine.refusal import Refused
from models.command import FORGOTTEN, Command
from models.types import table
from notifications.audiences import Directory
from onboarding.signed import Signed
from onboarding.store import Loaded, find
from onboarding.writing import Change, write

_COMMAND = table(Command)
_BEFORE = select(_COMMAND.c.request, _COMMAND.c.answer).where(_COMMAND.c.id == bindparam("command_id"))
_WRITTEN = _COMMAND.insert()

Answer = dict[str, Any]
Asked = dict[str, Any]


class CommandUsed(Refused):
    """The command's id was used for something else."""

    def __init__(self) -> None:
        super().__init__("Dette command-id er allerede brugt til en anden handling. Vælg et nyt.")


class Forgotten(Refused):
    """The command was carried out before the key was changed, and what it asked is not known any more."""

    def __init__(self) -> None:
        super().__init__(
            "Kommandoen med dette command-id er udført, før nøglen blev skiftet, og svaret gives ikke igen. Se efter "
            "på forløbet, og brug et nyt id til noget nyt."
        )


def act(
    session: Session,
    reference: str,
    verb: str,
    action: Callable[[Loaded], Action],
    signed: Signed,
    **asked: Any,
) -> Answer:
    """Decides an action for the enrolment on the day of `signed` and writes what comes of it.

    `asked` is what the person asked for; with the verb and the reference it tells two commands apart. Gives
    `enrolment`, `stage`, `status` and `moves`. Raises `Refused` with every reason; then nothing is written.
    """
    loaded = find(session, reference)

    def do() -> Answer:
        decision = decide(loaded.pathway, loaded.case, action(loaded), signed.on)
        if decision.refusal:
            raise Refused(*decision.refusal)
        if decision.transitions or decision.recorded or decision.withdrawn:
            write(session, [Change(loaded, decision)], Directory.load(session), signed)
        return answer(loaded.row.reference, decision)

    return once(session, signed, {"verb": verb, "enrolment": loaded.id, **asked}, do)


def answer(reference: str, decision: Decision) -> Answer:
    return {
        "enrolment": reference,
        "stage": decision.case.place.stage,
        "status": str(decision.case.place.status),
        "moves": [_move(transition) for transition in decision.moves],
    }


def _move(transition: Transition) -> dict[str, Any]:
    return {
        "seq": transition.seq,
        "action": str(transition.action),
        "step": transition.step,
        "from": transition.source,
        "to": transition.target,
        "on": transition.on.isoformat(),
    }


def once(session: Session, signed: Signed, asked: Asked | Sequence[Asked], do: Callable[[], Answer]) -> Answer:
    """Carries out a command, or gives the answer that the same command got before.

    `asked` may be said in several ways, which are the same; it is remembered by the first. Raises `CommandUsed` when
    the id was used for something else, and `Forgotten` when nobody knows any more what it was used for.
    """
    requests = [_hashed(way) for way in ([asked] if isinstance(asked, dict) else asked)]
    before = session.connection().execute(_BEFORE, {"command_id": signed.command_id}).first()
    if before is not None:
        if before.request == FORGOTTEN:
            raise Forgotten
        if before.request not in requests:
            raise CommandUsed
        known: Answer = before.answer
        return known
    answered = do()
    session.flush()  # what was added is written in its order
    command = {"id": signed.command_id, "request": requests[0], "answer": answered, "by": signed.by, "at": signed.at}
    try:
        session.connection().execute(_WRITTEN, command)
    except IntegrityError:  # somebody used it at this very moment; the same command would have waited for its turn
        raise CommandUsed from None
    return answered


def _hashed(asked: Asked) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
