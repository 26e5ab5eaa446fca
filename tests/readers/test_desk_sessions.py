"""Sessions of staff end with the role, with the password and with the person, in every browser, at once."""

import pytest
from django.contrib.auth.models import Group

from masthead.core.models import AuditRecord
from masthead.readers import desk_sessions
from masthead.readers.models import DeskSession, StaffUser
from tests.worlds.staff import PASSWORD, Browser, colleague, words_of

pytestmark = pytest.mark.django_db

NEW = "a quite different password"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the others are slow on purpose


@pytest.fixture
def rosa():
    return colleague("rosa@example.org", "Editors", "Adverts")


@pytest.fixture
def admin():
    browser = Browser().signs_in(colleague("owner@example.org", administrator=True))
    browser.sets_up_app()
    return browser


def saves(admin: Browser, person: StaffUser, *roles: str, **typed):
    """Fill in the desk's form of a user, and press 'Save'."""
    groups = [Group.objects.get(name=role).pk for role in roles]
    form = {"email": person.email, "first_name": "Rosa", "last_name": "Lind", "is_active": "on", "groups": groups}
    return admin.post(f"/desk/users/edit/{person.pk}/", form | typed)


def acts(person: StaffUser) -> list[tuple[str, str]]:
    """What the log says of somebody, and the role where it names one."""
    found = AuditRecord.objects.filter(subject=f"readers.staffuser:{person.pk}").order_by("pk")
    return [(record.action, record.facts.get("role", "")) for record in found]


def test_a_role_taken_ends_the_sessions_in_both_browsers(admin, rosa):
    one, other = Browser().signs_in(rosa), Browser().signs_in(rosa)
    before = (one.get("/desk/snippets/adverts/booking/").status_code, other.is_in)

    saves(admin, rosa, "Editors")

    assert before == (200, True)
    assert (one.is_in, other.is_in) == (False, False)
    assert acts(rosa)[-3:] == [("staff.role-taken", "Adverts"), *[("staff.session-ended", "")] * 2]
    assert Browser().signs_in(rosa).is_in


def test_a_role_given_leaves_whoever_is_writing_at_work(admin, rosa):
    writing = Browser().signs_in(rosa)

    saves(admin, rosa, "Editors", "Adverts", "Technical work")

    assert writing.is_in
    assert acts(rosa)[-1] == ("staff.role-given", "Technical work")


@pytest.mark.parametrize("act", ["deactivated", "another password", "no administrator any more", "role removed"])
def test_other_losses_end_them_too(act, admin, rosa):
    StaffUser.objects.filter(pk=rosa.pk).update(is_superuser=True)
    at_work = Browser().signs_in(rosa)
    typed = {"is_superuser": "on"}

    if act == "deactivated":
        saves(admin, rosa, "Editors", "Adverts", is_active="", **typed)
    elif act == "another password":
        saves(admin, rosa, "Editors", "Adverts", password1=NEW, password2=NEW, **typed)
    elif act == "no administrator any more":
        saves(admin, rosa, "Editors", "Adverts")
    else:
        admin.post(f"/desk/groups/delete/{Group.objects.get(name='Adverts').pk}/")

    assert not at_work.is_in
    assert DeskSession.objects.live().filter(person=rosa).count() == 0


def test_what_a_role_may_do_is_read_anew_on_each_request(rosa):
    at_work = Browser().signs_in(rosa)
    Group.objects.get(name="Adverts").permissions.clear()
    Group.objects.get(name="Editors").permissions.filter(content_type__app_label="adverts").delete()

    assert at_work.get("/desk/snippets/adverts/booking/")["Location"] == "/desk/"
    assert AuditRecord.objects.filter(action="role.changed").get().facts == {"role": "Adverts"}


def test_who_changes_the_own_password_stays_in_that_browser_alone(rosa):
    here, there = Browser().signs_in(rosa), Browser().signs_in(rosa)

    here.post(
        "/desk/account/",
        {
            "password-old_password": PASSWORD,
            "password-new_password1": NEW,
            "password-new_password2": NEW,
            "name_email-first_name": "Rosa",
            "name_email-last_name": "Lind",
            "name_email-email": rosa.email,
            "locale-preferred_language": "",
            "locale-current_time_zone": "Europe/London",
            "theme-theme": "system",
            "theme-density": "default",
            "theme-contrast": "system",
            "theme-keyboard_shortcuts": "on",
        },
    )

    assert StaffUser.objects.get(pk=rosa.pk).check_password(NEW)
    assert (here.is_in, there.is_in) == (True, False)
    assert ("staff.password-changed", "") in acts(rosa)


def test_the_list_of_sessions_ends_one_or_all_others(rosa):
    here, second, third = (Browser().signs_in(rosa) for _ in range(3))
    rows = DeskSession.objects.live().order_by("pk")
    mallory = Browser().signs_in(colleague("mallory@example.org", "Reporters"))

    listed = words_of(here.get("/desk/sign-in/"))
    not_hers = mallory.post(f"/desk/sign-in/sessions/{rows[0].pk}/end/")
    here.post(f"/desk/sign-in/sessions/{rows[1].pk}/end/")
    states = (here.is_in, second.is_in, third.is_in)
    here.post("/desk/sign-in/sessions/end-others/")

    assert listed.count("Firefox on Linux</strong>") == 3
    assert not_hers.status_code == 404
    assert states == (True, False, True)
    assert (here.is_in, third.is_in) == (True, False)
    assert here.get("/desk/sign-in/sessions/end-others/").status_code == 405


def test_somebody_who_left_is_out_at_once_and_the_last_administrator_never_leaves(admin, rosa):
    owner = StaffUser.objects.get(email="owner@example.org")
    at_work = Browser().signs_in(rosa)

    asked = words_of(admin.get(f"/desk/users/{rosa.pk}/has-left/"))
    still = at_work.is_in
    admin.post(f"/desk/users/{rosa.pk}/has-left/", {"left": "1"})
    own = admin.post(f"/desk/users/{owner.pk}/has-left/", {"left": "1"}, follow=True)
    reporter = Browser().signs_in(colleague("reporter@example.org", "Reporters"))
    refused = reporter.post(f"/desk/users/{owner.pk}/has-left/", {"left": "1"})

    assert "Bylines stay" in asked
    assert still
    assert not at_work.is_in
    assert not Browser().signs_in(rosa).is_in
    assert ("staff.left", "") in acts(rosa)
    assert "Ask another administrator" in words_of(own)
    assert refused.status_code == 302
    assert list(StaffUser.objects.filter(is_active=False)) == [rosa]


def test_a_failed_password_is_logged_without_the_address(rosa):
    Browser().gives_password(rosa, "guessed")
    Browser().gives_password(StaffUser(email="nobody@example.org"), "guessed")

    refused = AuditRecord.objects.filter(action="staff.password-refused").order_by("pk")
    assert [record.subject for record in refused] == [f"readers.staffuser:{rosa.pk}", "an unknown address"]


def test_rows_of_old_sessions_go(rosa, clock):
    Browser().signs_in(rosa)
    clock.forward(days=31)
    Browser().signs_in(rosa)

    desk_sessions.forget_old.function()

    assert DeskSession.objects.count() == 1
