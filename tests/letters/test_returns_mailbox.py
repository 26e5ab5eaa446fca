"""The mailbox to which letters come back: reports of several mail servers, over IMAP and from a maildir."""

from base64 import b64encode
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.jobs import RULES
from masthead.letters import subscribing
from masthead.letters.models import Kind, RefusedReport, Report, ReportsBox
from masthead.letters.returns import mailbox
from masthead.letters.returns.reading import NotOurs, read
from tests.letters import imap
from tests.worlds.letters_lists import lists_of, on_list, the
from tests.worlds.letters_returns import letter_to, named, settings, stopped

REPORTS = Path(__file__).parent / "reports"
MEANINGS = {
    "postfix": Kind.INVALID,
    "exim": Kind.INVALID,
    "qmail": Kind.INVALID,
    "exchange": Kind.REFUSED,
    "full": Kind.SOFT,
    "delayed": Kind.DELAYED,
    "complaint": Kind.COMPLAINED,
    "not-spam": Kind.OTHER,
}
NO_REPORTS = ("answer", "away")
FORGED = "letter.1.1.AAAAAAAAAAAAAAAAAAAAAA@haverness.example"


def mail(name: str, letter: str, to: str = "ada@example.org") -> bytes:
    """A mail of the samples, about this letter."""
    text = (REPORTS / f"{name}.eml").read_text()
    date = format_datetime(the_clock.now())
    return text.replace("{letter}", letter).replace("{to}", to).replace("{date}", date).encode()


@pytest.fixture
def letter(db):
    return letter_to(on_list("ada@example.org"))


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A real mail server, whose certificate is trusted."""
    with imap.running(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "imap.pem"))
        with settings(returns_mailbox=running.place, returns_password=imap.PASSWORD):
            yield running


@pytest.fixture
def folder(tmp_path):
    """An empty maildir."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    with settings(returns_mailbox=f"maildir:{tmp_path / 'box'}"):
        yield tmp_path / "box"


def test_every_sample_stands_in_a_table():
    assert {path.stem for path in REPORTS.glob("*.eml")} == {*MEANINGS, *NO_REPORTS}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_report_means(letter, name):
    told = read(mail(name, named(letter)))

    assert told is not None
    assert (told.kind, told.message_id) == (MEANINGS[name], named(letter))
    assert told.at is not None
    assert abs((told.at - the_clock.now()).total_seconds()) < 5


@pytest.mark.parametrize("name", MEANINGS)
def test_a_report_with_the_line_ends_of_mail_means_the_same(letter, name):
    told = read(mail(name, named(letter)).replace(b"\n", b"\r\n"))

    assert told is not None
    assert told.kind == MEANINGS[name]


@pytest.mark.parametrize("name", MEANINGS)
@pytest.mark.parametrize(
    "other", ["20261005.1@haverness.example", "letter.1.1.AAAAAAAAAAAAAAAAAAAAAA@haverness.example"]
)
def test_a_report_of_a_mail_that_is_no_letter_counts_for_nothing(letter, name, other):
    """A sign-in code that came back, and a name that somebody made up."""
    with pytest.raises(NotOurs):
        read(mail(name, other))


@pytest.mark.parametrize("name", NO_REPORTS)
def test_what_people_and_their_programs_answer_is_no_report(letter, name):
    assert read(mail(name, named(letter))) is None


@pytest.mark.django_db
@hypothesis_settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(MEANINGS)), chance=st.randoms(use_true_random=False))
def test_a_broken_report_is_no_fault(name, chance):
    raw = bytearray(mail(name, FORGED))
    for _ in range(chance.randint(1, 12)):
        begin = chance.randrange(len(raw))
        raw[begin : begin + chance.randint(0, 40)] = chance.randbytes(chance.randint(0, 3))
    try:
        told = read(bytes(raw))
    except NotOurs:
        told = None
    assert told is None


