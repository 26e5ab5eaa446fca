import pytest

from masthead.core import fillins


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "no"), (1, "one"), (12, "twelve"), (13, "13"), (50, "50"), (53, "over 50"), (59, "nearly 60"),
        (1_499, "nearly 1,500"), (1_700, "over 1,500"), (1_960, "nearly 2,000"),
        (2_000, "2,000"), (2_143, "over 2,000"),
    ],
)  # fmt: skip
def test_counts_are_rounded_honestly(count, words):
    assert fillins.honest(count) == words


def test_a_text_is_filled_in_and_says_what_it_is_made_of(monkeypatch):
    monkeypatch.setattr(fillins, "WORDS", {"stories this year": lambda: "over 50"})
    made_of = []

    text = fillins.fill("We wrote {stories this year} stories and {ghosts}.", made_of.append)

    assert text == "We wrote over 50 stories and {ghosts}."
    assert made_of == ["fill:stories this year"]
    assert fillins.unknown_in("{stories this year} {ghosts}") == ["ghosts"]
