from __future__ import annotations

import logging
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from notifications.channels.addresses import check, shown
from notifications.channels.outside import own_hosts
from tests.notifications.channels.fakes import PowerAutomate, Receiver

AS_APPRISE = f"workflows://{PowerAutomate.NAME}/{PowerAutomate.WORKFLOW}/{PowerAutomate.SIGNATURE}"
NEWER = "/powerautomate/automations/direct/cu/7/workflows/643e/triggers/manual/paths/invoke?sig=tre"


@pytest.mark.parametrize(
    ("channel", "said", "kept", "seen"),
    [
        ("mail", " navn@kommune.dk ", "navn@kommune.dk", "••@kommune.dk"),
        ("sms", " 20 12 34 56", "+4520123456", "+45 •• •• •• 56"),
        ("sms", "0046701234567", "+46701234567", "+46 •• •• •• 67"),
        ("teams", f" {PowerAutomate.ADDRESS}\n", PowerAutomate.ADDRESS, PowerAutomate.NAME),
        ("teams", AS_APPRISE, AS_APPRISE, PowerAutomate.NAME),
        ("ntfy", "ntfys://hemmeligt", "ntfys://hemmeligt", "ntfy.sh"),
        ("ntfy", "ntfys://ntfy.k.dk/en/to", "ntfys://ntfy.k.dk/en/to", "ntfy.k.dk"),
        ("ntfy", "https://ntfy.sh/hemmeligt", "https://ntfy.sh/hemmeligt", "ntfy.sh"),
        ("ntfy", "ntfys://en?mode=cloud", "ntfys://en?mode=cloud", "ntfy.sh"),
        ("ntfy", "ntfys://bruger:hemmelig@ntfy.k.dk/e", "ntfys://bruger:hemmelig@ntfy.k.dk/e", "ntfy.k.dk"),
        ("webhook", Receiver.ADDRESS, Receiver.ADDRESS, Receiver.NAME),
        ("webhook", "https://x.dk:8443", "https://x.dk:8443", "x.dk"),
    ],
)
def test_an_address_is_kept_whole_and_shown_in_part_when_it_can_be_used(
    channel: str, said: str, kept: str, seen: str
) -> None:
    assert check(channel, said) == kept
    assert check(channel, kept) == kept
    assert shown(channel, kept) == seen


