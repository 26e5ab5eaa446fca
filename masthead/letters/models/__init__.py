"""The rows of letters: lists and consent, issues, their sending, and addresses that are written to no more."""

from .issues import *  # noqa: F403
from .lists import *  # noqa: F403
from .sending import *  # noqa: F403
from .suppression import *  # noqa: F403
