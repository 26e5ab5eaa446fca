"""Forms carry no token: a browser's word on where they come from is what counts."""

import pytest
from django.test import Client, RequestFactory

from masthead.web.middleware import OPEN_TO_OTHERS, same_origin

pytestmark = pytest.mark.django_db

OURS = "http://localhost:8000"


def answer(method: str = "post", path: str = "/account/sign-in/", **headers: str) -> int:
    request = getattr(RequestFactory(), method)(path, headers=headers)
    return same_origin(lambda request: _Passed())(request).status_code


class _Passed:
    status_code = 200


@pytest.mark.parametrize("headers", [{"origin": OURS}, {"referer": f"{OURS}/support/?from=3"}])
def test_our_own_page_may_send_a_form(headers):
    assert answer(**headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8000.evil.example"},
        {"origin": "http://evil.example", "referer": f"{OURS}/support/"},
        {"referer": "http://evil.example/http://localhost:8000/"},
    ],
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_elses_may(headers, method):
    assert answer(method, **headers) == 403


def test_reading_needs_no_origin():
    assert answer("get", origin="http://evil.example") == 200


def test_only_webhooks_and_one_click_unsubscribing_are_open_to_others():
    assert OPEN_TO_OTHERS == ("/hooks/", "/letters/unsubscribe/", "/calls/invitations/")
    assert answer(path="/hooks/practice/") == 200


def test_a_refused_form_says_what_to_do_and_changes_nothing():
    refused = Client().post("/account/sign-in/", {"email": "ada@example.org"})

    assert refused.status_code == 403
    assert "Nothing has been changed" in refused.content.decode()


def test_the_desk_keeps_its_tokens():
    refused = Client(enforce_csrf_checks=True, headers={"origin": OURS}).post("/desk/login/", {"username": "ada"})

    assert refused.status_code == 403
    assert "CSRF" in refused.content.decode()
