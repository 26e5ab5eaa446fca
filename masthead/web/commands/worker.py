"""`masthead worker`: task workers without web."""

from argparse import Namespace


def run(arguments: Namespace) -> None:
    from masthead.web import workers

    if arguments.queue is None:
        workers.workshop()
        return
    workers.prepare()
    workers.refuse_an_unsafe_database()
    workers.work(arguments.queue, workers.name_of(arguments.queue))
