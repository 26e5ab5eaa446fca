"""Staff sign in as people do, by app, passkey and paper; and a role is taken while another browser is open."""

import re

import pytest
from playwright.sync_api import Browser, expect

from masthead.web.demo import EDITOR, FUNDRAISER, PASSWORD, TREASURER
from tests.people import Colleague
from tests.running import RealNewsroom, real_newsroom
from tests.web.test_desk_in_a_browser import violations_on

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SAME_PASSWORD = f"""
UPDATE readers_staffuser SET password = (SELECT password FROM readers_staffuser WHERE email = '{EDITOR}');
"""
DESK, LOGIN = re.compile(r"/desk/$"), re.compile("/desk/login/")
SESSIONS = "SELECT count(*) FROM readers_desksession s JOIN readers_staffuser p ON p.id = person_id WHERE email = ?"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory):
    with real_newsroom(tmp_path_factory.mktemp("real") / "newsroom", SAME_PASSWORD) as newsroom:
        yield newsroom


def test_an_app_and_codes_on_paper(browser: Browser, newsroom: RealNewsroom):
    treasurer, elsewhere, on_paper = (Colleague(browser, newsroom) for _ in range(3))
    faults = {}

    treasurer.gives_password(TREASURER, PASSWORD)
    expect(treasurer.page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    faults["second factor"] = violations_on(treasurer.page)
    treasurer.opens("/desk/payment/")
    expect(treasurer.page).to_have_url(re.compile("/desk/sign-in/second-factor/"))
    treasurer.clicks("Use an authenticator app")
    treasurer.page.get_by_role("heading", level=1, name="Set up an authenticator app").wait_for()
    faults["app"] = violations_on(treasurer.page)
    codes = treasurer.sets_up_app()
    faults["recovery codes"] = violations_on(treasurer.page)
    with treasurer.page.expect_download() as file:
        treasurer.clicks("Download as text")
    treasurer.clicks("I have kept them")
    expect(treasurer.page).to_have_url(newsroom.address + "/desk/payment/")

    elsewhere.secret = treasurer.secret
    elsewhere.gives_password(TREASURER, PASSWORD)
    elsewhere.page.emulate_media(color_scheme="dark")
    elsewhere.gives_code("123456")
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("That is not the code")
    faults["second step, in the dark"] = violations_on(elsewhere.page)
    elsewhere.gives_code(elsewhere.code(1))
    expect(elsewhere.page).to_have_url(DESK)

    on_paper.gives_password(TREASURER, PASSWORD)
    on_paper.gives_code(codes[0])
    expect(on_paper.page).to_have_url(DESK)
    on_paper.opens("/desk/sign-in/")
    faults["own sign-in"] = violations_on(on_paper.page)
    on_paper.clicks("End the others", "button")
    expect(on_paper.page.locator(".messages")).to_contain_text("2 other sessions ended")
    elsewhere.opens("/desk/payment/")
    expect(elsewhere.page).to_have_url(LOGIN)
    elsewhere.gives_password(TREASURER, PASSWORD)
    elsewhere.gives_code(codes[0])
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("That is not the code")

    assert {name: found for name, found in faults.items() if found} == {}
    assert file.value.path().read_text().split()[-10:] == codes
    for person in (treasurer, elsewhere, on_paper):
        assert not [it for it in person.asked if not it.startswith((newsroom.address, "data:"))]
        person.leaves()


def test_a_passkey_and_a_role_taken_while_the_other_browser_is_open(browser: Browser, newsroom: RealNewsroom):
    fundraiser, editor = Colleague(browser, newsroom), Colleague(browser, newsroom)
    fundraiser.gives_password(FUNDRAISER, PASSWORD)
    fundraiser.clicks("Use an authenticator app")
    fundraiser.sets_up_app()
    fundraiser.opens("/desk/payment/")
    expect(fundraiser.page).to_have_url(re.compile("/desk/payment/"))
    editor.gets_a_key()

    editor.gives_password(EDITOR, PASSWORD)
    editor.clicks("Use a passkey")
    faults = violations_on(editor.page)
    editor.clicks("Make a passkey", "button")
    editor.page.get_by_role("heading", name="Your recovery codes").wait_for()
    editor.context.clear_cookies()
    editor.gives_password(EDITOR, PASSWORD)
    editor.clicks("Use your passkey", "button")
    expect(editor.page).to_have_url(DESK)
    ((pk,),) = newsroom.rows("SELECT id FROM readers_staffuser WHERE email = ?", FUNDRAISER)
    editor.opens(f"/desk/users/edit/{pk}/")
    editor.page.get_by_role("tab", name="Roles").click()
    editor.page.get_by_label(re.compile("^Supporter care: ")).uncheck()
    editor.page.get_by_role("button", name="Save").click()
    editor.page.locator(".messages .success").wait_for()
    fundraiser.page.reload()

    expect(fundraiser.page).to_have_url(LOGIN)
    assert faults == set()
    assert newsroom.rows("SELECT count(*) FROM core_auditrecord WHERE action = 'staff.role-taken'") == [(1,)]
    fundraiser.leaves()
    editor.leaves()


def test_a_real_newsroom_has_no_buttons_that_let_in(browser: Browser, newsroom: RealNewsroom):
    visitor = Colleague(browser, newsroom)
    ((before,),) = newsroom.rows(SESSIONS, EDITOR)

    visitor.opens("/desk/login/")
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(visitor.page.get_by_text("demonstration")).to_have_count(0)
    token = visitor.page.locator('input[name="csrfmiddlewaretoken"]').get_attribute("value") or ""
    answer = visitor.context.request.post(
        newsroom.address + "/desk/login/as/editor/",
        headers={"Origin": newsroom.address},
        form={"csrfmiddlewaretoken": token},
    )

    assert answer.status == 404
    assert newsroom.rows(SESSIONS, EDITOR) == [(before,)]
    visitor.leaves()
