"""A note to the newsroom and a name in print: both optional, off by default, withdrawn by the giver at any time."""

import pytest
from django.test import Client

from masthead.core.models import AuditRecord
from masthead.giving import privacy, remarks
from masthead.giving.models import Pledge, Remark
from masthead.money.models import Checkout
from masthead.readers import devices
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.giving import Giver

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
FORM = {"often": "month", "month": "600", "email": "ada@example.org", "currency": "GBP"}


def says(newsroom, **typed: str) -> tuple[Giver, Client]:
    """Ada gives with these words in the form, and pays."""
    ada = newsroom.supporter("Ada")
    ada.confirms()
    browser = Client(**OURS)
    browser.cookies[devices.COOKIE] = devices.open_device(ada.reader)[1]
    browser.post("/support/", FORM | typed)
    newsroom.bank.pay(Checkout.objects.latest("pk"))
    newsroom.news_arrives()
    return ada, browser


def test_nothing_is_kept_where_nothing_is_said(newsroom):
    says(newsroom, note="  ", name="Ada Obi")  # a name without the tick is no permission

    assert Pledge.objects.get().state == "active"
    assert not Remark.objects.exists()


def test_a_note_and_a_name_are_listed_for_who_sees_money_with_csv(newsroom):
    says(newsroom, note="For the harbour story.", may_print="on", name="Ada Obi")
    care = Desk("Supporter care")

    listed = sentences_in(care.get("/desk/remark/"))
    exported = care.get("/desk/remark/?export=csv").getvalue().decode()

    assert "For the harbour story." in listed
    assert "Ada Obi" in listed
    assert "For the harbour story." in exported
    assert Pledge.objects.get().reference in exported
    assert Desk("Editors").get("/desk/remark/").status_code == 302


def test_what_was_never_paid_is_not_listed(newsroom):
    Client(**OURS).post("/support/", FORM | {"note": "Spam"})

    assert Remark.objects.get().note == "Spam"
    assert "Spam" not in sentences_in(Desk("Supporter care").get("/desk/remark/"))


@pytest.mark.parametrize(
    ("typed", "says_so"),
    [({"note": "x" * 501}, "500"), ({"may_print": "on", "name": ""}, "Write the name that may be printed")],
)
def test_what_is_wrong_is_answered_and_kept(newsroom, typed, says_so):
    answer = Client(**OURS).post("/support/", FORM | typed)

    assert (answer.status_code, says_so in answer.content.decode()) == (422, True)
    assert not Pledge.objects.exists()


def test_a_name_is_withdrawn_on_the_account_and_the_note_stays(newsroom):
    ada, browser = says(newsroom, note="Keep going", may_print="on", name="Ada Obi")

    assert "Your name may be printed: Ada Obi." in browser.get("/account/").content.decode()
    assert "<strong>Ada Obi</strong>" in browser.get("/account/name/").content.decode()
    assert Remark.objects.get().name == "Ada Obi"
    assert browser.post("/account/name/")["Location"] == "/account/?done=unnamed"
    assert (Remark.objects.get().name, Remark.objects.get().note) == ("", "Keep going")
    assert "may be printed" not in browser.get("/account/").content.decode()
    assert AuditRecord.objects.filter(action="remark.name_withdrawn", by=str(ada.reader.actor)).count() == 1
    assert Client(**OURS).get("/account/name/").status_code == 302


def test_words_go_with_the_account(newsroom):
    ada, _ = says(newsroom, note="Keep going", may_print="on", name="Ada Obi")
    assert privacy.export(ada.reader)["remarks"][0]["name"] == "Ada Obi"

    privacy.erase(ada.reader)

    assert not Remark.objects.exists()
    assert remarks.names_of(ada.reader, None) == []
