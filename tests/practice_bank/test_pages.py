"""The pay page, as who pays meets it: without script, without a real card."""

import subprocess
import sys

import httpx
import pytest

from practice_bank.cards import CARDS
from tests.practice_bank.test_api import VISIT
from tests.worlds.money import ROOT, Bank


@pytest.fixture
def pay_url(bank: Bank) -> str:
    return str(bank.asked("POST", "/v1/checkouts", VISIT).json()["url"])


def test_the_page_says_what_is_asked_and_offers_every_card(pay_url: str) -> None:
    page = httpx.get(pay_url)

    assert [words in page.text for words in ("The Haverness Courier", "£6.00", "ada@example.org", "No money moves")]
    assert [f'value="{card.code}"' in page.text for card in CARDS] == [True] * len(CARDS)
    assert "<script" not in page.text


def test_nothing_but_its_own_style_may_be_loaded_and_only_the_newsroom_be_led_to(pay_url: str) -> None:
    policy = httpx.get(pay_url).headers["content-security-policy"]

    assert policy == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self' http://localhost:8000"
    )


def test_a_test_cards_number_may_be_typed(bank: Bank, pay_url: str) -> None:
    answer = bank.pay(pay_url, number="4000 0000 0000 0002")

    assert (answer.status_code, "not enough money" in answer.text) == (422, True)


def test_a_real_cards_number_is_refused_and_not_kept(bank: Bank, pay_url: str) -> None:
    answer = bank.pay(pay_url, number="5555 5555 5555 4444")

    assert (answer.status_code, "This is no test card." in answer.text) == (422, True)
    assert "5555" not in answer.text
    assert b"5555" not in (bank.home / "bank.sqlite3").read_bytes()
    assert bank.events() == []


def test_paying_twice_pays_once(bank: Bank, pay_url: str) -> None:
    for _ in range(3):
        assert bank.pay(pay_url).headers["location"] == VISIT["return_to"]

    assert len(bank.movements()) == 1
    assert "This payment is closed" in httpx.get(pay_url).text


def test_another_sites_form_cannot_pay(bank: Bank, pay_url: str) -> None:
    answer = httpx.post(pay_url, data={"card": "accepts"}, headers={"Origin": "https://evil.example"})

    assert (answer.status_code, bank.movements()) == (403, [])


def test_the_bank_answers_to_its_own_name_alone(pay_url: str) -> None:
    assert httpx.get(pay_url, headers={"Host": "evil.example:80"}).status_code == 421


def test_words_of_others_are_only_words(bank: Bank) -> None:
    asked = VISIT | {"description": "<script>alert(1)</script>", "reference": "X", "payment": "Y"}
    url = bank.asked("POST", "/v1/checkouts", asked).json()["url"]

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in httpx.get(url).text


@pytest.mark.parametrize("path", ["/nothing", "/pay/chk_none", "/approve/pay_none", "/v1/nothing"])
def test_nothing_is_nowhere(bank: Bank, path: str) -> None:
    assert httpx.get(bank.address + path).status_code == 404


def test_who_paid_can_claim_back_and_call_off_at_the_counter(bank: Bank, pay_url: str) -> None:
    bank.pay(pay_url)
    payment = bank.asked("GET", "/v1/checkouts/VISIT").json()["payment"]

    httpx.post(f"{bank.address}/", data={"claim": payment["id"]})
    httpx.post(f"{bank.address}/", data={"end": payment["mandate"]["id"]})

    now = bank.asked("GET", "/v1/checkouts/VISIT").json()["payment"]
    assert (now["history"][-1]["state"], bool(now["mandate"]["ended_at"])) == ("claimed_back", True)
    assert "claimed back" in httpx.get(bank.address).text


def test_neither_house_imports_the_other() -> None:
    alone = (
        "import sys, practice_bank.__main__; sys.exit(any(m.startswith(('masthead', 'django')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", alone], cwd=ROOT, check=False).returncode == 0

    sources = (ROOT / "masthead").rglob("*.py")
    assert [path for path in sources if "import practice_bank" in path.read_text()] == []
    assert [path for path in (ROOT / "masthead").rglob("*.py") if "from practice_bank" in path.read_text()] == []
