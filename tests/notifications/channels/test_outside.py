from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from notifications.channels.outside import is_outside, own_hosts


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  # an address to refuse, not one to listen at
        "10.1.2.3",
        "100.64.0.1",  # shared by a provider's customers (CGNAT)
        "100.100.100.200",  # metadata, Alibaba
        "127.0.0.1",
        "127.8.8.8",
        "168.63.129.16",  # metadata, Azure
        "169.254.169.254",  # metadata, nearly everywhere
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",  # metadata, Oracle
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",  # 127.0.0.1 by NAT64
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",  # 127.0.0.1 by 6to4
        "fc00::1",
        "fd00:ec2::254",  # metadata, AWS
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_a_machine_is_not_called_when_it_is_not_on_the_internet(address: str) -> None:
    assert not is_outside(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "91.193.4.1", "172.15.0.1", "100.63.0.1", "2a00:1450:400f::1"])
def test_a_machine_may_be_called_when_anybody_could(address: str) -> None:
    assert is_outside(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_not_called_inside_of_an_ipv6_address(inner: IPv4Address) -> None:
    last = int(inner)
    for outer in (last, 0xFFFF_0000_0000 | last, (0x64_FF9B << 96) | last, (0x2002 << 112) | (last << 80)):
        assert not is_outside(IPv6Address(outer))


def test_own_machines_are_read_with_their_ports() -> None:
    assert own_hosts("") == own_hosts(" , ") == frozenset()
    assert own_hosts("ntfy.kommune.dk, Hook.kommune.dk:8443") == {("ntfy.kommune.dk", 443), ("hook.kommune.dk", 8443)}


@pytest.mark.parametrize("said", ["https://ntfy.kommune.dk", "*", "ntfy.kommune.dk/emne", "a b", ".dk", "x:0", "[::1]"])
def test_it_is_refused_when_an_own_machine_has_no_name(said: str) -> None:
    with pytest.raises(Refused, match=r"^SOSU_OWN_HOSTS "):
        own_hosts(said)
