"""People who use a running newsroom in Chromium. What they look for on a page is known here and nowhere else."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from masthead.readers import one_time_codes
from tests.running import RunningNewsroom, until

CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
MISSING = "Chromium is missing, and the browser tests need it: apt-get install chromium"
SECONDS = 15_000  # milliseconds that a person waits for something to appear


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of the system; without one the tests fail and say what to type."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, newsroom: RunningNewsroom, *, javascript: bool = True) -> None:
        self.newsroom = newsroom
        self.context: BrowserContext = browser.new_context(
            java_script_enabled=javascript, viewport={"width": 1280, "height": 900}
        )
        self.context.set_default_timeout(SECONDS)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))

    def opens(self, path: str) -> Response:
        """Go to a path of the site, or to a whole address."""
        answer = self.page.goto(path if path.startswith("http") else self.newsroom.address + path)
        assert answer is not None
        return answer

    def leaves(self) -> None:
        """Close the browser."""
        self.context.close()

    def clicks(self, name: str, role: str = "link") -> None:
        """Click the first link or button of this name."""
        self.page.get_by_role(role, name=re.compile(name, re.IGNORECASE)).first.click()

    @property
    def cookies(self) -> dict[str, str]:
        """Name and value of the cookies that the site gave."""
        return {cookie["name"]: cookie["value"] for cookie in self.context.cookies(self.newsroom.address)}


class Visitor(Person):
    """Somebody who reads, and perhaps supports."""

    def reads(self, path: str) -> tuple[str, int, int]:
        """Open a page; gives its edition, and how many slots and appeals it has."""
        self.opens(path)
        return self.sees()

    def sees(self) -> tuple[str, int, int]:
        """Edition, slots and appeals of the page that is open."""
        edition = self.page.locator("html").get_attribute("data-edition") or ""
        return edition, self.page.locator("[data-slot]").count(), self.page.locator("[data-appeal]").count()

    def bytes_of(self, path: str) -> str:
        """What the site sends for a path, with this browser's cookies."""
        return self.context.request.get(self.newsroom.address + path).text()

    def supports(self, email: str, *, amount: str = "6", often: str = "month", outcome: str = "accepts") -> None:
        """Fill in the support form on the page that is open and pay at the practice bank."""
        self.fills_in_support(email, amount=amount, often=often)
        self.pays(outcome)

    def fills_in_support(self, email: str, *, amount: str = "6", often: str = "month", way: str = "") -> None:
        """Fill in the support form on the page that is open, and go on to the provider's page."""
        if way:
            self.page.get_by_role("radio", name=way).check()
        self.page.locator(f'input[name="often"][value="{often}"]').check(force=True)
        tile = self.page.locator(f'input[name="{often}"][value="{int(amount) * 100}"]')
        tile.check(force=True)
        self.page.locator('input[name="email"]').fill(email)
        self.page.locator('main form button[type="submit"]').first.click()
        self.page.wait_for_url(re.compile(r"^(?!" + re.escape(self.newsroom.address) + ")"))

    def pays(self, outcome: str) -> None:
        """On the practice bank's page: choose the card that behaves so, and press the button."""
        self.page.locator(f'input[value="{outcome}"]').check(force=True)
        self.page.locator('button[type="submit"]').first.click()

    def pays_at_stripe(self, number: str) -> None:
        """On the page of the Stripe of tests: choose a card or account by its number, and press the button."""
        self.page.locator(f'input[value="{number}"]').first.check()
        self.page.locator('button[type="submit"]').first.click()

    def agrees_at_gocardless(self, number: str) -> None:
        """On the page of the GoCardless of tests: type an account, and press the button."""
        self.page.get_by_label("Account number").fill(number)
        self.page.get_by_role("button").click()

    def mail(self, to: str) -> list[tuple[str, str]]:
        """Subject and text of the mails to an address, oldest first."""
        rows = self.newsroom.rows('SELECT subject, text FROM core_message WHERE "to" = ? ORDER BY id', to)
        return [(str(subject), str(text)) for subject, text in rows]

    def signs_in(self, email: str) -> None:
        """Ask for a code, read it in the mail, type it in."""
        before = len(self.mail(email))
        self.opens("/account/sign-in/")
        self.page.locator('input[name="email"]').fill(email)
        self.page.locator("main form button").first.click()
        until(lambda: len(self.mail(email)) > before, what="the mail with the code")
        code = re.search(r"\b(\d{3})\s?(\d{3})\b", self.mail(email)[-1][1])
        assert code, "the mail has no code"
        self.page.locator('input[name="code"]').fill("".join(code.groups()))
        self.page.locator("main form button").first.click()


