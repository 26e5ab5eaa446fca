"""What a letter looks like on the wire: read by Python's own parser, its signature checked by dkimpy."""

import base64
import re
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from masthead.core import clock
from masthead.core.config import BadConfig
from masthead.letters import dkim_keys, identities, links, sending
from masthead.letters.models import LetterList, Proof
from masthead.letters.rendering import ONLINE, PREFERENCES, UNSUBSCRIBE, Rendered
from masthead.letters.sending import stencils
from masthead.letters.sending.signing import Signer
from tests.letters.servers import MailServer
from tests.worlds.letters_issues import HELEN
from tests.worlds.letters_lists import on_list, supporter
from tests.worlds.letters_returns import settings
from tests.worlds.letters_sending import a_letter, sends_through, sent, tick
from tests.worlds.readers import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def server():
    made = MailServer()
    with sends_through(made):
        yield made
    made.close()


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


KEYS = {
    "rsa": pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ed25519": pem(ed25519.Ed25519PrivateKey.generate()),
}


class Ed25519Key:
    """What dkimpy wants of PyNaCl, which is not installed, by cryptography instead."""

    def __init__(self, encoded, encoder):
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded))

    def verify(self, text, proof):
        try:
            self.key.verify(proof, text)
        except InvalidSignature:
            raise BadSignature from None


class BadSignature(Exception):
    """As PyNaCl calls it."""


def verifies(data, dns):
    """Whether dkimpy verifies the signature."""
    with pytest.MonkeyPatch.context() as patch:
        nacl = SimpleNamespace(
            signing=SimpleNamespace(VerifyKey=Ed25519Key),
            exceptions=SimpleNamespace(BadSignatureError=BadSignature, ValueError=ValueError),
            encoding=SimpleNamespace(Base64Encoder=None),
        )
        patch.setattr(dkim, "nacl", nacl, raising=False)
        return dkim.verify(data, dnsfunc=dns)


class Addresses(HTMLParser):
    """The addresses that a mail links to."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found |= {value for name, value in attributes if name == "href"}


def test_the_headers_are_those_of_a_letter_that_people_asked_for(server):
    who = on_list("ada@example.org")
    letters = LetterList.objects.get(slug="the-week")
    letters.sender_name, letters.reply_to = "Käthe of the Tide", "answers@masthead.example"
    letters.save()

    mailing = sent(a_letter(subject="Sieben Bööte – und „eines“"))

    (message,) = server.to("ada@example.org")
    assert str(message["From"]) == "Käthe of the Tide <letters@masthead.example>"
    assert str(message["To"]) == "ada@example.org"
    assert str(message["Reply-To"]) == "answers@masthead.example"
    assert str(message["Subject"]) == "Sieben Bööte – und „eines“"
    assert message["Message-ID"] == f"<{identities.message_id(mailing.pk, who.pk)}>"
    assert abs((parsedate_to_datetime(message["Date"]) - clock.now()).total_seconds()) < 60
    assert message["List-Id"] == "the-week <the-week.localhost>"
    assert message["List-Unsubscribe"] == f"<{links.unsubscribe(letters, who.pk)}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Feedback-ID"] == f"{mailing.pk}-public:the-week:letters:localhost"
    assert [message[name] for name in ("Precedence", "Auto-Submitted", "DKIM-Signature")] == [None, None, None]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_where_mail_for_unsubscribing_is_read_the_header_names_its_address_too(server):
    on_list("ada@example.org")

    with sends_through(server, letters_unsubscribe="leave@masthead.example", returns_mailbox="maildir:/box"):
        sent()
    with sends_through(server, letters_unsubscribe="leave@masthead.example"):
        sent()

    message, unread = server.to("ada@example.org")
    assert "mailto:" not in str(unread["List-Unsubscribe"])
    first, second = str(message["List-Unsubscribe"]).split(", ")
    assert first.startswith("<http://localhost:8000/letters/unsubscribe/")
    assert second.startswith("<mailto:leave@masthead.example?subject=unsubscribe%20letter.")


def test_each_gets_links_of_their_own_and_no_mark_is_left(server):
    people = [on_list(f"reader-{number}@example.org") for number in range(2)]

    sent()

    letters = LetterList.objects.get(slug="the-week")
    for who in people:
        (message,) = server.to(who.email)
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert links.unsubscribe(letters, who.pk) in text
        assert links.unsubscribe(letters, who.pk) in Addresses(html).found
        assert "%%" not in text + html


def test_supporters_and_others_get_their_own_edition(server):
    on_list("ada@example.org")
    supporter("sue@example.org")
    on_list("sue@example.org")

    mailing = sent()

    editions = dict(mailing.deliveries.values_list("address", "edition"))
    assert editions == {"ada@example.org": "public", "sue@example.org": "supporter"}
    assert "-supporter:" in server.to("sue@example.org")[0]["Feedback-ID"]


@pytest.mark.parametrize("kind", KEYS)
def test_an_independent_library_verifies_the_signature(server, kind):
    on_list("ada@example.org")

    with sends_through(server, dkim_selector="one", dkim_key=KEYS[kind]):
        sent(a_letter(subject="Sieben Bööte, die alle nacheinander am frühen Morgen in den Hafen einliefen, und eines"))

    (taken,) = server.taken
    record = Signer("masthead.example", "one", dkim_keys.read(KEYS[kind])).record

    def dns(name, timeout=5):
        assert name.rstrip(b".") == b"one._domainkey.masthead.example"
        return record.encode()

    assert verifies(taken.data, dns)
    signed = re.sub(r"\s", "", str(taken.message["DKIM-Signature"])).partition("h=")[2].partition(";")[0].split(":")
    assert signed.count("from") == 2
    assert {"list-unsubscribe", "list-unsubscribe-post", "message-id", "date", "to", "subject"} <= set(signed)
    assert not verifies(taken.data.replace(b"boats", b"goats"), dns)
    assert not verifies(taken.data.replace(b"One-Click", b"Two-Click"), dns)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300)


@given(text=WORDS, html=WORDS)
def test_whatever_was_written_arrives_and_its_signature_holds(text, html):
    letters = LetterList(pk=1, slug="the-week", name="The week", sender_name="The Tide")
    signer = Signer("masthead.example", "one", dkim_keys.read(KEYS["ed25519"]))
    post = stencils.Post(letters, "letters@masthead.example", "The Tide", "localhost", "b@masthead.example", "", signer)
    said = Rendered("Seven boats", f"<p>{html}{UNSUBSCRIBE}</p>", f"{text}{PREFERENCES}\n{ONLINE} end")

    mail = stencils.Stencil(post, said, online="https://tide.example/a=b/" + "long" * 40, key="1-public").mail(
        "ada@example.org", identity="a@b", unsubscribe="https://x.example/?a=1&b=2", preferences="p", at=clock.now()
    )

    data = mail.data
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert all(len(line) <= 76 for line in data.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    assert verifies(data, lambda name, timeout=5: signer.record.encode())
    taken = stencils_parts(data)
    assert taken["text/plain"].replace("\r\n", "\n").rstrip("\n") == mail.text.replace("\r\n", "\n").rstrip("\n")
    assert "https://x.example/?a=1&amp;b=2" in taken["text/html"]


def stencils_parts(data):
    """The two parts, decoded, by Python's parser."""
    from email import message_from_bytes

    message = message_from_bytes(data)
    return {part.get_content_type(): part.get_payload(decode=True).decode() for part in message.get_payload()}


