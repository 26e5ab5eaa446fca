"""Sessions: one a browser, six a reader, ended by whoever holds the account."""

import pytest

from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.giving.models import Gift
from masthead.readers import devices
from masthead.readers.models import Device
from tests.worlds.readers import Browser, reader

pytestmark = pytest.mark.django_db


def test_a_visitor_who_reads_gets_no_cookie_and_costs_no_query(django_assert_num_queries):
    visitor = Browser()

    with django_assert_num_queries(0):
        answer = visitor.post("/account/sign-out/")

    assert Device.objects.count() == 0
    assert answer.cookies[devices.COOKIE].value == ""


def test_the_database_holds_only_the_hash_of_a_session():
    browser = Browser().signs_in("ada@example.org")

    token = browser.cookies[devices.COOKIE].value
    assert token not in str(Device.objects.values().get())
    assert Device.objects.get().token_hash == devices.hash_of(token)


def test_the_seventh_device_ends_the_one_unused_for_longest(clock):
    ada = reader("ada@example.org")
    first, *_ = [devices.open_device(ada, label=f"browser {number}")[0] for number in range(6)]
    clock.forward(days=1)
    for device in Device.objects.of(ada).exclude(pk=first.pk):
        devices.seen(device)

    devices.open_device(ada, label="browser 7")

    assert sorted(device.label for device in Device.objects.of(ada)) == [f"browser {n}" for n in (1, 2, 3, 4, 5, 7)]


def test_a_reader_ends_one_of_their_sessions_from_another():
    here, there = Browser().signs_in("ada@example.org"), Browser().signs_in("ada@example.org")
    other = Device.objects.exclude(token_hash=devices.hash_of(here.cookies[devices.COOKIE].value)).get()

    answer = here.post(f"/account/devices/{other.pk}/end/", follow=True)

    assert "That device is signed out." in answer.content.decode()
    assert here.is_signed_in
    assert not there.is_signed_in
    assert AuditRecord.objects.filter(action="device.ended", by=str(Actor.reader(other.reader_id))).exists()


def test_a_reader_cannot_end_the_session_of_another():
    ada, bo = Browser().signs_in("ada@example.org"), Browser().signs_in("bo@example.org")
    of_bo = Device.objects.get(reader__email="bo@example.org")

    answer = ada.post(f"/account/devices/{of_bo.pk}/end/")

    assert answer.status_code == 404
    assert bo.is_signed_in


def test_a_reader_signs_out_everywhere_else():
    here, *elsewhere = [Browser().signs_in("ada@example.org") for _ in range(3)]

    here.post("/account/devices/others/end/")

    assert here.is_signed_in
    assert [browser.is_signed_in for browser in elsewhere] == [False, False]


def test_signing_out_takes_session_and_pass():
    browser = Browser().signs_in("ada@example.org")

    answer = browser.post("/account/sign-out/")

    assert {name: cookie.value for name, cookie in answer.cookies.items()} == {"session": "", "pass": ""}
    assert not browser.is_signed_in


def test_a_session_lasts_while_it_is_used_and_ends_when_no_browser_can_hold_it(clock):
    used, unused = Browser().signs_in("ada@example.org"), Browser().signs_in("bo@example.org")

    for _ in range(14):
        clock.forward(days=60)
        assert used.is_signed_in
    jobs.run_all(with_clock=True)

    assert not unused.is_signed_in
    assert Device.objects.live().count() == 1


def test_who_is_signed_in_is_offered_their_account_and_not_to_sign_in():
    browser = Browser()

    before = browser.get("/films/").content.decode()
    after = browser.signs_in("ada@example.org").get("/account/devices/").content.decode()

    assert [">Sign in</a>" in page for page in (before, after)] == [True, False]
    assert ">Your account</a>" in after


def test_account_pages_send_visitors_to_sign_in_and_back():
    visitor = Browser()

    answer = visitor.get("/account/devices/?done=one")

    assert answer["Location"] == "/account/sign-in/?next=%2Faccount%2Fdevices%2F%3Fdone%3Done"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("", "A browser"),
    ],
)
def test_a_device_is_called_what_its_owner_knows_it_by(user_agent, label):
    assert devices.label_of(user_agent) == label


def test_ended_devices_that_own_nothing_are_forgotten_after_a_month(clock):
    ada = reader("ada@example.org")
    payer, idle, _ = (devices.open_device(ada, label=label)[0] for label in ("payer", "idle", "here"))
    Gift.objects.create(amount_minor=500, currency="GBP", email="ada@example.org", device=payer)
    for device in (payer, idle):
        devices.end(device, by=ada.actor)

    devices.end_unused()
    kept = Device.objects.count()
    clock.forward(days=31)
    devices.end_unused()

    assert kept == 3
    assert set(Device.objects.values_list("label", flat=True)) == {"payer", "here"}
