"""One spelling for each address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.readers.accounts import own_path
from masthead.readers.addresses import BadAddress, checked, masked, normalise


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada+paper@example.org", "ada+paper@example.org"),
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert normalise(typed) == checked(typed) == kept


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_refused_in_words(typed):
    def said(typed: str) -> str:
        try:
            return checked(typed)
        except BadAddress as refusal:
            return refusal.for_people

    assert said(typed) != ""
    assert said(said(typed)) == said(typed) or " " in said(typed)


def test_a_masked_address_tells_little():
    assert masked("ada.lovelace@example.org") == "a•••@e•••.org"


@given(st.text(max_size=80))
def test_a_way_back_never_leaves_the_site(wanted):
    path = own_path(wanted)

    assert path == "" or (path.startswith("/") and not path.startswith(("//", "/\\")))
