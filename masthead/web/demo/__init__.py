"""The demonstration: an invented paper with its content, and what makes it run on one's own machine."""

from pathlib import Path

CONTENT = Path(__file__).resolve().parent / "content"
EDITOR, PASSWORD = "editor@courier.example", "four-winters-left"
FRIEND = "friend@courier.example"  # has a courtesy membership
