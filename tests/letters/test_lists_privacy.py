"""What lists hold of a reader: given out whole, and gone with the account."""

import pytest

from masthead.letters import subscribing
from masthead.letters.models import Consent, Left, SignUp, Subscription
from masthead.readers import privacy
from masthead.readers.models import Reader
from tests.worlds.letters_lists import BEHIND, WEEK, asks_for, on_list, supporter, the

pytestmark = pytest.mark.django_db


def test_the_export_has_lists_proofs_and_what_waits():
    subscribing.confirm(asks_for("ada@example.org", page="/harbour/"))
    ada = Reader.objects.get()
    subscribing.leave(ada, the(WEEK), Left.LINK)
    asks_for("ada@example.org", page="/weather/")

    letters = privacy.export(ada, by=ada.actor)["letters"]

    (row,) = letters["lists"]
    assert (row["list"], row["how"], bool(row["left"])) == (the(WEEK).name, "link", True)
    (consent,) = letters["consents"]
    assert (consent["page"], the(WEEK).sentence in consent["words"]) == ("/harbour/", True)
    assert [each["page"] for each in letters["sign_ups"]] == ["/harbour/", "/weather/"]


def test_erasing_an_account_forgets_its_lists_and_nobody_elses():
    subscribing.confirm(asks_for("ada@example.org"))
    ada, bob = Reader.objects.get(), on_list("bob@example.org")
    asks_for("bob@example.org")
    subscribing.leave(supporter("ada@example.org"), the(BEHIND), Left.LINK)

    privacy.erase(ada, by=ada.actor)

    assert list(Subscription.objects.values_list("reader", flat=True)) == [bob.pk]
    assert list(SignUp.objects.values_list("email", flat=True)) == ["bob@example.org"]
    assert not Consent.objects.exists()
