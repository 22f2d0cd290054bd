"""Danish words for what the database keeps as keys, and for how many of something there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import kinds
from engine.case import Status
from engine.history import Verb
from engine.pathway import Pathway
from engine.topic import Topic
from models.message import Pace
from models.staff import Role

STATUS: Mapping[str, str] = {Status.OPEN: "i gang", Status.PAUSED: "på pause", Status.ENDED: "afsluttet"}

ROLE: Mapping[str, str] = {
    Role.COORDINATOR: "beskæftigelseskoordinator",
    Role.MANAGER: "leder",
    Role.JOBCENTER_OFFICER: "jobcentermedarbejder",
    Role.DATA_PROTECTION_OFFICER: "databeskyttelsesrådgiver",
    Role.ADMINISTRATOR: "administrator",
}

#: What happened, in the history of an enrolment; what its timeline tells apart of pauses and undos too.
HAPPENED: Mapping[str, str] = {
    kinds.PROLONGED: "pausen er forlænget",
    kinds.PROLONGING_UNDONE: "forlængelsen af pausen er fortrudt",
    Verb.ENROL: "indskrevet",
    Verb.ASSIGN: "overdraget",
    Verb.MOVE: "flyttet",
    Verb.ADVANCE: "automatisk",
    Verb.SNOOZE: "rykkere udsat",
    Verb.ELSEWHERE: "håndteres andetsteds",
    Verb.REMIND: "der rykkes igen",
    Verb.PAUSE: "pause",
    Verb.RESUME: "genoptaget",
    Verb.DROP: "frafald",
    Verb.TRANSFER: "overført",
    Verb.UNDO: "fortrudt",
}

#: How the day that something names follows it.
_UNTIL: Mapping[str, str] = {
    kinds.PROLONGED: " til den {}",
    kinds.PROLONGING_UNDONE: ": følges igen op den {}",
    Verb.SNOOZE: " til den {}",
}

#: Why a message was skipped or given up, or what is known of one that waits; by how its reason begins, since some say
#: more behind a colon.
UNSENT: Mapping[str, str] = {
    "nobody_in_audience": "Ingen har den rolle i området. Tilføj en under Administration.",
    "import_undone": "Listen, som den fortæller om, er fortrudt.",
    "transfer_undone": "Overførslen, som forløbet begyndte ved, er fortrudt.",
    "pause_prolonged": "Pausen, som den minder om, er forlænget.",
    "prolonging_undone": "Forlængelsen af pausen, som den minder om, er fortrudt.",
    "overtaken": "Trinnet eller pausen var forbi, før den blev sendt; eller en senere rykker siger det samme og mere.",
    "undone": "Det, den fortæller om, blev fortrudt, før den blev sendt.",
    "snoozed": "Rykkerne er udsat. Den kommer igen, hvis den stadig er aktuel den dag.",
    "handled_elsewhere": "Det håndteres andetsteds, så ingen rykkes for det.",
    "not_wanted": "Modtageren har fravalgt den slags beskeder.",
    "no_address": "Modtageren har ingen adresse for den kanal.",
    "nothing_new": "Modtageren ved det allerede, eller der var ikke mere at fortælle.",
    "trial_mode": "Prøvedrift: modtageren står ikke på prøvelisten.",
    "recipient_inactive": "Modtageren er ikke aktiv længere.",
    "left_audience": "Modtageren har ikke forløbet mere. Den er givet videre til dem, der har.",
    "address_unreadable": "Modtagerens adresse kan ikke læses. Den skal skrives igen under »Mine beskeder«.",
    "too_many_attempts": "Alle forsøg slog fejl.",
    "may_be_received": "Et forsøg kan være nået frem; svaret udeblev.",
    "refused_for_good": "Modtagerens server afviste beskeden for altid. Kontrollér adressen.",
    "not_received": "SMS-tjenesten tog imod beskeden, men telefonen fik den ikke.",
    "holds_cpr": "Beskeden lignede noget med et CPR-nummer og blev holdt tilbage.",
    "holds_name": "Beskeden indeholdt en kandidats navn og blev holdt tilbage.",
    "template_error": "Skabelonen har en fejl. Sig det til driften.",
    "cannot_be_told": "Beskeden kunne ikke dannes. Sig det til driften.",
}

#: How a message was sent, by the name of the channel.
CHANNEL: Mapping[str, str] = {
    "mail": "mail",
    "eml": "fil i mappen",
    "sms": "sms",
    "teams": "Teams",
    "ntfy": "ntfy",
    "webhook": "webhook",
}

#: What the messages of each topic tell.
TOLD: Mapping[Topic, str] = {
    Topic.ESCALATIONS: "En frist er overskredet så længe, at lederen også får besked, eller en pause er glemt.",
    Topic.DEADLINES: "En frist nærmer sig, er i dag eller er overskredet, eller en pause skal følges op.",
    Topic.ENDINGS: "Et forløb er slut, som gennemført, frafald eller andet, eller en afslutning er fortrudt.",
    Topic.HANDOVERS: "Et forløb er overdraget til dig, eller en liste med dine kandidater er læst ind eller fortrudt.",
    Topic.MOVES: "Et forløb er begyndt, flyttet, sat på pause, genoptaget eller ændret på anden vis.",
}

#: How soon somebody is told.
PACE: Mapping[str, str] = {Pace.AT_ONCE: "med det samme", Pace.DIGEST: "samlet", Pace.NEVER: "slet ikke"}

#: What is known of a person, or said of their enrolment in a list.
DETAIL: Mapping[str, str] = {
    "name": "navn",
    "phone": "telefon",
    "email": "e-mail",
    "mother_tongue": "modersmål",
    "area": "værtsområde",
    "coordinator": "koordinator",
    "consent": "samtykke",
}


def counted(count: int, one: str, more: str) -> str:
    """»1 række«, »2 rækker«."""
    return f"{count} {one if count == 1 else more}"


def happened(entry: Mapping[str, Any], day: str, where: str = "") -> str:
    """A transition of `reports.timeline` in words: »rykkere udsat til den 3. marts 2027 (ferie)«. `day` is its day of
    review as its reader writes days, and `where` what is said of the stages.
    """
    until = _UNTIL.get(entry["action"], "").format(day)
    why = f" ({entry['reason'].lower()})" if entry["reason"] else ""
    to = f" til {entry['coordinator']}" if entry["coordinator"] else ""
    return f"{HAPPENED[entry['action']]}{where}{until}{why}{to}"


def meanwhile(status: str, *, reminders_left: bool) -> str:
    """What becomes of the reminders of a stage, or of a pause, that were put off to a day."""
    if reminders_left:
        return "De rykkere, der falder imens, venter til da."
    return f"{_none_left(status)}, så der kommer heller ingen den dag eller senere."


def from_now_on(status: str, *, reminders_left: bool) -> str:
    """The same of those that are to come again: nothing, where that says it all."""
    over = "pausen er slut" if status == Status.PAUSED else "kandidaten er videre"
    return "" if reminders_left else f"{_none_left(status)}, så der kommer først nogen, når {over}."


def _none_left(status: str) -> str:
    return f"Der er ingen rykkere tilbage i {'pausen' if status == Status.PAUSED else 'trinnet'}"


def why_unsent(reason: str | None) -> str:
    """The sentence of `UNSENT` for the reason of a message; nothing where it has none."""
    return UNSENT.get((reason or "").partition(":")[0], "")


def stage_titles(pathway: Pathway) -> dict[str, str]:
    """The Danish title of each stage and ending, by its key."""
    return {key: stage.title for key, stage in (pathway.open_stages | pathway.endings).items()}