def test_a_mailbox_is_read_over_imap_and_letters_stop(letter, server):
    other = letter_to(on_list("bo@example.org"))
    server.comes(mail("postfix", named(letter)), mail("answer", named(letter)), mail("complaint", named(other)))

    mailbox.read_reports()
    jobs.run_all()

    assert stopped() == {"ada@example.org": "invalid", "bo@example.org": "complained"}
    assert lists_of(other.reader) == set()
    box = ReportsBox.objects.get()
    assert (box.read_up_to, box.trouble, imap.USER in box.name) == (3, "", False)


def test_a_mailbox_is_looked_at_and_never_changed(letter, server):
    server.comes(mail("postfix", named(letter)))

    mailbox.look()

    commands = {line.split()[0] if not line.startswith("UID") else " ".join(line.split()[:2]) for line in server.asked}
    assert commands <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}


def test_a_mailbox_is_read_on_from_where_it_was(letter, server):
    server.comes(mail("postfix", named(letter)))
    mailbox.look()
    server.asked.clear()
    mailbox.look()
    assert not [line for line in server.asked if "FETCH" in line]

    server.comes(mail("full", named(letter)))
    mailbox.look()

    assert [line for line in server.asked if "FETCH" in line] == [f"UID FETCH 2 (BODY.PEEK[]<0.{mailbox.LARGEST}>)"]


def test_a_renumbered_mailbox_is_read_anew_and_nothing_counts_twice(letter, server):
    server.comes(mail("postfix", named(letter)), mail("full", named(letter)))
    mailbox.look()
    server.validity += 1

    mailbox.look()

    assert sorted(Report.objects.values_list("kind", flat=True)) == ["invalid", "soft"]
    assert ReportsBox.objects.get().validity == server.validity


@pytest.mark.parametrize("broken", ["gone", "wrong password", "hangs up", "not trusted"])
def test_a_mailbox_that_cannot_be_reached_only_delays(letter, server, broken, monkeypatch):
    server.comes(mail("postfix", named(letter)))
    with pytest.MonkeyPatch.context() as patch:
        if broken == "hangs up":
            server.answers = False
        if broken == "not trusted":
            patch.delenv("SSL_CERT_FILE")
        place = server.place.replace(f":{server.server_address[1]}", ":9") if broken == "gone" else server.place
        password = "guess" if broken == "wrong password" else imap.PASSWORD
        with settings(returns_mailbox=place, returns_password=password):
            mailbox.read_reports()
    assert (Report.objects.count(), ReportsBox.objects.get().trouble != "") == (0, True)

    server.answers = True
    mailbox.read_reports()

    assert Report.objects.count() == 1
    assert ReportsBox.objects.order_by("-looked_at").filter(trouble="").count() == 1


def test_a_maildir_is_read_and_its_mails_are_marked_as_seen(letter, folder):
    (folder / "new" / "1790000000.M1.haverness").write_bytes(mail("exim", named(letter)))
    (folder / "new" / "1790000001.M2.haverness").write_bytes(mail("away", named(letter)))

    mailbox.read_reports()
    jobs.run_all()

    assert stopped() == {"ada@example.org": "invalid"}
    assert [path.name for path in sorted((folder / "cur").iterdir())] == [
        "1790000000.M1.haverness:2,S",
        "1790000001.M2.haverness:2,S",
    ]
    assert list((folder / "new").iterdir()) == []


def test_the_same_report_twice_is_kept_once(letter, folder):
    for number in range(3):
        (folder / "new" / f"{number}").write_bytes(mail("exim", named(letter)))
        mailbox.look()

    assert Report.objects.count() == 1


def test_a_report_without_a_name_of_its_own_is_known_by_its_bytes(letter, folder):
    nameless = mail("exim", named(letter)).replace(b"Message-Id: <E1abcDE-000042-1x@relay.example>\n", b"")
    for number in range(2):
        (folder / "new" / f"{number}").write_bytes(nameless)
    mailbox.look()

    assert Report.objects.count() == 1


