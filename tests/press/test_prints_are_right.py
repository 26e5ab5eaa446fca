"""Whatever is changed, wherever, every print says what a fresh rendering says."""

import json
import time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from masthead.press.passes import EDITIONS
from tests.press.conftest import supporter_pass

pytestmark = pytest.mark.processes

SECTIONS = st.sampled_from(["north", "south"])
TURNS = st.sampled_from(["unpublish", "republish", "unpublish_and_think_better_of_it"])
PRESS = st.sampled_from([0, 1])


def test_every_print_equals_a_fresh_rendering(presses):
    class PaperLife(RuleBasedStateMachine):
        pieces = Bundle("pieces")

        @initialize()
        def begins(self):
            self.gone = set()
            self.seen = {"/", "/section/north/", "/section/south/?page=2", "/section/south/?order=first"}

        @rule(target=pieces, press=PRESS, section=SECTIONS)
        def publishes(self, press, section):
            pk = presses[press].do("publish", headline=f"at {time.monotonic_ns()}", section=section)
            self.seen.add(f"/piece/{pk}/")
            return pk

        @rule(press=PRESS, pk=pieces, verb=TURNS)
        def turns(self, press, pk, verb):
            if pk not in self.gone:
                presses[press].do(verb, pk=pk)

        @rule(press=PRESS, pk=pieces)
        def rewrites(self, press, pk):
            if pk not in self.gone:
                presses[press].do("rewrite", pk=pk, headline=f"again {time.monotonic_ns()}")

        @rule(press=PRESS, pk=pieces, section=SECTIONS)
        def moves(self, press, pk, section):
            if pk not in self.gone:
                presses[press].do("move", pk=pk, section=section)

        @rule(press=PRESS, pk=pieces)
        def deletes(self, press, pk):
            if pk not in self.gone:
                presses[press].do("delete", pk=pk)
                self.gone.add(pk)

        @invariant()
        def prints_are_right(self):
            for path in sorted(self.seen):
                fresh = json.loads(presses[0].get(f"/fresh/?of={path.replace('?', '%3F')}").text)
                assert [read(press, path) for press in presses] == [fresh, fresh], path

    def read(press, path):
        cookies = [{} if edition == "public" else {"Cookie": supporter_pass(edition=edition)} for edition in EDITIONS]
        answers = [press.get(path, **cookie) for cookie in cookies]
        return [answer.text if answer.status == 200 else None for answer in answers]

    PaperLife.TestCase.settings = settings(
        max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
    )
    PaperLife.TestCase().runTest()
