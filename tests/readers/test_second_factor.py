"""The second factor of staff: who needs one, how it is set up, given, refused and lost."""

import base64
import re
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from masthead.core import sealing
from masthead.core.models import AuditRecord, Message
from masthead.readers import factors, guarded, one_time_codes
from masthead.readers.models import Factor, RecoveryCode, StaffUser
from masthead.web.commands import reset_factor
from tests.worlds.staff import PASSWORD, App, Browser, codes_on, colleague, wait_for_another_code, words_of

pytestmark = pytest.mark.django_db

SET_UP = "/desk/sign-in/second-factor/"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the others are slow on purpose


@pytest.fixture
def tilda():
    return colleague("tilda@example.org", "Treasurers")


@pytest.fixture
def at_home(tilda) -> tuple[Browser, App, list[str]]:
    """Tilda's browser with a second factor set up, her app, and her recovery codes."""
    browser = Browser().signs_in(tilda)
    app, page = browser.sets_up_app()
    return browser, app, codes_on(page)


def acts(action: str) -> list[dict]:
    return [record.facts for record in AuditRecord.objects.filter(action=action).order_by("pk")]


# --- the numbers ---


def test_codes_are_those_of_the_standard():
    # RFC 6238, appendix B, SHA-1: the last six of the eight digits that stand there.
    secret = base64.b32encode(b"12345678901234567890").decode()

    shown = [one_time_codes.code_at(secret, moment // 30) for moment in (59, 1111111109, 1234567890, 20000000000)]

    assert shown == ["287082", "081804", "005924", "353130"]


def test_a_clock_may_be_half_a_minute_off_and_no_more():
    secret = one_time_codes.new_secret()
    now = 1_000_000 * one_time_codes.SECONDS
    taken = [
        one_time_codes.step_of(secret, one_time_codes.code_at(secret, 1_000_000 + away), now=now)
        for away in range(-2, 3)
    ]

    assert taken == [None, 999_999, 1_000_000, 1_000_001, None]


# --- setting up and signing in ---


def test_who_sees_money_is_led_to_a_second_factor_and_reaches_no_money_before(tilda):
    browser = Browser()

    led = browser.gives_password(tilda)
    refused = browser.get("/desk/payment/")
    _app, page = browser.sets_up_app()

    assert led["Location"] == f"{SET_UP}?next=%2Fdesk%2F"
    assert refused["Location"] == f"{SET_UP}?next=%2Fdesk%2Fpayment%2F"
    assert len(set(codes_on(page))) == factors.RECOVERY_CODES
    assert browser.get("/desk/payment/").status_code == 200
    assert acts("staff.factor-added") == [{"kind": "app"}]
    assert Message.objects.get(key__startswith="factor-added").to == "tilda@example.org"


def test_the_next_sign_in_asks_for_a_code_which_works_once(tilda, at_home):
    _, app, _ = at_home
    wait_for_another_code()
    browser, other = Browser(), Browser()

    asked = browser.gives_password(tilda)
    before = browser.get("/desk/")
    code = app.code
    let_in = browser.gives_code(code)
    other.gives_password(tilda)
    again = other.gives_code(code)

    assert asked["Location"] == "/desk/login/second/"
    assert "/desk/login/" in before["Location"]
    assert let_in["Location"] == "/desk/"
    assert browser.get("/desk/payment/").status_code == 200
    assert "not the code" in words_of(again)
    assert not other.is_in
    assert [facts["how"] for facts in acts("staff.signed-in")] == ["password", "app"]
    assert acts("staff.factor-refused") == [{"kind": "app"}]


def test_the_secret_is_sealed_and_codes_on_paper_are_hashed(at_home):
    _, app, codes = at_home
    kept = Factor.objects.get()

    assert app.secret not in kept.secret
    assert sealing.unseal(kept.secret, factors.SEALED_FOR).endswith(app.secret)
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(kept.secret, "another purpose")
    assert not {code.replace("-", "") for code in codes} & set(RecoveryCode.objects.values_list("code_hash", flat=True))


def test_a_recovery_code_works_once_and_the_file_holds_them_all(tilda, at_home):
    browser, _, codes = at_home
    first, second = Browser().signs_in(tilda, codes[0].upper()), Browser().signs_in(tilda, codes[0])
    left = words_of(first.get("/desk/sign-in/"))

    anew = browser.post("/desk/sign-in/recovery-codes/")

    assert (first.is_in, second.is_in) == (True, False)
    assert "9 of your codes are left" in left
    file = unquote(words_of(anew).partition("data:text/plain;charset=utf-8,")[2].partition('"')[0])
    assert file.split()[-factors.RECOVERY_CODES :] == codes_on(anew)
    assert not Browser().signs_in(tilda, codes[1]).is_in


def test_a_mistyped_code_sets_nothing_up_and_keeps_the_picture(tilda):
    browser = Browser().signs_in(tilda)

    _, page = browser.sets_up_app(code="123 45")

    assert page.status_code == 422
    assert "not what the app shows" in words_of(page)
    assert 'value="123 45"' in words_of(page)
    assert not Factor.objects.exists()


def test_somebody_elses_sealed_secret_is_not_taken(tilda):
    mallory = colleague("mallory@example.org", "Treasurers")
    secret, sealed = factors.new_secret_for_app(mallory)

    page = Browser().signs_in(tilda)
    answer = page.post("/desk/sign-in/app/", {"sealed": sealed, "code": App(secret).code})

    assert answer.status_code == 422
    assert not Factor.objects.exists()


def test_six_wrong_codes_and_the_right_one_must_wait(tilda, at_home, clock):
    _, app, codes = at_home
    wait_for_another_code()
    browser = Browser()
    browser.gives_password(tilda)
    wrong = [words_of(browser.gives_code(f"{number:06}")) for number in range(6)]

    refused = browser.gives_code(app.code)
    elsewhere = Browser(network="198.51.100.7")
    elsewhere.gives_password(tilda)
    refused_elsewhere = elsewhere.gives_code(codes[0])
    clock.forward(minutes=16)
    browser.gives_password(tilda)

    assert all("not the code" in page for page in wrong)
    assert "tried too often" in words_of(refused)
    assert "tried too often" in words_of(refused_elsewhere)
    assert browser.gives_code(app.code).status_code == 302


def test_the_second_step_ends_with_time_with_the_password_and_with_the_person(tilda, at_home, clock):
    _, _app, codes = at_home
    late, changed, gone = Browser(), Browser(), Browser()
    for browser in (late, changed, gone):
        browser.gives_password(tilda)

    clock.forward(minutes=11)
    assert late.gives_code(codes[0])["Location"] == "/desk/login/"
    changed.gives_password(tilda)
    tilda.set_password("another password")
    tilda.save()
    assert changed.gives_code(codes[0])["Location"] == "/desk/login/"
    gone.gives_password(tilda, "another password")
    tilda.is_active = False
    tilda.save()
    assert gone.gives_code(codes[0])["Location"] == "/desk/login/"
    assert Browser().get("/desk/login/second/")["Location"] == "/desk/login/"


def test_who_needs_none_signs_in_by_password_and_may_set_one_up():
    rosa = colleague("rosa@example.org", "Reporters")
    browser = Browser()

    let_in = browser.gives_password(rosa)
    app, _ = browser.sets_up_app()
    wait_for_another_code()
    with_it = Browser().signs_in(rosa, app.code)

    assert let_in["Location"] == "/desk/"
    assert with_it.is_in
    assert not Browser().signs_in(rosa).is_in
    factor = Factor.objects.get()
    assert browser.post(f"/desk/sign-in/factors/{factor.pk}/remove/", {"remove": "1"}).status_code == 302
    assert (Factor.objects.exists(), RecoveryCode.objects.exists()) == (False, False)


def test_another_telephone_takes_the_place_of_the_one_before(tilda, at_home):
    browser, old, _ = at_home

    new, moved = browser.sets_up_app()
    wait_for_another_code()

    assert moved["Location"] == "/desk/"
    assert Factor.objects.count() == 1
    assert not Browser().signs_in(tilda, old.code).is_in
    assert Browser().signs_in(tilda, new.code).is_in


def test_the_only_factor_of_who_needs_one_stays_and_nobody_removes_anothers(tilda, at_home):
    browser, _, _ = at_home
    mallory = Browser().signs_in(colleague("mallory@example.org", "Reporters"))
    path = f"/desk/sign-in/factors/{Factor.objects.get().pk}/remove/"

    refused = browser.post(path, {"remove": "1"}, follow=True)

    assert "this is the only one" in words_of(refused)
    assert mallory.post(path, {"remove": "1"}).status_code == 404
    assert Factor.objects.exists()


# --- every address of money ---

OF_MONEY = ("masthead.money", "masthead.giving", "masthead.openbooks")
WITHOUT_NAMES = {"story_income", "open_books", "open_books_behind", "givingterms"}


def addresses_of_money() -> dict[str, str]:
    """Every address of the desk whose page is of the money, or of who may do what: its path, with 1 for what varies."""

    def walk(patterns, before):
        for pattern in patterns:
            here = before + re.sub(r"<[^>]+>", "1", str(pattern.pattern))
            if isinstance(pattern, URLPattern):
                yield here, pattern
            else:
                yield from walk(pattern.url_patterns, here)

    return {
        f"/{path}": pattern.name or ""
        for path, pattern in walk(get_resolver().url_patterns, "")
        if path.startswith("desk/") and _is_of_money(pattern.callback)
    }


def _is_of_money(view) -> bool:
    model = getattr(view, "view_initkwargs", {}).get("model")
    if isinstance(model, type):
        return guarded.is_guarded(f"{model._meta.app_label}.view_{model._meta.model_name}")
    return view.__module__.startswith(OF_MONEY)


def test_no_address_of_money_opens_to_an_administrator_without_a_second_factor():
    browser = Browser().signs_in(colleague("owner@example.org", administrator=True))
    found = addresses_of_money()

    answers = {path: browser.get(path) for path, name in found.items() if name not in WITHOUT_NAMES}

    known = (
        "payment",
        "pledge",
        "gift",
        "refund",
        "line",
        "spending",
        "users",
        "groups",
        "open-books/take-in",
        "receipt",
    )
    led = {path for path, page in answers.items() if page.headers.get("Location", "").startswith(SET_UP)}
    assert {f"/desk/{path}/" for path in known} <= led
    # The rest lead to the desk's first page, want a POST, or are of a row that is not there.
    assert {path for path, page in answers.items() if page.status_code not in (302, 404, 405)} == set()
    assert [
        browser.get(path).status_code for path in ("/desk/", "/desk/open-books/", "/desk/snippets/appeals/appeal/")
    ] == [200] * 3


# --- a fresh confirmation ---


def test_after_a_quarter_of_an_hour_a_weighty_act_asks_again_and_keeps_what_was_typed(clock, at_home):
    _, _app, _ = at_home
    owner = colleague("owner@example.org", administrator=True)
    browser = Browser().signs_in(owner)
    own, _ = browser.sets_up_app()
    path = f"/desk/users/{StaffUser.objects.get(email='tilda@example.org').pk}/second-factor/reset/"

    at_once = browser.get(path)
    clock.forward(minutes=16)
    asked = browser.post(path, {"reset": "1", "reason": "stolen"})
    wrong = browser.post(path, {"reset": "1", "reason": "stolen", "confirm-then": "act", "confirm-code": "000000"})
    done = browser.post(path, {"reset": "1", "reason": "stolen", "confirm-then": "act", "confirm-code": own.code})

    assert "Why?" in words_of(at_once)
    assert "Confirm that it is you" in words_of(asked)
    assert '<input type="hidden" name="reason" value="stolen">' in words_of(wrong)
    assert done.status_code == 302
    assert acts("staff.factors-reset") == [{"reason": "stolen"}]
    assert [factor.person_id for factor in Factor.objects.all()] == [owner.pk]


def test_a_page_that_asks_again_opens_afterwards(clock, at_home):
    browser, app, _ = at_home
    clock.forward(minutes=16)

    asked = browser.get("/desk/sign-in/passkey/")
    then = browser.post("/desk/sign-in/passkey/", {"confirm-then": "page", "confirm-code": app.code}, follow=True)

    assert "Confirm that it is you" in words_of(asked)
    assert "Set up a passkey" in words_of(then)


def test_without_any_factor_setting_one_up_wants_the_password_anew(tilda, clock):
    browser = Browser().signs_in(tilda)
    clock.forward(minutes=16)

    asked = browser.get("/desk/sign-in/app/")
    wrong = browser.post("/desk/sign-in/app/", {"confirm-then": "page", "confirm-password": "guessed"})
    right = browser.post("/desk/sign-in/app/", {"confirm-then": "page", "confirm-password": PASSWORD})

    assert "Your password" in words_of(asked)
    assert "not your password" in words_of(wrong)
    assert right["Location"] == "/desk/sign-in/app/"


# --- lost ---


def test_a_lost_factor_is_taken_off_by_an_administrator_and_never_by_oneself(tilda, at_home):
    browser, _, _ = at_home
    owner = colleague("owner@example.org", administrator=True)
    admin = Browser().signs_in(owner)
    admin.sets_up_app()

    without_reason = admin.post(f"/desk/users/{tilda.pk}/second-factor/reset/", {"reset": "1"})
    own = admin.post(f"/desk/users/{owner.pk}/second-factor/reset/", {"reset": "1", "reason": "lost"}, follow=True)
    listed = words_of(admin.get("/desk/users/"))
    admin.post(f"/desk/users/{tilda.pk}/second-factor/reset/", {"reset": "1", "reason": "lost"})

    assert without_reason.status_code == 422
    assert "Ask another administrator" in words_of(own)
    assert (f"/desk/users/{tilda.pk}/second-factor/reset/" in listed, "This person has left" in listed) == (True, True)
    assert not browser.is_in
    assert Browser().gives_password(tilda)["Location"].startswith(SET_UP)
    assert Message.objects.filter(key__startswith="factor-removed", to=tilda.email).count() == 1


def test_the_last_administrator_is_helped_from_the_machine(capsys):
    owner = colleague("owner@example.org", administrator=True)
    browser = Browser().signs_in(owner)
    browser.sets_up_app()

    class Words:
        email = "Owner@example.org"

    reset_factor.run(Words)

    assert "signs in by password now" in capsys.readouterr().out
    assert not browser.is_in
    assert not Factor.objects.exists()
    assert AuditRecord.objects.get(action="staff.factors-reset").by == "system:command"
    Words.email = "nobody@example.org"
    with pytest.raises(SystemExit, match="Nobody signs in"):
        reset_factor.run(Words)


def test_a_new_secret_of_the_newsroom_seals_anew_while_both_are_valid(settings, at_home):
    _, app, _ = at_home
    old = Factor.objects.get().secret
    now, before = "a newer secret, also of forty letters or more", settings.CONFIG.secrets[0]
    settings.CONFIG = _Config(settings.CONFIG, (now, before))

    factors.seal_anew.function()
    settings.CONFIG = _Config(settings.CONFIG, (now,))

    assert Factor.objects.get().secret != old
    assert sealing.unseal(Factor.objects.get().secret, factors.SEALED_FOR).endswith(app.secret)


class _Config:
    """The newsroom's settings, with other secrets."""

    def __init__(self, others, secrets) -> None:
        self._others, self.secrets = others, secrets

    def __getattr__(self, name):
        return getattr(self._others, name)


def test_migrations_are_complete():
    call_command("makemigrations", "readers", check=True, dry_run=True, verbosity=0)