def test_reports_of_other_mail_are_counted_and_not_kept(letter, folder):
    (folder / "new" / "1").write_bytes(mail("postfix", "20261005.1@haverness.example"))

    mailbox.look()

    assert dict(RefusedReport.objects.values_list("source", "count")) == {"mailbox": 1}
    assert Report.objects.count() == 0


def test_a_folder_that_is_missing_is_trouble_and_no_fault(db, tmp_path):
    with settings(returns_mailbox=f"maildir:{tmp_path / 'nowhere'}"):
        mailbox.read_reports()

    assert "nowhere" in ReportsBox.objects.get().trouble


def test_what_takes_long_is_left_to_the_next_job(letter, folder, monkeypatch):
    for number, name in enumerate(("exim", "postfix", "full")):
        (folder / "new" / f"{number}").write_bytes(mail(name, named(letter)))
    monkeypatch.setattr(mailbox, "SECONDS_AT_ONCE", -1.0)

    mailbox.look()
    assert Report.objects.count() == 1
    jobs.run_all()

    assert Report.objects.count() == 3


def test_the_clock_looks_every_ten_minutes_and_nothing_happens_without_a_mailbox(db):
    period, _ = RULES["masthead.letters.returns.mailbox.read_reports"]
    mailbox.read_reports()

    assert (period.total_seconds(), ReportsBox.objects.count()) == (600, 0)


# --- Unsubscribing by mail -------------------------------------------------------------------------------------


def asks_to_leave(subject: str, *, number: int = 1) -> bytes:
    """What a mail program writes when its button is pressed."""
    head = f"From: Ada <ada@elsewhere.example>\nTo: leave@masthead.example\nMessage-ID: <{number}@elsewhere.example>\n"
    return f"{head}Date: {format_datetime(the_clock.now())}\nSubject: {subject}\n\n".encode()


def comes(folder: Path, *mails: bytes) -> None:
    """Mails arrive, and are read."""
    for number, raw in enumerate(mails):
        (folder / "new" / f"{number}").write_bytes(raw)
    mailbox.look()
    jobs.run_all()


def test_a_mail_program_takes_its_reader_off_the_list_of_the_letter(letter, folder):
    letter_to(on_list("bo@example.org"))
    comes(folder, asks_to_leave(f"unsubscribe {named(letter)}"))
    assert (lists_of(letter.reader), lists_of(on_list("bo@example.org"))) == (set(), {"the-week"})
    assert letter.reader.subscriptions.get().left_how == "one-click"
    assert stopped() == {}

    subscribing.join(letter.reader, the("the-week"))
    comes(folder, asks_to_leave(f"unsubscribe {named(letter)}"))
    assert lists_of(letter.reader) == {"the-week"}


def test_a_letter_that_is_old_or_went_to_another_address_unsubscribes_too(letter, folder, clock):
    clock.forward(days=400)
    letter.address = letter.domain = ""
    letter.save()
    reader = letter.reader
    reader.email = "ada@new.example"
    reader.save()

    words = b64encode(f"Unsubscribe <{named(letter)}>".encode()).decode()
    comes(folder, asks_to_leave(f"=?utf-8?b?{words}?="))

    assert lists_of(reader) == set()


@pytest.mark.parametrize(
    ("subject", "refused"),
    [(f"unsubscribe {FORGED}", 1), ("unsubscribe", 0), ("Re: unsubscribe {letter}", 0), ("please {letter}", 0)],
)
def test_nobody_is_taken_off_by_a_name_that_is_made_up_or_in_other_words(letter, folder, subject, refused):
    comes(folder, asks_to_leave(subject.replace("{letter}", named(letter))))

    assert lists_of(letter.reader) == {"the-week"}
    assert RefusedReport.objects.count() == refused
