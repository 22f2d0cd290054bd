"""Read a list in as a command: sent again it is answered as it was, and a list with a fault is refused."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from engine.refusal import Refused
from models.keys import Keyring
from onboarding.acting import Answer, once
from onboarding.import_list import CandidateList, import_list
from onboarding.reach import Reach
from onboarding.signed import Signed
from onboarding.turn import take_turn


class Faulty(Refused):
    """The list has faults, and nothing of it is saved. `result` is what `import_list` gave."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(*(f"Række {e['row']}, {e['column']}: {e['problem']}" for e in result["errors"]))
        self.result = result


def import_command(
    session: Session,
    keyring: Keyring,
    candidates: CandidateList,
    pathway_key: str,
    signed: Signed,
    reach: Reach | None = None,
) -> Answer:
    """Gives what `import_list` gives for a list without a fault, but for `outcomes`. Raises `Faulty` for any other, and
    `Refused` when the id was used for something else.
    """

    def do() -> Answer:
        result = import_list(session, keyring, candidates, pathway_key, signed, reach=reach)
        if not result["saved"]:
            raise Faulty(result)
        return {key: said for key, said in result.items() if key != "outcomes"}  # a row for each of 10,000 is too much

    take_turn(session)
    asked = {"verb": "import", "pathway": pathway_key, "list": candidates.content_hash}
    return once(session, signed, asked, do)
