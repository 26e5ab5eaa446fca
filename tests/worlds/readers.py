"""People who read, sign in and look into their mailbox; all through the public pages and the real verbs."""

import re
from typing import Any

from django.conf import settings
from django.test import Client

from masthead.core.models import Message
from masthead.readers import accounts, devices
from masthead.readers.models import Device, Reader


class Browser(Client):
    """A browser of one person. Sends our own Origin, as browsers do; keeps its cookies."""

    def __init__(self, **defaults: Any) -> None:
        host, _, port = settings.SITE_ADDRESS.partition("//")[2].partition(":")
        super().__init__(
            SERVER_NAME=host, SERVER_PORT=port or "80", headers={"origin": settings.SITE_ADDRESS}, **defaults
        )

    def asks_for_code(self, email: str, **more: str) -> Any:
        """Types an address on the sign-in page."""
        return self.post("/account/sign-in/", {"email": email, **more})

    def types_code(self, code: str) -> Any:
        """Types six digits on the page that follows."""
        return self.post("/account/sign-in/code/", {"code": code})

    def signs_in(self, email: str) -> "Browser":
        """The whole way: address, mailbox, code."""
        self.asks_for_code(email)
        self.types_code(code_sent_to(email))
        return self

    @property
    def is_signed_in(self) -> bool:
        """Whether its account pages open."""
        return self.get("/account/devices/").status_code == 200


def reader(email: str = "ada@example.org", name: str = "") -> Reader:
    """An account whose address was proved."""
    made = accounts.reader_for(email)
    if name:
        Reader.objects.filter(pk=made.pk).update(name=name)
        made.name = name
    return made


def paying_browser() -> tuple[Browser, Device]:
    """A browser with the session of a device that went to pay, without any account."""
    device, token = devices.open_device(label="Firefox on Linux")
    browser = Browser()
    browser.cookies[devices.COOKIE] = token
    return browser, device


def mail_to(email: str) -> list[Message]:
    """What was queued for an address, oldest first."""
    return list(Message.objects.filter(to=email).order_by("pk"))


def code_sent_to(email: str) -> str:
    """The six digits of the newest message."""
    found = re.search(r"^(\d{6})$", mail_to(email)[-1].text, re.MULTILINE)
    assert found, "no code in the newest message"
    return found[1]


def link_sent_to(email: str) -> str:
    """The path of the link in the newest message."""
    found = re.search(re.escape(settings.SITE_ADDRESS) + r"(/account/sign-in/\S+)", mail_to(email)[-1].text)
    assert found, "no link in the newest message"
    return found[1]
