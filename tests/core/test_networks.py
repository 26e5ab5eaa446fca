"""Which network a request counts for: nobody chooses their own."""

import pytest
from django.test import RequestFactory

from masthead.core.networks import network_of
from tests.worlds import letters_returns


def network(address: str, forwarded: str = "") -> str:
    said = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return network_of(RequestFactory().get("/", REMOTE_ADDR=address, **said))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_address_counts_alone_and_in_the_newer_protocol_with_its_house(address, counted):
    assert network(address) == counted


def test_without_a_proxy_what_a_client_writes_into_the_header_counts_for_nothing():
    assert network("192.0.2.7", forwarded="198.51.100.1") == "192.0.2.7"


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("203.0.113.9,2001:db8::1", "2001:db8::/64"),
        ("203.0.113.9, ", "unknown"),
        ("", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_its_own_word_counts_and_not_what_stood_before_it(forwarded, counted):
    with letters_returns.settings(behind_proxy=True):
        assert network("127.0.0.1", forwarded=forwarded) == counted
