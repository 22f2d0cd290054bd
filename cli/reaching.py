"""Whether messages get out, and whether anybody would hear of it if they did not: checks of `sosu doctor`."""

from __future__ import annotations

from cli.finding import Fault
from engine.refusal import Refused
from flows.posting import channels_of, operations_of
from notifications.channels.envelope import Reachable
from reports.words import CHANNEL
from settings import Settings

_PATIENCE = 5.0  # seconds, for each step
_CHANNEL_SETTING = {"mail": "SOSU_MAIL_URL", "sms": "SOSU_SMS_URL"}


def channels(settings: Settings) -> str:
    """Nothing is sent. What is wrong with the settings themselves is said of `messages`."""
    try:
        there = channels_of(settings)
    except Refused:
        return "Kanalerne er ikke prøvet, fordi indstillingerne ikke kan bruges."
    ways = {way: channel for way, channel in there.items() if isinstance(channel, Reachable)}
    answers = {way: channel.reach(_PATIENCE) for way, channel in ways.items()}
    silent = [answer.detail for answer in answers.values() if not answer.ok]
    if silent:
        named = " og ".join(_CHANNEL_SETTING[way] for way, answer in answers.items() if not answer.ok)
        raise Fault(" ".join(silent), f"Kontrollér {named}, og at firewallen lader programmet komme igennem.")
    return " ".join(answer.detail for answer in answers.values()) or "Ingen kanal går ud af maskinen."


def operations(settings: Settings) -> str:
    """Whoever is told of a channel that reaches nobody is told by another one."""
    try:
        there = channels_of(settings)
    except Refused:
        return "Hvem der får besked om en kanal uden forbindelse, er ikke prøvet, fordi kanalerne ikke kan bruges."
    try:
        told = operations_of(settings, there)
    except Refused as refused:
        said = "Driften får ikke besked, hvis en kanal holder op med at virke."
        raise Fault(said, " ".join(refused.reasons)) from None
    if told is None:
        return "Ingen får besked, hvis en kanal holder op med at virke. Sæt SOSU_OPERATIONS, hvis nogen skal."
    return f"Driften får besked med {CHANNEL[told.way]}, hvis en anden kanal holder op med at virke."
