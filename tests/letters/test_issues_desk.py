"""Writing letters at the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from masthead.core import clock
from masthead.core.models import AuditRecord
from masthead.letters import issues, sending
from masthead.letters.models import Issue
from tests.worlds import letters_issues as world
from tests.worlds import newsroom
from tests.worlds.desk import Desk, sentences_in

pytestmark = pytest.mark.django_db


def typed(issue, **fields):
    """What the form of an issue sends."""
    form = {
        "list": issue.list_id,
        "slug": issue.slug,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "headline": issue.headline,
        "written_by": "",
        "body": streamfield([("paragraph", rich_text("<p>Dear reader,</p>"))]),
        **fields,
    }
    return dict(nested_form_data(form))


def saves(desk, issue, **fields):
    return desk.post(reverse("letter_issues:edit", args=[issue.pk]), typed(issue, **fields), follow=True)


def test_a_letter_is_begun_filled_in():
    newsroom.a_story("Four winters left")
    desk = Desk()

    opened = desk.post(reverse("letter_issue_begin"), {"list": world.the_list().pk}, follow=True)

    issue = Issue.objects.get()
    assert opened.redirect_chain[-1][0] == reverse("letter_issues:edit", args=[issue.pk])
    assert [block.block_type for block in issue.body] == ["paragraph", "stories", "call", "appeal"]
    assert "Four winters left" in sentences_in(opened)
    assert AuditRecord.objects.filter(action="letters.issue_begun", subject=f"letters.issue:{issue.pk}").exists()


def test_what_is_typed_is_saved_and_written_down():
    issue, desk = world.a_draft(), Desk()

    saves(desk, issue, headline="What the divers told us")

    issue.refresh_from_db()
    assert issue.headline == "What the divers told us"
    assert AuditRecord.objects.filter(action="letters.issue_saved", by=str(desk.person.actor)).count() == 1


@pytest.mark.parametrize(
    "field", ["subject", "preheader", "headline"], ids=["the subject", "the line behind it", "the headline"]
)
def test_an_unknown_fill_in_word_cannot_be_saved(field):
    issue, desk = world.a_draft(), Desk()

    answer = saves(desk, issue, **{field: "We have {cats this year} cats"})

    assert "Nobody fills in {cats this year}" in sentences_in(answer)
    assert getattr(Issue.objects.get(), field) == getattr(issue, field)


def test_an_unknown_fill_in_word_in_the_body_cannot_be_saved_and_a_known_one_can():
    issue, desk = world.a_draft(), Desk()
    body = [("paragraph", rich_text("<p>We wrote {stories this year} stories.</p>"))]
    wrong = [("paragraph", rich_text("<p>And fed {cats} cats.</p>"))]

    refused = saves(desk, issue, body=streamfield(wrong))
    saves(desk, issue, body=streamfield(body))

    assert "Nobody fills in {cats}" in sentences_in(refused)
    assert "{stories this year}" in Issue.objects.get().body[0].value.source


def test_a_letter_that_mail_programs_would_cut_off_cannot_be_saved():
    issue, desk = world.a_draft(), Desk()
    long = [("paragraph", rich_text(f"<p>{newsroom.SENTENCE * 1100}</p>"))]

    answer = saves(desk, issue, body=streamfield(long))

    assert "mail programs cut off what is over 100 KB" in sentences_in(answer)
    assert len(Issue.objects.get().body) == len(issue.body)


def test_what_is_missing_before_it_can_be_sent_is_said_when_it_is_saved():
    picture = newsroom.a_picture("The pier", made=True, alt="", credit_who="", credit_agency="")
    issue, desk = world.a_draft(), Desk()
    body = [("picture", {"picture": picture.pk, "caption": "", "size": "wide"})]

    answer = saves(desk, issue, body=streamfield(body))

    assert "The picture ‘The pier’ has no credit." in sentences_in(answer)
    assert [block.block_type for block in Issue.objects.get().body] == ["picture"]


def test_the_address_of_a_sent_letter_stays():
    issue, desk = world.an_issue(), Desk()

    answer = saves(desk, issue, slug="elsewhere")

    assert "links in the mails lead to its address" in sentences_in(answer)
    assert Issue.objects.get().slug == issue.slug


def test_a_draft_can_be_deleted_and_a_sent_letter_cannot():
    draft, sent, desk = world.a_draft(), world.an_issue(), Desk()

    for issue in (draft, sent):
        desk.post(reverse("letter_issues:delete", args=[issue.pk]), follow=True)

    assert list(Issue.objects.all()) == [sent]


def test_a_letter_is_taken_out_of_the_archive_and_put_back():
    issue, desk = world.an_issue(), Desk()
    address = reverse("letter_issue_withdraw", args=[issue.pk])

    desk.get(address)
    assert Issue.objects.sent().count() == 1

    desk.post(address)
    assert Issue.objects.sent().count() == 0

    desk.post(address)
    assert Issue.objects.sent().count() == 1
    actions = AuditRecord.objects.filter(action__startswith="letters.issue_").order_by("pk").values_list("action")
    assert [action for (action,) in actions][-2:] == ["letters.issue_withdrawn", "letters.issue_restored"]


@pytest.mark.parametrize(
    ("mode", "says", "says_not"),
    [
        ("public", "Support us and go ad-free", "data-edition"),
        ("supporter", "Unsubscribe from this letter", "Support us and go ad-free"),
        ("text", "====", "<p>"),
        ("web", "data-edition", "%%UNSUBSCRIBE%%"),
    ],
)
def test_the_desk_looks_at_a_letter_as_each_of_its_readers(mode, says, says_not):
    issue, desk = world.a_draft(), Desk()
    address = reverse("letter_issues:preview_on_edit", args=[issue.pk])
    body = streamfield(
        [
            ("paragraph", rich_text("<p>Dear reader,</p>")),
            ("appeal", {"headline": "Free because others pay", "words": rich_text("")}),
        ]
    )

    desk.post(address, typed(issue, body=body))
    shown = desk.get(address, {"mode": mode})

    assert says in shown.content.decode()
    assert says_not not in shown.content.decode()
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]


def test_the_list_of_letters_says_how_each_stands():
    world.a_draft(subject="A draft of ours")
    issues.withdraw(world.an_issue(subject="One that went out"), by=world.HELEN)
    desk = Desk()

    shown = sentences_in(desk.get(reverse("letter_issues:list")))
    found = sentences_in(desk.get(reverse("letter_issues:list"), {"q": "went out"}))
    exported = b"".join(desk.get(reverse("letter_issues:list"), {"export": "csv"}).streaming_content).decode()

    assert "draft" in shown
    assert "withdrawn" in shown
    assert "A draft of ours" not in found
    assert "One that went out" in found
    assert len(exported.strip().splitlines()) == 3


def test_the_list_of_letters_costs_the_same_for_many(django_assert_max_num_queries):
    desk = Desk()
    for number in range(3):
        world.an_issue(subject=f"Letter {number}")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("letter_issues:list"))
    for number in range(12):
        world.an_issue(subject=f"Another {number}")
    with django_assert_max_num_queries(len(few)):
        desk.get(reverse("letter_issues:list"))


def test_reporters_write_drafts_and_do_not_delete():
    issue, reporter = world.a_draft(), Desk("Reporters")

    saves(reporter, issue, headline="By a reporter")
    reporter.post(reverse("letter_issues:delete", args=[issue.pk]))

    assert Issue.objects.get().headline == "By a reporter"


def test_what_is_scheduled_or_sent_is_changed_by_those_who_may_send():
    scheduled, sent = world.a_draft(), world.an_issue()
    sending.schedule(scheduled, clock.now() + timedelta(days=1), world.HELEN)
    reporter, editor = Desk("Reporters"), Desk()

    for issue in (scheduled, sent):
        answer = saves(reporter, issue, headline="By a reporter")
        assert "Whoever may send letters can change it. It stays as it is." in sentences_in(answer)
    for change in (reporter.get, reporter.post):
        assert change(reverse("letter_issue_withdraw", args=[sent.pk])).status_code in (302, 403)
    assert not Issue.objects.filter(headline="By a reporter").exists()
    assert Issue.objects.sent().get() == sent
    assert reverse("letter_issue_withdraw", args=[sent.pk]) not in sentences_in(
        reporter.get(reverse("letter_issues:list"))
    )

    for issue in (scheduled, sent):
        saves(editor, issue, headline="By an editor")
    assert Issue.objects.filter(headline="By an editor").count() == 2


def test_what_was_taken_off_the_schedule_is_a_draft_again_and_can_be_deleted():
    issue, desk = world.a_draft(), Desk()
    mailing = sending.schedule(issue, clock.now() + timedelta(days=1), world.HELEN)
    address = reverse("letter_issues:delete", args=[issue.pk])
    assert "is scheduled. Take it off the schedule first" in sentences_in(desk.post(address, follow=True))

    sending.stop(mailing, world.HELEN)
    saves(Desk("Reporters"), issue, headline="By a reporter")
    assert Issue.objects.get().headline == "By a reporter"

    desk.post(address, follow=True)
    assert not Issue.objects.exists()


def test_several_are_deleted_at_once_unless_one_has_to_stay():
    drafts, sent, scheduled = [world.a_draft(), world.a_draft()], world.an_issue(), world.a_draft()
    sending.schedule(scheduled, clock.now() + timedelta(days=1), world.HELEN)
    desk, address = Desk(), reverse("wagtail_bulk_action", args=["letters", "issue", "delete"])

    for stays, says in ((sent, "has been sent already"), (scheduled, "is scheduled. Take it off")):
        ids = "&".join(f"id={row.pk}" for row in [*drafts, stays])
        assert says in sentences_in(desk.post(f"{address}?{ids}", follow=True))
    assert Issue.objects.count() == 4
    assert not AuditRecord.objects.filter(action="letters.issue_deleted").exists()

    answer = desk.post(f"{address}?{'&'.join(f'id={row.pk}' for row in drafts)}", follow=True)
    assert "The drafts are deleted." in sentences_in(answer)
    assert set(Issue.objects.all()) == {sent, scheduled}
    assert AuditRecord.objects.filter(action="letters.issue_deleted").count() == 2
