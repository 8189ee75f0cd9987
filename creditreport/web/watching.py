"""A page that grows while something takes its time: line by line, without script, then it leads on or tells why not.

The work goes on in a thread of its own, so that who closes the page, or loses the connection, loses nothing: what was
done is done, and is found on the home page.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any, TypeVar

from flask import Response, render_template, stream_with_context
from markupsafe import Markup

from creditreport.errors import Problem
from creditreport.web.problems import problem_of

# Where the template has them: the lines, then the outcome.
LINES, OUTCOME = Markup("<!--lines-->"), Markup("<!--outcome-->")
LEADS_ON = Markup('<meta http-equiv="refresh" content="0;url={address}"><p><a href="{address}">{words}</a></p>')
T = TypeVar("T")
R = TypeVar("R")
Say = Callable[[T], None]


def watched(template: str, work: Callable[[Say[T]], R], line: Callable[[T], str], end: Callable[[R], str]) -> Response:
    """The page ``template`` while ``work`` is done.

    ``work`` is given whom to tell of each step; ``line`` writes a step as HTML, ``end`` what the work returned. A
    refusal ends the page as it would have answered the request; its status is 200 then, because the page had begun.
    """
    steps: SimpleQueue[tuple[str, Any]] = SimpleQueue()

    def run() -> None:
        try:
            steps.put(("done", work(lambda step: steps.put(("step", step)))))
        except Exception as error:  # told to the person as any other failure of a request
            steps.put(("error", error))

    before, between, after = _parts(render_template(template, lines=LINES, outcome=OUTCOME))
    thread = threading.Thread(target=run, name="watched")

    def grow() -> Iterator[str]:
        thread.start()
        yield before
        while True:
            kind, told = steps.get()
            if kind != "step":
                break
            yield line(told)
        thread.join()
        yield between
        if kind == "error":
            problem = told if isinstance(told, Problem) else problem_of(told)
            yield render_template("web/refusal.html", problem=problem, status=problem.kind.http_status)
        else:
            yield end(told)
        yield after

    response = Response(stream_with_context(grow()), mimetype="text/html")
    # A proxy that collected the page first would show nothing until the end.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def leading_on(words: str) -> Callable[[str], str]:
    """An end that opens the address that the work returned; ``words`` for a browser that does not follow by itself."""
    return lambda address: LEADS_ON.format(address=address, words=words)


def _parts(page: str) -> tuple[str, str, str]:
    before, rest = page.split(LINES)
    between, after = rest.split(OUTCOME)
    return before, between, after
