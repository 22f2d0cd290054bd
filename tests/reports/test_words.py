"""Words for what is kept as keys: none is missing."""

from __future__ import annotations

import re

from docs.draw import ROOT
from reports.words import UNSENT, why_unsent

#: How the program says why a message is not sent: a constant of a module, or with the outcome itself.
_SAID = re.compile(
    r"""^(?:REASON|UNDONE|NOT_RECEIVED|OVERTAKEN|SNOOZED|ELSEWHERE|NOT_WANTED|NOTHING_NEW|KEPT_BACK|MAY_BE_RECEIVED
      |NOBODY|INACTIVE|LEFT|NO_ADDRESS|HOLDS_\w+)\ =\ "(\w+)"
    | (?:Outcome\(State\.\w+,\ |because_of\()"(\w+)"
    | "reason":\ reason\ or\ "(\w+)" """,
    re.MULTILINE | re.VERBOSE,
)


def test_every_reason_has_its_words_when_a_message_is_not_sent() -> None:
    files = [*(ROOT / "onboarding").glob("*.py"), ROOT / "notifications" / "guard.py"]
    found = {next(filter(None, said)) for file in files for said in _SAID.findall(file.read_text(encoding="utf-8"))}
    assert found == set(UNSENT)


def test_what_stands_behind_a_reason_does_not_matter_when_it_is_put_into_words() -> None:
    assert why_unsent("template_error: KeyError") == "Skabelonen har en fejl. Sig det til driften."
    assert why_unsent(None) == ""