def test_a_key_can_be_written_on_one_line():
    assert dkim_keys.read(KEYS["rsa"].replace("\n", "\\n")).key_size == 2048
    assert dkim_keys.read(KEYS["rsa"].replace("\n", " ")).key_size == 2048


@pytest.mark.parametrize("wrong", ["", "abc", "-----BEGIN PRIVATE KEY-----\nabcd\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_named_with_the_cure(wrong):
    with pytest.raises(BadConfig, match="MASTHEAD_DKIM_KEY"):
        dkim_keys.read(wrong)


# --- Tests of a letter -------------------------------------------------------------------------------------------


def test_a_test_goes_to_one_address_and_to_nobody_else(server):
    on_list("ada@example.org")
    issue = a_letter()

    proof = sending.test(issue, "Helen@Masthead.example", "supporter", HELEN)
    tick()

    (message,) = server.to("helen@masthead.example")
    proof.refresh_from_db()
    assert str(message["Subject"]) == "[Test] Seven boats"
    assert len(server.taken) == 1
    assert (proof.sent_at is not None, proof.error) == (True, "")
    issue.refresh_from_db()
    assert issue.sent_at is None


def test_a_test_that_is_refused_says_why(server):
    server.refusing["helen@masthead.example"] = "550 5.1.1 who?"

    proof = sending.test(a_letter(), "helen@masthead.example", "public", HELEN)
    tick()

    proof.refresh_from_db()
    assert (proof.sent_at, proof.error) == (None, "550 5.1.1 who?")


def test_without_a_mail_server_letters_are_files(tmp_path):
    on_list("ada@example.org")
    (tmp_path / "home").mkdir()

    with settings(mail="", letters_mail="", home=tmp_path / "home"):
        mailing = sent()

    assert mailing.state == "done"
    (file,) = (tmp_path / "home" / "mail").iterdir()
    assert b"To: ada@example.org\r\n" in file.read_bytes()


def test_tests_are_forgotten_after_a_week(server, clock):
    sending.test(a_letter(), "helen@masthead.example", "public", HELEN)
    tick()
    clock.forward(days=8)

    sending.mailings.forget()

    assert not Proof.objects.exists()


def test_what_was_sent_is_given_out_and_erased_with_the_account(server):
    from masthead.readers import privacy

    on_list("ada@example.org")
    mailing = sent()
    who = reader("ada@example.org")

    (copy,) = privacy.export(who, by=HELEN)["letters sent"]
    privacy.erase(who, by=HELEN)

    assert (copy["issue"], copy["address"]) == ("Seven boats", "ada@example.org")
    (row,) = mailing.deliveries.all()
    assert (row.reader, row.address, row.state) == (None, "", "sent")


def test_who_erased_the_account_after_the_freezing_gets_none(server):
    from masthead.letters.sending import freezing
    from masthead.readers import privacy

    on_list("ada@example.org")
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)

    privacy.erase(reader("ada@example.org"), by=HELEN)
    tick()

    assert server.taken == []
    mailing.refresh_from_db()
    assert mailing.state == "done"
