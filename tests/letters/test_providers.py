"""Sending through a provider: what each answer means, and how the second way out takes over from the first."""

from base64 import b64encode
from collections import Counter

import pytest

from masthead.core import clock as the_clock
from masthead.core.models import AuditRecord
from masthead.letters.models import Suppression
from masthead.letters.sending import batches
from tests.letters.providers import ProviderServer
from tests.letters.servers import MailServer
from tests.worlds.letters_returns import settings
from tests.worlds.letters_sending import fresh, readers, sent, tick

pytestmark = pytest.mark.django_db

KEYS = {"postmark": "token-1", "mailgun": "Basic " + b64encode(b"api:token-1").decode()}


@pytest.fixture(params=["postmark", "mailgun"])
def provider(request):
    made = ProviderServer(request.param)
    with goes_by(made):
        yield made
    made.close()


def goes_by(server, **more):
    """Letters go by this provider, until the end of the block."""
    facts = {"letters_through": server.kind, "letters_key": "token-1", "letters_api": server.address}
    return settings(**{"mail_from": "letters@masthead.example", "letters_patience": 1, **facts, **more})


def facts_of(mailing):
    """Each copy: its state, its reason and how often it was handed over."""
    rows = mailing.deliveries.order_by("pk")
    return [(row.state, row.reason, row.tries) for row in rows]


