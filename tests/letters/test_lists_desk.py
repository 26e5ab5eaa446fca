"""Lists and their people at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from masthead.core.models import AuditRecord
from masthead.letters import subscribing
from masthead.letters.models import Left, LetterList, SignUp, Subscription
from masthead.press.models import Change
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.letters_lists import BEHIND, WEEK, asks_for, lists_of, on_list, supporter, the

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk("Editors")


def typed(**other):
    """What the form of a list sends."""
    return {
        "name": "New films",
        "slug": "new-films",
        "sentence": "A mail when there is one.",
        "benefit": "",
        "is_open": "on",
        "rhythm": "",
        "position": "2",
        "sender_name": "",
        "reply_to": "",
        **other,
    }


def told(action):
    return [(row.action, row.subject, row.by) for row in AuditRecord.objects.filter(action=action)]


def test_a_list_is_started_at_the_desk_and_every_page_that_lists_lists_hears_of_it(desk):
    desk.post(reverse("letterlist:add"), typed())

    films = the("new-films")
    assert (films.is_free, films.is_open, films.path) == (True, True, "/letters/new-films/")
    assert told("letters.list_started") == [
        ("letters.list_started", f"letters.letterlist:{films.pk}", str(desk.person.actor))
    ]
    assert "letter-lists" in Change.objects.latest("pk").parts


def test_a_list_for_supporters_names_a_benefit_that_exists(desk):
    refused = desk.post(reverse("letterlist:add"), typed(benefit="unheard-of"))
    desk.post(reverse("letterlist:add"), typed(slug="for-supporters", benefit="letter"))

    assert refused.status_code == 200
    assert not LetterList.objects.filter(slug="new-films").exists()
    assert not the("for-supporters").is_free


@pytest.mark.parametrize("slug", ["sign-up", "confirm", "choose", "unsubscribe"])
def test_an_address_that_letters_need_themselves_is_refused(desk, slug):
    answer = desk.post(reverse("letterlist:add"), typed(slug=slug))

    assert "is an address that letters need" in sentences_in(answer)
    assert not LetterList.objects.filter(slug=slug).exists()


def test_a_change_is_kept_and_written_down(desk):
    week = the(WEEK)

    desk.post(reverse("letterlist:edit", args=[week.pk]), typed(slug=WEEK, sentence="Now on Sundays.", rhythm="week"))

    assert the(WEEK).sentence == "Now on Sundays."
    assert len(told("letters.list_changed")) == 1


def test_a_list_with_people_on_it_does_not_become_another_peoples_list(desk):
    on_list("ada@example.org")

    answer = desk.post(
        reverse("letterlist:edit", args=[the(WEEK).pk]), typed(slug=WEEK, sentence="New.", benefit="letter")
    )

    assert "under the terms that they were told" in sentences_in(answer)
    assert (the(WEEK).is_free, the(WEEK).sentence != "New.") == (True, True)


def test_only_an_unused_list_can_be_deleted(desk):
    on_list("ada@example.org")
    LetterList.objects.create(name="A slip", slug="slip", sentence="Of the finger.")

    for slug in (WEEK, "slip"):
        answer = desk.post(reverse("letterlist:delete", args=[the(slug).pk]), follow=True)
        said = "has readers or issues" in sentences_in(answer)
        assert said == (slug == WEEK)

    assert set(LetterList.objects.values_list("slug", flat=True)) == {WEEK, BEHIND}
    assert Subscription.objects.count() == 1


def test_the_lists_are_counted_and_go_out_as_csv(desk):
    on_list("ada@example.org")
    subscribing.leave(on_list("bob@example.org"), the(WEEK), Left.LINK)
    supporter("sue@example.org")
    subscribing.leave(supporter("tom@example.org"), the(BEHIND), Left.LINK)

    page = desk.get(reverse("letterlist:index"))
    csv = b"".join(desk.get(reverse("letterlist:index") + "?export=csv").streaming_content).decode()

    assert {row.slug: row.people for row in page.context["object_list"]} == {BEHIND: 1, WEEK: 1}
    assert [line.split(",")[1] for line in csv.splitlines()[1:]] == [BEHIND, WEEK]


def test_who_gets_a_supporters_letter_can_be_looked_up_and_taken_off(desk):
    sue = supporter("sue@example.org")
    supporter("tom@example.org")
    people = reverse("letter_list_people", args=[the(BEHIND).pk])

    found = desk.get(people, {"q": "sue"})
    desk.post(reverse("letter_take_off", args=[the(BEHIND).pk, sue.pk]))
    csv = b"".join(desk.get(people + "?export=csv").streaming_content).decode()

    assert [row.email for row in found.context["object_list"]] == ["sue@example.org"]
    assert lists_of(sue) == set()
    assert told("letters.left") == [("letters.left", f"readers.reader:{sue.pk}", str(desk.person.actor))]
    assert "tom@example.org" in csv
    assert "sue@example.org" not in csv
    looks = AuditRecord.objects.filter(action="letters.people_seen", by=str(desk.person.actor)).order_by("pk")
    assert [row.facts["how"] for row in looks] == ["listed", "exported"]


def test_asking_whether_to_take_somebody_off_takes_nobody_off(desk):
    ada = on_list("ada@example.org")

    page = desk.get(reverse("letter_take_off", args=[the(WEEK).pk, ada.pk]))

    assert "gets no further issue" in sentences_in(page)
    assert lists_of(ada) == {WEEK}


def test_the_proof_of_consent_stands_beside_who_joined(desk):
    subscribing.confirm(asks_for("ada@example.org", page="/harbour/the-pier/"))

    row = Subscription.objects.get()
    page = sentences_in(desk.get(reverse("subscription:inspect", args=[row.pk])))

    assert "/harbour/the-pier/" in page
    assert the(WEEK).sentence.split(",")[0] in page


def test_who_joined_and_left_is_searched_filtered_and_exported(desk):
    on_list("ada@example.org")
    subscribing.leave(on_list("bob@example.org"), the(WEEK), Left.ONE_CLICK)
    index = reverse("subscription:index")

    def shown(**query):
        return {row.reader.email for row in desk.get(index, query).context["object_list"]}

    assert shown() == {"ada@example.org", "bob@example.org"}
    assert shown(q="bob") == {"bob@example.org"}
    assert shown(left_how="one-click") == {"bob@example.org"}
    assert shown(left_at__isnull="true") == {"ada@example.org"}
    csv = b"".join(desk.get(index + "?export=csv").streaming_content).decode()
    assert csv.count("@example.org") == 2
    assert AuditRecord.objects.filter(action="letters.joined_and_left_seen").count() == 5


def test_sign_ups_show_who_has_not_confirmed_and_never_a_token(desk):
    token = asks_for("ada@example.org")
    subscribing.confirm(asks_for("bob@example.org"))

    page = desk.get(reverse("signup:index"), {"confirmed_at__isnull": "true"})

    assert [row.email for row in page.context["object_list"]] == ["ada@example.org"]
    assert token not in sentences_in(page)
    assert AuditRecord.objects.filter(action="letters.sign_ups_seen").count() == 1


def test_that_somebody_looked_at_addresses_or_took_them_away_is_written_down(desk):
    on_list("ada@example.org")
    asks_for("bob@example.org")
    row, asked = Subscription.objects.get(), SignUp.objects.get()

    desk.get(reverse("letter_list_people", args=[the(WEEK).pk]))
    desk.get(reverse("letter_list_people", args=[the(WEEK).pk]) + "?export=csv")
    desk.get(reverse("subscription:index") + "?export=csv")
    desk.get(reverse("subscription:inspect", args=[row.pk]))
    desk.get(reverse("signup:index"))
    desk.get(reverse("signup:inspect", args=[asked.pk]))

    looks = AuditRecord.objects.filter(action__endswith="_seen").order_by("pk")
    of_list = f"letters.letterlist:{the(WEEK).pk}"
    assert [(look.action, look.subject, look.facts["how"]) for look in looks] == [
        ("letters.people_seen", of_list, "listed"),
        ("letters.people_seen", of_list, "exported"),
        ("letters.joined_and_left_seen", "letters.subscription", "exported"),
        ("letters.joined_and_left_seen", f"letters.subscription:{row.pk}", "one of them"),
        ("letters.sign_ups_seen", "letters.signup", "listed"),
        ("letters.sign_ups_seen", f"letters.signup:{asked.pk}", "one of them"),
    ]
    assert {look.by for look in looks} == {str(desk.person.actor)}


@pytest.mark.parametrize("address", ["letterlist:index", "subscription:index", "signup:index"])
def test_a_reporter_does_not_see_who_is_on_a_list(address):
    on_list("ada@example.org")
    reporter = Desk("Reporters")

    answers = [
        reporter.get(reverse(address)),
        reporter.get(reverse("letter_list_people", args=[the(WEEK).pk])),
        reporter.post(reverse("letter_take_off", args=[the(WEEK).pk, Subscription.objects.get().reader_id])),
    ]

    assert all("ada@example.org" not in answer.content.decode() for answer in answers)
    assert all(answer.status_code in (302, 403) for answer in answers)
    assert Subscription.objects.get().left_at is None


def test_the_desks_lists_cost_the_same_for_one_reader_and_for_forty(desk):
    on_list("reader@example.org")
    pages = [
        reverse("letterlist:index"),
        reverse("subscription:index"),
        reverse("letter_list_people", args=[the(WEEK).pk]),
    ]

    def costs():
        found = []
        for page in pages:
            desk.get(page)
            with CaptureQueriesContext(connection) as queries:
                desk.get(page)
            found.append(len(queries))
        return found

    few = costs()
    for number in range(40):
        on_list(f"reader{number}@example.org")
        LetterList.objects.create(name=f"Letter {number}", slug=f"letter-{number}", sentence="Of many.")

    assert costs() == few
