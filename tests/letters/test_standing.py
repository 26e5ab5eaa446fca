"""Our standing as a sender: what the DNS says of us, in plain words, and what a large mailing waits for."""

import time
from base64 import b64encode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from masthead.core import config
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.letters import standing
from masthead.letters.models import Examination, Overrule
from masthead.web.commands import check
from tests.letters.dns_server import NameServer, Zone, serving
from tests.worlds.letters_returns import settings

pytestmark = pytest.mark.django_db

HERE, KEYS, POLICY = "haverness.example", "m1._domainkey.haverness.example", "_dmarc.haverness.example"
STAFF = Actor.staff(1)
WHY = "The mail house moves on Friday and promised the records."


def pair(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> tuple[str, str]:
    """A private key as it is set, and its public half as it stands in the DNS."""
    coding, form = serialization.Encoding, serialization.PrivateFormat
    private = key.private_bytes(coding.PEM, form.PKCS8, serialization.NoEncryption()).decode()
    return private, public_half(key.public_key())


def public_half(key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey) -> str:
    """A public key as it stands in the DNS."""
    coding, form = serialization.Encoding, serialization.PublicFormat
    if isinstance(key, ed25519.Ed25519PublicKey):
        return b64encode(key.public_bytes(coding.Raw, form.Raw)).decode()
    return b64encode(key.public_bytes(coding.DER, form.SubjectPublicKeyInfo)).decode()


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    return pair(rsa.generate_private_key(65537, 2048))


@pytest.fixture
def zone(keys) -> Zone:
    """All as it should be."""
    return {
        (HERE, "TXT"): ["some-site-verification=abc", "v=spf1 mx include:_spf.relay.example -all"],
        ("_spf.relay.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 -all"],
        (HERE, "MX"): ["10 mx.haverness.example."],
        (KEYS, "TXT"): [f'v=DKIM1; k=rsa; p={keys[1][:200]}" "{keys[1][200:]}'],
        (POLICY, "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:dmarc@haverness.example"],
    }


@pytest.fixture
def dns(zone, keys):
    """A name server, and settings that send through a mail server."""
    with serving(zone) as server, settings(
        dns_server=server.place, mail="smtp://127.0.0.1:2525", letters_from=f"Haverness Courier <letters@{HERE}>",
        dkim_selector="m1", dkim_key=keys[0], returns_mailbox="maildir:/var/mail/returns",
    ):  # fmt: skip
        yield server


def wrong() -> dict[str, str]:
    """What does not pass, by name."""
    return {finding.name: finding.says for finding in standing.examine() if not finding.passes}


def test_a_house_in_order_passes(dns):
    assert wrong() == {}
    assert [finding.name for finding in standing.examine()] == ["SPF", "DKIM", "DMARC", "return path", "returns"]


@pytest.mark.parametrize(
    ("name", "place", "values", "words"),
    [
        ("SPF", (HERE, "TXT"), ["some-site-verification=abc"], "does not say who may send"),
        ("SPF", (HERE, "TXT"), ["v=spf1 -all", "v=spf1 mx -all"], "has 2 SPF records"),
        ("SPF", (HERE, "TXT"), ["v=spf1 mx +all"], "lets everybody send"),
        ("SPF", (HERE, "TXT"), ["v=spf1 mx all"], "lets everybody send"),
        ("SPF", (HERE, "TXT"), ["v=spf1 mx"], "has no end"),
        ("SPF", (HERE, "TXT"), [f"v=spf1 {'a ' * 11}-all"], "more than 10 lookups"),
        ("SPF", (HERE, "TXT"), ["v=spf1 include:haverness.example -all"], "more than 10 lookups"),
        ("DKIM", (KEYS, "TXT"), [], "There is no key"),
        ("DKIM", (KEYS, "TXT"), ["v=DKIM1; p="], "is withdrawn"),
        ("DKIM", (KEYS, "TXT"), ["v=DKIM1; p=AAAA"], "is not that of `dkim_key`"),
        ("DKIM", (KEYS, "TXT"), ["v=DKIM1; p=AAAA", "v=DKIM1; p=BBBB"], "2 keys"),
        ("DMARC", (POLICY, "TXT"), [], "has no DMARC record"),
        ("DMARC", (POLICY, "TXT"), ["v=DMARC1; p=maybe"], "says p=maybe"),
        ("DMARC", (POLICY, "TXT"), ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "has 2 records"),
        ("return path", (HERE, "MX"), ["0 ."], "takes no mail"),
        ("return path", (HERE, "MX"), [], "has no mail server"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_plain_words(dns, name, place, values, words):
    dns.zone[place] = values

    found = wrong()

    assert list(found) == [name]
    assert words in found[name]


def test_spf_that_goes_on_elsewhere_and_a_soft_end_pass(dns):
    for record in ("v=spf1 redirect=_spf.relay.example", "V=SPF1 ip4:192.0.2.1 ~all"):
        dns.zone[HERE, "TXT"] = [record]
        assert wrong() == {}


def test_a_short_key_and_what_is_no_key_do_not_pass(dns, keys):
    short = public_half(rsa.RSAPublicNumbers(65537, (1 << 1000) + 297).public_key())
    with settings(dkim_key=""):  # the provider signs
        for text, words in ((short, "has 1001 bits"), ("ab c!", "is none")):
            dns.zone[KEYS, "TXT"] = [f"v=DKIM1; p={text}"]
            assert words in wrong()["DKIM"]


def test_a_key_on_one_line_is_read_as_it_is_for_signing_and_a_broken_one_is_named(dns, keys):
    for written in (keys[0].replace("\n", "\\n"), keys[0].replace("\n", " ")):
        with settings(dkim_key=written):
            assert wrong() == {}
    with settings(dkim_key=keys[0][:200]):
        assert "MASTHEAD_DKIM_KEY: it is no private key" in wrong()["DKIM"]


def test_an_ed25519_key_passes_in_its_short_form(dns):
    private, public = pair(ed25519.Ed25519PrivateKey.generate())
    dns.zone[KEYS, "TXT"] = [f"v=DKIM1; k=ed25519; p={public}"]

    with settings(dkim_key=private):
        assert wrong() == {}


def test_a_sender_below_a_domain_is_under_its_policy(dns):
    dns.zone |= {
        ("news.haverness.example", "TXT"): ["v=spf1 mx -all"],
        ("news.haverness.example", "A"): ["192.0.2.9"],
        ("m1._domainkey.news.haverness.example", "TXT"): dns.zone[KEYS, "TXT"],
    }

    with settings(letters_from="letters@news.haverness.example"):
        assert wrong() == {}
        dns.zone[POLICY, "TXT"] = ["v=DMARC1; p=reject; sp=perhaps"]
        assert "says p=perhaps" in wrong()["DMARC"]


def test_letters_that_go_back_to_another_house_do_not_pass(dns):
    dns.zone |= {("relay.example", "TXT"): ["v=spf1 mx -all"], ("relay.example", "MX"): ["10 mx.relay.example."]}

    with settings(returns_address="bounces@relay.example"):
        assert "go back to relay.example" in wrong()["return path"]
    with settings(returns_address="bounces@returns.haverness.example"):
        dns.zone |= {
            ("returns.haverness.example", "TXT"): ["v=spf1 mx -all"],
            ("returns.haverness.example", "MX"): ["10 mx.haverness.example."],
        }
        assert wrong() == {}


def test_no_selector_no_reader_and_no_address_are_found(dns):
    with settings(dkim_selector="", returns_mailbox=""):
        assert set(wrong()) == {"DKIM", "returns"}
    with settings(returns_mailbox="", hooks_key="a key"):
        assert wrong() == {}
    with settings(letters_from="", mail_from="newsroom@localhost"):
        assert "an address that is nowhere" in wrong()["sender"]


def test_where_no_mail_leaves_there_is_nothing_to_look_up(dns):
    with settings(mail=""):
        assert standing.clear_for(100_000).passes

    assert dns.asked == []


def test_a_silent_name_server_is_waited_for_briefly_and_named(dns):
    dns.silent = True
    began = time.monotonic()

    found = standing.examine(within=timedelta(seconds=0.6))

    assert time.monotonic() - began < 10  # the machine may be slow; the settings of a resolver alone would take longer
    assert [(finding.name, finding.asked) for finding in found if not finding.passes] == [
        ("SPF", False), ("DKIM", False), ("DMARC", False), ("return path", False),
    ]  # fmt: skip
    assert "Could not ask" in found[0].says


# --- A large mailing ----------------------------------------------------------------------------------------


def test_a_small_mailing_goes_and_asks_nobody(dns):
    dns.zone.clear()

    assert standing.clear_for(standing.LARGE).passes
    assert dns.asked == []


def test_a_large_mailing_waits_until_all_passes(dns):
    record = dns.zone.pop((POLICY, "TXT"))

    before = standing.clear_for(standing.LARGE + 1)
    dns.zone[POLICY, "TXT"] = record
    after = standing.clear_for(standing.LARGE + 1)

    assert (before.passes, after.passes) == (False, True)
    assert "DMARC does not pass" in before.says


def test_what_passed_is_believed_for_an_hour(dns, clock):
    standing.clear_for(501)
    asked = len(dns.asked)
    clock.forward(minutes=59)
    standing.clear_for(501)
    assert len(dns.asked) == asked

    clock.forward(minutes=2)
    standing.clear_for(501)
    assert len(dns.asked) == 2 * asked


def test_what_could_not_be_asked_does_not_pass(dns):
    dns.silent = True

    assert not standing.clear_for(501).passes


def test_somebody_overrules_in_writing_and_it_covers_what_was_missing(dns):
    dns.zone.pop((POLICY, "TXT"))
    assert not standing.clear_for(501).passes

    made = standing.overrule(WHY, STAFF)
    assert standing.clear_for(501).passes

    dns.zone.pop((HERE, "TXT"))
    assert not standing.clear_for(501).passes
    [written] = AuditRecord.objects.filter(action="letters.standing_overruled")
    assert (written.by, written.facts, made.reason) == ("staff:1", {"missing": "DMARC"}, WHY)


def test_an_overrule_wants_a_sentence_and_something_to_overrule(dns):
    with pytest.raises(standing.NothingMissing):
        standing.overrule(WHY, STAFF)
    dns.zone.clear()
    standing.look_up()
    with pytest.raises(standing.NoReason):
        standing.overrule("because", STAFF)

    assert Overrule.objects.count() == 0


def test_old_examinations_go(dns, clock):
    standing.look_up()
    clock.forward(days=91)
    standing.look_up()

    assert Examination.objects.count() == 1


# --- masthead check -----------------------------------------------------------------------------------------


def said_by_check() -> list[tuple[bool, str]]:
    return [finding for finding in check.letters(config.load()) if finding[1].startswith("letters:")]


def test_check_says_each_finding(dns: NameServer):
    dns.zone.pop((POLICY, "TXT"))

    said = said_by_check()

    assert [good for good, _ in said] == [True, True, False, True, True]
    assert said[2][1].startswith("letters: DMARC: haverness.example has no DMARC record")


def test_check_takes_silence_for_no_fault(dns: NameServer):
    dns.silent = True

    said = said_by_check()

    assert all(good for good, _ in said)
    assert "Could not ask" in said[0][1]


def test_check_says_one_thing_where_nothing_is_sent(db):
    assert said_by_check() == [(True, "letters: sender: Letters are kept on this machine, and nobody gets them.")]
