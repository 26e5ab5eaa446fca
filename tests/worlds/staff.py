"""Somebody who works at the desk: signs in through its pages, with an app that shows codes."""

import re
from html import unescape
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from masthead.core import clock
from masthead.readers import one_time_codes
from masthead.readers.models import StaffUser

PASSWORD = "four winters left"


def colleague(email: str, *roles: str, administrator: bool = False) -> StaffUser:
    """Somebody with these roles, and the password above."""
    person = StaffUser.objects.create_user(email, PASSWORD, is_superuser=administrator)
    person.groups.set(Group.objects.filter(name__in=roles))
    return person


def wait_for_another_code() -> None:
    """Half a minute: each code works once."""
    clock.move_to(clock.offset() + one_time_codes.SECONDS)


class App:
    """An authenticator app."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    @property
    def code(self) -> str:
        return one_time_codes.code_at(self.secret, int(clock.time() // one_time_codes.SECONDS))


class Browser(Client):
    """A browser of somebody at the desk."""

    def __init__(self, network: str = "192.0.2.1") -> None:
        host, _, port = settings.SITE_ADDRESS.partition("//")[2].partition(":")
        super().__init__(
            SERVER_NAME=host,
            SERVER_PORT=port or "80",
            REMOTE_ADDR=network,
            headers={"origin": settings.SITE_ADDRESS, "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"},
        )

    def gives_password(self, person: StaffUser, password: str = PASSWORD) -> Any:
        return self.post("/desk/login/", {"username": person.email, "password": password, "next": "/desk/"})

    def gives_code(self, code: str) -> Any:
        return self.post("/desk/login/second/", {"confirm-code": code})

    def signs_in(self, person: StaffUser, code: str = "") -> "Browser":
        """By password, and by a code where one is given."""
        self.gives_password(person)
        if code:
            self.gives_code(code)
        return self

    def sets_up_app(self, code: str | None = None) -> tuple[App, Any]:
        """Open the page, let an app read it, type what it shows; gives the app and the answer."""
        page = self.get("/desk/sign-in/app/").content.decode()
        app = App(re.search(r'<code class="desk-letters">([^<]+)<', page)[1].replace(" ", ""))  # type: ignore[index]
        sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]  # type: ignore[index]
        return app, self.post("/desk/sign-in/app/", {"sealed": sealed, "code": code or app.code})

    @property
    def is_in(self) -> bool:
        """Whether the desk knows who this is."""
        return self.get("/desk/sign-in/").status_code == 200


def codes_on(page: Any) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<code>([^<]+)</code>", page.content.decode())


def words_of(page: Any) -> str:
    """What a page says."""
    return unescape(page.content.decode())
