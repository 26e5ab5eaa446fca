"""What every mail may say: the paper's name."""

from masthead.core import mail
from masthead.newsroom import menu


def register() -> None:
    """Let the mails of all floors say `{{ paper }}`."""
    mail.says_in_every_mail(lambda: {"paper": menu.paper().name})
