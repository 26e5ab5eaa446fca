"""An issue as a page of the archive."""

from django.http import HttpRequest, HttpResponse

from masthead.letters import receivers
from masthead.letters.models import Issue
from masthead.newsroom import menu
from masthead.web import passing_on
from masthead.web.letters import parts
from masthead.web.views import answers


def page(issue: Issue, request: HttpRequest) -> HttpResponse:
    """`issue`, in the edition asked for: who may read it was decided before."""
    edition = answers.edition_of(request)
    letter = parts.letter(issue, edition)
    context = {
        "letters_offered": (),  # this letter's own form stands below it
        "letter": letter,
        "letters": issue.list,
        "sign_up": [issue.list] if issue.list.is_free and issue.list.is_open and edition != "supporter" else [],
        "passed_on": passing_on.page(menu.paper(), letter.headline, issue.path, letter.preheader),
    }
    made_of = receivers.part_of(issue.list), receivers.part_of_issue(issue)
    return answers.page(request, "letters/issue.html", context, *made_of)
