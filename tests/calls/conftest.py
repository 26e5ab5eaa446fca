import pytest

from masthead.core import clock as the_clock


@pytest.fixture(autouse=True)
def _a_newsroom_in_london(clock):
    """Days and hours by London's clock, whatever a test before this one chose; the time is set back afterwards."""
    the_clock.live_in("Europe/London")
    yield
    the_clock.live_in("Europe/London")