def test_a_provider_gets_each_letter_whole_and_under_our_own_name(provider):
    addresses = readers(3)

    mailing = sent()

    assert Counter(provider.taken) == Counter(addresses)
    assert (mailing.state, mailing.repeats, mailing.says) == ("done", 0, "")
    first = provider.asked[0]
    assert first.key == KEYS[provider.kind]
    assert first.path == ("/email" if provider.kind == "postmark" else "/masthead.example/messages")
    assert first.message_id.startswith("<letter.")
    if provider.kind == "postmark":
        headers, text = first.fields["Headers"], first.fields["TextBody"]
        assert (headers["X-PM-KeepID"], first.fields["MessageStream"]) == ("true", "broadcast")
    else:
        headers = {name.removeprefix("h:"): said for name, said in first.fields.items()}
        text = first.fields["text"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http://localhost:8000/letters/unsubscribe/")
    assert "the first of the seven boats" in text


def test_what_is_said_of_one_message_is_about_that_message(provider):
    readers(5)
    provider.answers = [
        (400, {"message": "'to' parameter is not a valid address. please check documentation"}),
        (400, {"message": "need at least one of 'text' or 'html'"}),
        (422, {"message": "Something of this message is wrong"}),
        (413, "too large"),
    ]

    mailing = sent()

    found = ["invalid", "refused", "refused", "refused"]
    assert facts_of(mailing) == [*(("refused", reason, 1) for reason in found), ("sent", "", 1)]
    assert (mailing.state, mailing.repeats, mailing.troubles) == ("done", 0, 0)
    assert mailing.deliveries.first().says.startswith(f"{provider.kind} answered 400 'to' parameter is not a valid")
    assert [row.address for row in Suppression.objects.all()] == ["reader-0@example.org"]


def test_postmark_says_by_a_code_of_its_own_what_is_wrong():
    readers(4)
    server = ProviderServer("postmark")
    server.answers = [
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'reader-0@example.org'."}),
        (422, {"ErrorCode": 300, "Message": "Invalid metadata content."}),
        (422, {"ErrorCode": 406, "Message": "Found inactive addresses: reader-2@example.org. Inactive recipients"}),
    ]

    with goes_by(server):
        mailing = sent()

    server.close()
    found = ["invalid", "refused", "soft"]
    assert facts_of(mailing) == [*(("refused", reason, 1) for reason in found), ("sent", "", 1)]
    assert mailing.state == "done"


ABOUT_US = [
    ("postmark", 401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied."}),
    ("postmark", 422, {"ErrorCode": 400, "Message": "The sender signature is not there."}),
    ("postmark", 422, {"ErrorCode": 405, "Message": "You ran out of credits."}),
    ("mailgun", 401, "Forbidden"),
    ("mailgun", 404, {"message": "Domain not found: masthead.example"}),
]


@pytest.mark.parametrize(("kind", "status", "said"), ABOUT_US)
def test_a_wrong_key_or_account_lets_all_wait_and_repeats_nothing(kind, status, said, clock):
    addresses = readers(3)
    server = ProviderServer(kind)
    server.always = (status, said)

    with goes_by(server):
        mailing = sent()
        server.always = None
        clock.forward(minutes=1)
        tick()

    server.close()
    assert mailing.says.startswith(f"{kind.title()} takes nothing from us: it answered {status}")
    assert isinstance(said, str) or said.get("Message", said.get("message")) in mailing.says
    assert (mailing.state, mailing.repeats, mailing.troubles) == ("sending", 0, 1)
    assert facts_of(mailing) == [("sent", "", 1)] * 3
    assert Counter(server.taken) == Counter([*addresses, addresses[0]])
    assert (fresh(mailing).state, fresh(mailing).repeats) == ("done", 0)


@pytest.mark.parametrize(
    ("answer", "says", "repeats"),
    [
        ((429, {"message": "Too many requests"}), "answered 429 Too many requests", 0),
        ((500, {"message": "Internal error"}), "answered 500 Internal error", 1),
        ((200, "OK, as they say"), "gave an answer that nobody understands.", 1),
        (None, "can’t be reached or fell silent.", 1),
    ],
)
def test_trouble_of_theirs_lets_all_wait_and_counts_what_may_have_been_taken(provider, answer, says, repeats, clock):
    addresses = readers(3)
    provider.answers = [answer]

    mailing = sent()

    assert mailing.says == f"{provider.kind.title()} {says}"
    assert (mailing.state, mailing.repeats, mailing.troubles) == ("sending", repeats, 1)
    assert mailing.resume_at > the_clock.now()
    clock.forward(minutes=2)
    tick()
    assert Counter(provider.taken) == Counter([*addresses, addresses[0]])
    assert len({request.message_id for request in provider.asked}) == 3
    assert (fresh(mailing).state, fresh(mailing).repeats) == ("done", repeats)


def test_an_address_where_nobody_listens_puts_nobody_in_doubt(provider):
    readers(2)
    provider.close()

    mailing = sent()

    assert mailing.says == f"{provider.kind.title()} can’t be reached or fell silent."
    assert (mailing.repeats, mailing.troubles) == (0, 1)
    assert {through for (through,) in mailing.deliveries.values_list("through")} == {""}


# --- The second way out ----------------------------------------------------------------------------------------


@pytest.fixture
def first():
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def second():
    made = ProviderServer("mailgun")
    yield made
    made.close()


def both(first, second, **more):
    """A mail server, and a provider for when it fails."""
    return settings(
        mail=first.address, mail_from="letters@masthead.example", letters_patience=1, letters_fallback=second.kind,
        letters_fallback_key="token-2", letters_fallback_api=second.address, **more,
    )  # fmt: skip


def until_it_changes(mailing, clock):
    """So many troubles in a row that the other way out is taken."""
    for _ in range(batches.TROUBLES_BEFORE_FALLBACK):
        clock.forward(seconds=30)
        tick()
    return fresh(mailing)


def test_when_the_first_way_out_is_down_the_second_takes_the_rest(first, second, clock):
    addresses = readers(4)
    first.go_away()

    with both(first, second):
        mailing = sent()
        assert (mailing.through, mailing.troubles, second.taken) == ("", 1, [])
        mailing = until_it_changes(mailing, clock)

    assert Counter(second.taken) == Counter(addresses)
    assert (mailing.state, mailing.through, mailing.repeats) == ("done", "fallback", 0)
    assert first.taken == []
    changed = AuditRecord.objects.filter(action="letters.mailing_changed_way")
    assert [row.facts["way"] for row in changed] == ["fallback"]


def test_what_the_first_may_have_taken_goes_again_by_the_first_alone(first, second, clock):
    addresses = readers(4)
    first.hang_at = "."

    with both(first, second):
        mailing = sent()
        assert (first.counts, mailing.repeats) == (Counter([addresses[0]]), 1)
        first.go_away()
        mailing = until_it_changes(mailing, clock)
        assert Counter(second.taken) == Counter(addresses[1:])
        assert (mailing.state, mailing.through) == ("sending", "fallback")
        first.come_back()
        clock.forward(hours=1)
        tick()

    assert addresses[0] not in second.taken
    assert first.counts == Counter([addresses[0]] * 2)
    assert (fresh(mailing).state, fresh(mailing).repeats) == ("done", 1)


def test_a_second_way_out_that_fails_too_leads_back_to_the_first(first, second, clock):
    addresses = readers(2)
    first.go_away()
    second.always = (401, "Forbidden")

    with both(first, second):
        mailing = sent()
        mailing = until_it_changes(mailing, clock)
        assert mailing.through == "fallback"
        first.come_back()
        for _ in range(batches.TROUBLES_BEFORE_FALLBACK):
            clock.forward(minutes=3)
            tick()

    assert first.counts == Counter(addresses)
    assert (fresh(mailing).state, fresh(mailing).through, fresh(mailing).repeats) == ("done", "first", 0)


def test_a_provider_without_a_key_names_the_setting(first, second, clock):
    readers(1)
    first.go_away()

    with both(first, second) as conf, settings(letters_fallback_key="", mail=conf.mail):
        mailing = until_it_changes(sent(), clock)

    assert mailing.says == "Mailgun needs a key: set MASTHEAD_LETTERS_FALLBACK_KEY."
