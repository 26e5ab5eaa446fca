import pytest

from masthead.core import limits
from masthead.core.models import Hit

pytestmark = pytest.mark.django_db


@pytest.fixture
def knocking(monkeypatch):
    monkeypatch.setattr(limits, "LIMITS", {})
    return limits.define("knocking", times=2, per=3600)


def test_the_third_knock_is_refused_and_the_next_hour_is_free(clock, knocking):
    limits.hit(knocking, "ada@example.org")
    limits.hit(knocking, "ada@example.org")

    with pytest.raises(limits.TooMany, match="minutes"):
        limits.hit(knocking, "ada@example.org")
    limits.hit(knocking, "bob@example.org")
    clock.forward(hours=1)
    assert limits.hit(knocking, "ada@example.org") == 1


def test_who_knocked_is_not_written_down(knocking):
    limits.hit(knocking, "ada@example.org")

    assert "ada@example.org" not in str(Hit.objects.values().get())
