"""Roles in plain words, what they may do, and the demonstration's ways in."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse

from masthead.readers import guarded
from masthead.readers.models import StaffUser
from masthead.web.demo import COLLEAGUES
from masthead.web.roles import ROLES
from tests.worlds.staff import PASSWORD, Browser, colleague, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the others are slow on purpose


def rights_of(role: str) -> set[str]:
    """But for those on pictures and documents, which Wagtail's own migrations give."""
    rights = Group.objects.get(name=role).permissions.select_related("content_type")
    found = rights.exclude(content_type__app_label__in=("wagtailimages", "wagtaildocs"))
    return {f"{right.content_type.app_label}.{right.codename}" for right in found}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_holds_exactly_what_the_table_says(role):
    assert rights_of(role) == ROLES[role].rights


def test_money_stands_apart_from_editing():
    edits = {name for name in ROLES if Group.objects.get(name=name).page_permissions.exists()}
    money = {name for name in ROLES if guarded.any_guarded(ROLES[name].rights)}

    assert edits == {"Editors", "Reporters"}
    assert money == {"Supporter care", "Treasurers", "Bookkeepers"}


def test_the_page_of_roles_says_who_has_which():
    colleague("tilda@example.org", "Treasurers", "Bookkeepers")
    Group.objects.create(name="Proof readers")

    page = words_of(Browser().signs_in(colleague("rosa@example.org", "Reporters")).get("/desk/roles/"))

    assert page.count("tilda@example.org") == 2
    assert all(role.does in page for role in ROLES.values())
    assert "Proof readers" in page


def test_inviting_somebody_one_chooses_roles_by_what_they_do():
    admin = Browser().signs_in(colleague("owner@example.org", administrator=True))
    admin.sets_up_app()
    form = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Obi", "is_active": "on"}
    treasurers = Group.objects.get(name="Treasurers")

    offered = words_of(admin.get(reverse("wagtailusers_users:add")))
    admin.post(
        reverse("wagtailusers_users:add"),
        {**form, "password1": PASSWORD, "password2": PASSWORD, "groups": [treasurers.pk]},
    )

    assert f"Treasurers: {ROLES['Treasurers'].does}" in offered
    assert list(StaffUser.objects.get(email="ada@example.org").groups.all()) == [treasurers]


def test_a_real_newsroom_has_no_button_that_lets_in():
    colleague(COLLEAGUES["fundraiser"].email, "Supporter care")
    browser = Browser()

    page = words_of(browser.get("/desk/login/"))

    assert "demonstration" not in page
    assert {browser.post(f"/desk/login/as/{who}/").status_code for who in COLLEAGUES} == {404}
    assert not browser.is_in


def test_a_demonstration_has_one_button_each_and_asks_for_no_second_factor():
    mark = settings.CONFIG.home / "this-is-a-demo"
    for who in COLLEAGUES.values():
        colleague(who.email, *who.groups, administrator=not who.groups)
    mark.touch()
    try:
        browser = Browser()
        page = words_of(browser.get("/desk/login/"))
        by_get = browser.get("/desk/login/as/treasurer/")
        let_in = browser.post("/desk/login/as/treasurer/")
        money = browser.get("/desk/payment/")
        stories = browser.get("/desk/pages/")
        nobody = browser.post("/desk/login/as/mallory/")
        by_password = Browser().gives_password(StaffUser.objects.get(email=COLLEAGUES["editor"].email))
    finally:
        mark.unlink()

    assert [f"/desk/login/as/{who}/" in page for who in COLLEAGUES] == [True] * 3
    assert (by_get.status_code, let_in["Location"], nobody.status_code) == (405, "/desk/", 404)
    assert money.status_code == 200
    assert stories["Location"] == "/desk/"
    assert by_password["Location"] == "/desk/"


def test_technical_work_sees_jobs_and_health_and_no_editor_does():
    from masthead.core import jobs

    jobs.tick()
    technician = Browser().signs_in(colleague("tess@example.org", "Technical work"))
    editor = Browser().signs_in(colleague("rosa@example.org", "Editors"))

    page = words_of(technician.get("/desk/machine/"))

    assert "No worker for &#x27;now&#x27;" in page or "No worker for 'now'" in page
    assert "masthead.readers.factors.seal_anew" in page
    assert editor.get("/desk/machine/")["Location"] == "/desk/"
    assert technician.get("/desk/payment/")["Location"] == "/desk/"