@pytest.mark.parametrize(
    ("channel", "said", "problem"),
    [
        ("mail", "hemmelig", "Mailadressen kan ikke bruges. Skriv én adresse"),
        ("sms", "112", "Telefonnummeret kan ikke bruges. Skriv de 8 cifre"),
        ("teams", "", "Teams-adressen kan ikke bruges. Kopiér hele adressen"),
        ("teams", "https://example.org/hemmelig", "Teams-adressen kan ikke bruges. Kopiér hele adressen"),
        ("teams", PowerAutomate.ADDRESS.replace("https", "http", 1), "Teams-adressen kan ikke bruges."),
        ("teams", f"{AS_APPRISE}?template=/etc/hemmelig", "Teams-adressen kan ikke bruges."),
        ("teams", f"{PowerAutomate.ADDRESS} og", "Teams-adressen rummer mellemrum"),
        ("teams", "https://x.dk/" + "a" * 1000, "Teams-adressen er for lang"),
        ("ntfy", "ntfy://ntfy.k.dk/hemmelig", "ntfy-adressen kan ikke bruges. Skriv den som ntfys://emne"),
        ("ntfy", "http://ntfy.sh/hemmelig", "ntfy-adressen kan ikke bruges."),
        ("ntfy", "mailto://hemmelig", "ntfy-adressen kan ikke bruges."),
        ("webhook", "http://x.dk/hemmelig", "Adressen kan ikke bruges. Skriv en hel webadresse"),
        ("webhook", "https://", "Adressen kan ikke bruges."),
        ("webhook", "https://x.dk:99999/hemmelig", "Adressen har en port, der ikke findes. Ret tallet efter kolon"),
        ("webhook", "https://x.dk:0/hemmelig", "Adressen har en port"),
        ("webhook", "https://10.0.0.1:65536/hemmelig", "Adressen har en port"),
        ("ntfy", "ntfys://x.dk:99999999/hemmelig", "ntfy-adressen har en port"),
        ("ntfy", "ntfys://10.0.0.1:99999999/hemmelig", "ntfy-adressen har en port"),
        ("ntfy", "ntfys://x.dk:0/hemmelig", "ntfy-adressen har en port"),
        ("ntfy", "ntfys://x.dk:/hemmelig", "ntfy-adressen har en port"),
        ("ntfy", "ntfys://x.dk:ntfy/hemmelig", "ntfy-adressen har en port"),
        ("ntfy", "ntfys://x.dk/hemmelig?port=65536", "ntfy-adressen har en port"),
        ("teams", "workflows://x.dk:99999999/en/hemmelig", "Teams-adressen har en port"),
        ("teams", "workflows://10.0.0.1:99999999/en/hemmelig", "Teams-adressen har en port"),
        ("teams", PowerAutomate.ADDRESS.replace(":443", ":70000"), "Teams-adressen har en port"),
        ("webhook", "https://[x/hemmelig", "Adressen kan ikke bruges."),
        ("webhook", "https://bruger:hemmelig@x.dk/", "Adressen må ikke rumme brugernavn"),
        ("webhook", "https://x.dk/#hemmelig", "Adressen må ikke rumme brugernavn"),
        ("webhook", "https://x.dk/hemmelig\r\nX-Y: z", "Adressen rummer mellemrum"),
        ("webhook", "https://x.dk\\@y.dk/", "Adressen rummer mellemrum"),
        ("webhook", "https://æ.dk/", "Adressen rummer mellemrum"),
    ],
)
def test_it_is_refused_with_a_remedy_when_nobody_can_be_reached_by_it(
    channel: str, said: str, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as refusal:
        check(channel, said)
    assert str(refusal.value).startswith(problem)
    assert "hemmelig" not in str(refusal.value) + caplog.text


_ODD = ["127.1", "0x7f.1", "0177.0.0.1"]  # which Apprise takes for no machine, and ntfy.sh instead
_INSIDE = [
    "10.0.0.5", "127.0.0.1", "2130706433", "0x7f000001", "169.254.169.254", "192.168.1.1", "172.16.0.9", "100.64.0.1",
    "0.0.0.0", "[::1]",  # noqa: S104  nobody binds there
    "[::]", "[fe80::1]", "[fd00::5]", "[::ffff:10.0.0.5]",
    "[64:ff9b::a00:5]", "localhost", "LOCALHOST.", "127.0.0.1.", "drift.localhost",
]  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "address", "host"),
    [("webhook", "https://{}/hemmelig", host) for host in _INSIDE + _ODD]
    + [("ntfy", "ntfys://{}/hemmelig", host) for host in _INSIDE]
    + [("teams", PowerAutomate.ADDRESS.replace(PowerAutomate.NAME, "{}"), host) for host in _INSIDE + _ODD],
)
def test_it_is_refused_when_the_address_says_itself_that_it_leads_inside(channel: str, address: str, host: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(channel, address.format(host))
    assert "hemmelig" not in str(refusal.value)
    if channel == "webhook":  # Apprise cannot read every one of them
        assert "fører til en maskine på et lukket netværk" in str(refusal.value)
        assert "SOSU_OWN_HOSTS" in str(refusal.value)


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700:4700::1111]", "134744072", "localhost.kommune.dk", "10.dk"])
def test_it_is_kept_when_only_looking_it_up_can_tell_or_it_is_outside(host: str) -> None:
    assert check("webhook", f"https://{host}/x") == f"https://{host}/x"


def test_a_machine_inside_is_kept_when_the_operator_listed_it() -> None:
    own = own_hosts("10.0.0.5, 10.0.0.6:8443")
    for kept in ("https://10.0.0.5/x", "https://10.0.0.6:8443/x"):
        assert check("webhook", kept, own) == kept
    assert check("ntfy", "ntfys://10.0.0.5/emne", own) == "ntfys://10.0.0.5/emne"
    for refused in ("https://10.0.0.6/x", "https://10.0.0.7/x"):
        with pytest.raises(Refused):
            check("webhook", refused, own)


def test_it_is_a_mistake_of_ours_when_there_is_no_such_channel() -> None:
    with pytest.raises(ValueError, match="no such channel"):
        check("telefax", "20123456")


@given(
    st.sampled_from(["mail", "sms", "teams", "ntfy", "webhook"]),
    st.sampled_from(["https", "ntfys", "workflows"]),
    st.text("ax.:@[]%0-7", max_size=12),
    st.sampled_from([NEWER, "/emne", "/en/to?sig=tre", "?port=99999", "#", ""]),
)
def test_it_is_kept_or_refused_whatever_was_typed(channel: str, schema: str, machine: str, path: str) -> None:
    with suppress(Refused):
        assert check(channel, f"{schema}://{machine}{path}")


@given(
    st.sampled_from(["teams", "ntfy", "webhook"]),
    st.sampled_from(["https", "ntfys", "ntfy", "workflows", "", "x"]),
    st.text("ab./:@?#=&[]%", max_size=12),
    st.sampled_from(["/hemmelig", "?sig=hemmelig", "#hemmelig", ":hemmelig@x.dk/y", "/hemmelig?mode=cloud"]),
)
def test_nothing_behind_the_machine_is_shown_whatever_was_typed(
    channel: str, schema: str, middle: str, secret: str
) -> None:
    assert "hemmelig" not in shown(channel, f"{schema}://{middle}x{secret}")
