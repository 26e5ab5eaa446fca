"""Somebody's browser without its window: asks by HTTP, and keeps cookies for as long as the newsroom's clock says."""

import re
from http.cookies import SimpleCookie

import httpx

from tests.running import RunningNewsroom, until


class Device:
    """A browser at a running newsroom, whose calendar is the newsroom's: a cookie that lives a day is gone after it."""

    def __init__(self, newsroom: RunningNewsroom) -> None:
        self.newsroom = newsroom
        self.cookies: dict[str, tuple[str, float]] = {}
        self.client = httpx.Client(base_url=newsroom.address, trust_env=False, timeout=30)

    def asks(self, path: str, **fields: str) -> httpx.Response:
        """GET a path, or POST a form to it when there are fields; redirects are not followed."""
        now = self.newsroom.now().timestamp()
        kept = "; ".join(f"{name}={value}" for name, (value, ends) in self.cookies.items() if value and ends > now)
        headers = {"Cookie": kept} if kept else {}
        if fields:
            origin = {"Origin": self.newsroom.address}
            answer = self.client.post(path, data=fields, headers=headers | origin)
        else:
            answer = self.client.get(path, headers=headers)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = (morsel.value, now + int(morsel["max-age"]))
        return answer

    def reads(self, path: str) -> tuple[str, bool]:
        """The edition of a page, and whether it has adverts."""
        page = self.asks(path).raise_for_status().text
        edition = re.search(r'data-edition="(\w+)"', page)
        assert edition
        return edition[1], "data-slot=" in page

    def supports(self, email: str, *, amount: str = "600") -> str:
        """Give every month: fill in the form, pay at the practice bank, come back. Where that led to."""
        pay_page = self.asks("/support/", often="month", month=amount, email=email, currency="GBP").headers["Location"]
        back = httpx.post(pay_page, data={"card": "accepts"}, trust_env=False).headers["Location"]
        thanks = back.removeprefix(self.newsroom.address)
        assert "Thank you" in self.asks(thanks).text
        return thanks

    def is_sent(self, email: str) -> str:
        """Ask for a way to sign in; the text of the mail that brings it."""
        count = 'SELECT count(*) FROM core_message WHERE "to" = ?'
        ((before,),) = self.newsroom.rows(count, email)
        self.asks("/account/sign-in/", email=email)
        until(lambda: self.newsroom.rows(count, email) > [(before,)], what="the mail with the code")
        newest = 'SELECT text FROM core_message WHERE "to" = ? ORDER BY id DESC LIMIT 1'
        return str(self.newsroom.rows(newest, email)[0][0])

    def signs_in(self, email: str) -> None:
        """With the code that the mail brings."""
        code = re.search(r"\b(\d{3})\s?(\d{3})\b", self.is_sent(email))
        assert code, "the mail has no code"
        assert self.asks("/account/sign-in/code/", code="".join(code.groups())).status_code == 302
