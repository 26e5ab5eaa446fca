"""Issues of letters: begun, written and let out through the verbs that the desk uses."""

from typing import Any

from wagtail.rich_text import RichText

from masthead.core.actors import Actor
from masthead.letters import issues
from masthead.letters.models import Issue, LetterList

HELEN = Actor.staff(1)
FREE, FOR_SUPPORTERS = "the-week", "behind-the-scenes"


def the_list(slug: str = FREE) -> LetterList:
    return LetterList.objects.get(slug=slug)


def a_draft(body: Any = None, *, of: str = FREE, **fields: Any) -> Issue:
    """An issue that nobody has got yet; `body`: blocks, else those that its letter begins with."""
    issue = issues.begin(the_list(of), HELEN)
    for name, value in fields.items():
        setattr(issue, name, value)
    if body is not None:
        issue.body = body
    issue.save()
    return Issue.objects.get(pk=issue.pk)


def an_issue(body: Any = None, *, of: str = FREE, **fields: Any) -> Issue:
    """An issue that went out; as `a_draft`."""
    return issues.let_out(a_draft(body, of=of, **fields))


def words(text: str) -> tuple[str, Any]:
    """A paragraph."""
    return ("paragraph", RichText(f"<p>{text}</p>"))


def stories(*pieces: Any, between: str = "", **values: Any) -> tuple[str, Any]:
    """A block of stories: these, else the newest."""
    picks = [{"piece": piece, "words": RichText(f"<p>{between}</p>" if between else "")} for piece in pieces]
    facts = {"heading": "", "which": "hand" if pieces else "newest", "count": 5, "section": None, "order": "newest"}
    return ("stories", {**facts, "shows": "summaries", "picks": picks, **values})


def an_appeal(headline: str = "This letter is free because others pay", text: str = "<p>Join them.</p>") -> Any:
    return ("appeal", {"headline": headline, "words": RichText(text)})