class Editor(Person):
    """Somebody at the desk."""

    def signs_in(self, email: str, password: str) -> None:
        self.opens("/desk/login/")
        self.page.locator('input[name="username"]').fill(email)
        self.page.locator('input[name="password"]').fill(password)
        self.page.locator('button[type="submit"]').first.click()
        expect(self.page).to_have_url(re.compile(r"/desk/$"))

    def writes(self, section: str, headline: str, standfirst: str, paragraphs: list[str], picture: Path) -> None:
        """Begin a story in a section: headline, standfirst, a lead picture uploaded on the spot, paragraphs."""
        ((pk,),) = self.newsroom.rows("SELECT id FROM wagtailcore_page WHERE slug = ?", section)
        self.opens(f"/desk/pages/add/newsroom/storypage/{pk}/")
        self.page.locator('input[name="title"]').fill(headline)
        self.page.locator('textarea[name="standfirst"]').fill(standfirst)
        self._uploads(picture)
        for number, paragraph in enumerate(paragraphs):
            self._adds_a_paragraph(paragraph, number)
        self._waits_for_the_autosave(paragraphs[-1])

    def _waits_for_the_autosave(self, words: str) -> None:
        """Until the desk has saved the last words by itself and says so: who presses a button while a save is under
        way is asked which version shall stand."""
        newest = "SELECT content FROM wagtailcore_revision ORDER BY id DESC LIMIT 1"
        until(lambda: any(words[:40] in str(row[0]) for row in self.newsroom.rows(newest)), what="the autosave")
        expect(self.page.locator(".w-autosave-indicator__state--saved")).to_be_visible()

    def _uploads(self, picture: Path) -> None:
        self.page.get_by_role("button", name="Choose an image").first.click()
        self.page.get_by_role("tab", name="Upload").click()
        self.page.locator('.modal-dialog input[type="file"]').set_input_files(picture)
        self.page.locator('.modal-dialog input[name$="-title"]').fill(picture.stem)
        self.page.locator('.modal-dialog button[type="submit"]:visible').click()
        self.page.locator(".modal-dialog").wait_for(state="detached")

    def _adds_a_paragraph(self, words: str, number: int) -> None:
        body = self.page.locator("#panel-child-content-body-section")
        body.locator(".c-sf-add-button").last.click()
        self.page.get_by_role("option", name="Paragraph").click()
        writing = body.locator(".public-DraftEditor-content").nth(number)
        writing.click()
        self.page.keyboard.insert_text(words)
        # The editor hands its words to the form a quarter of a second after the last key.
        kept = body.locator(f'input[name="body-{number}-value"]')
        expect(kept).to_have_value(re.compile(re.escape(words.strip())))

    def publishes(self) -> None:
        """Press 'Publish' and wait for the desk's answer."""
        expect(self.page.locator('input[name="slug"]')).not_to_have_value("")
        self.page.get_by_role("button", name="More actions").click()
        self.page.get_by_role("button", name="Publish", exact=True).click()
        self.page.locator(".messages li").first.wait_for()

    def keeps(self) -> None:
        """Press 'Save draft', so that what stands in the form is what is stored, whatever the last autosave held."""
        self.page.get_by_role("button", name="Save draft", exact=True).click()
        expect(self.page.locator(".messages .success")).to_be_visible()

    @property
    def told(self) -> str:
        """What the desk says above the form, and beside its fields."""
        return " ".join(self.page.locator(".messages, .error-message").all_inner_texts())

    def checks_the_newest_picture(self) -> dict[str, str]:
        """Open the picture that came last, look at what was read from its file, and save it. Gives what stood there."""
        ((pk,),) = self.newsroom.rows("SELECT max(id) FROM newsroom_picture")
        self.opens(f"/desk/images/{pk}/")
        fields = {
            name: self.page.locator(f'[name="{name}"]') for name in ("alt", "caption", "credit_who", "credit_agency")
        }
        found = {name: field.input_value() for name, field in fields.items()}
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.page.locator(".messages li").first.wait_for()
        return found

    def opens_the_newest_story(self) -> None:
        """Back to the story that was saved last."""
        ((pk,),) = self.newsroom.rows("SELECT max(page_ptr_id) FROM newsroom_storypage")
        self.opens(f"/desk/pages/{pk}/edit/")


class Colleague(Person):
    """Somebody at the desk with a second factor. A code of an app works once, so one says which: -1, 0 or 1."""

    secret: str = ""

    def gives_password(self, email: str, password: str) -> None:
        self.opens("/desk/login/")
        self.page.locator('input[name="username"]').fill(email)
        self.page.locator('input[name="password"]').fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def code(self, which: int) -> str:
        """What the app shows: half a minute ago, now, or in half a minute."""
        return one_time_codes.code_at(self.secret, int(time.time() // one_time_codes.SECONDS) + which)

    def sets_up_app(self, which: int = -1) -> list[str]:
        """Read the secret off the page, type a code of it; by keyboard alone. Gives the recovery codes."""
        self.secret = self.page.locator(".desk-letters").inner_text().replace(" ", "")
        self.page.get_by_label("The code that the app shows now").focus()
        self.page.keyboard.type(self.code(which))
        self.page.keyboard.press("Enter")
        self.page.get_by_role("heading", name="Your recovery codes").wait_for()
        return self.page.locator(".desk-codes code").all_inner_texts()

    def gives_code(self, code: str) -> None:
        """By keyboard, since the field has the focus."""
        expect(self.page.locator("#confirm-code")).to_be_focused()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def gets_a_key(self) -> None:
        """A security key, as Chromium plays it."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "automaticPresenceSimulation": True}})
