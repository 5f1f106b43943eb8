"""Partners who decline over HTTP, and the journal of what they were told."""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings

from tests.faults.turns import Turn

PEOPLE = 6
PATIENCE_SECONDS = 90
ANSWER_SECONDS = 30
PAUSE_SECONDS = 0.2
LOST = 0
ANSWERED_ALREADY = "This offer has been “Declined”"
EVERY_TENTH = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request: when it ran on this process's clock, and its status (``LOST`` when no answer came)."""

    started: float
    ended: float
    status: int
    where: str = ""

    @property
    def is_answered(self) -> bool:
        return self.status != LOST and self.status < 500

    @property
    def seconds(self) -> float:
        return self.ended - self.started


@dataclass(slots=True)
class Entry:
    """What a partner wrote, and what it was told. ``attempts`` are in order; ``repeats`` came after an answer."""

    turn: Turn
    notes: str
    handover: str
    attempts: list[Attempt] = field(default_factory=list)
    repeats: list[Attempt] = field(default_factory=list)

    @property
    def is_acknowledged(self) -> bool:
        return any(attempt.is_answered for attempt in self.attempts)


class Unexpected(Exception):
    """An answer that neither acknowledges a decline nor says that it was made before."""


class Clients:
    """Some people at once, each of whom tries again until a decline is acknowledged."""

    def __init__(self, port: int, turns: list[Turn]) -> None:
        self.port = port
        self.journal = [
            Entry(turn, f"Note {number}: we called twice, nobody here speaks the language.", f"Hand-over {number}")
            for number, turn in enumerate(turns)
        ]
        self._secrets: dict[str, tuple[str, str]] = {}
        self._guard = threading.Lock()
        self._settled = 0
        self._futures: list[Future[None]] = []

    @contextmanager
    def working(self) -> Iterator[None]:
        """They read the form once and decline one offer after the other; the block ends when all are settled."""
        for entry in self.journal:
            if entry.turn.session not in self._secrets:
                self._secrets[entry.turn.session] = self._read_form(entry.turn)
        with ThreadPoolExecutor(PEOPLE) as people:
            self._futures = [people.submit(self._settle, *pair) for pair in enumerate(self.journal)]
            try:
                yield
            except BaseException:
                people.shutdown(cancel_futures=True)
                raise
        for future in self._futures:
            future.result()

    def wait_for(self, settled: int) -> None:
        """Until so many declines are settled, or somebody gave up."""
        while self._settled < settled and not any(future.done() and future.exception() for future in self._futures):
            time.sleep(0.05)

    def _read_form(self, turn: Turn) -> tuple[str, str]:
        """The cookie and the hidden field that a post needs, and the reason to choose."""
        status, headers, page = self._send("GET", turn, cookies=f"{settings.SESSION_COOKIE_NAME}={turn.session}")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        cookie = re.search(rf"{settings.CSRF_COOKIE_NAME}=(\w+)", headers.get("Set-Cookie", ""))
        reason = re.search(r'value="(\d+)"[^>]*>\s*<label[^>]*>Skills not available', page)
        if status != 200 or not (token and cookie and reason):
            raise Unexpected(f"{status}: {page[:500]}")
        jar = f"{settings.SESSION_COOKIE_NAME}={turn.session}; {settings.CSRF_COOKIE_NAME}={cookie[1]}"
        return jar, urlencode({"csrfmiddlewaretoken": token[1], "reason": reason[1], "pause_until": ""})

    def _settle(self, number: int, entry: Entry) -> None:
        self._post_until_answered(entry, entry.attempts)
        if number % EVERY_TENTH == 0:
            self._post_until_answered(entry, entry.repeats)
        with self._guard:
            self._settled += 1

    def _post_until_answered(self, entry: Entry, attempts: list[Attempt]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            attempts.append(self._post(entry))
            if attempts[-1].is_answered:
                return
            time.sleep(PAUSE_SECONDS)
        raise Unexpected(f"no answer in {PATIENCE_SECONDS} s: {attempts[-3:]}")

    def _post(self, entry: Entry) -> Attempt:
        jar, fields = self._secrets[entry.turn.session]
        body = f"{fields}&{urlencode({'notes': entry.notes, 'handover': entry.handover})}"
        started = time.monotonic()
        try:
            status, headers, page = self._send("POST", entry.turn, cookies=jar, body=body)
        except (OSError, http.client.HTTPException) as error:
            return Attempt(started, time.monotonic(), LOST, f"{type(error).__name__}: {error}")
        attempt = Attempt(started, time.monotonic(), status, headers.get("Location", ""))
        if attempt.is_answered and not self._is_known(entry.turn, attempt, page):
            raise Unexpected(f"{attempt}: {page[:2000]}")
        return attempt

    @staticmethod
    def _is_known(turn: Turn, attempt: Attempt, page: str) -> bool:
        """The redirect to the offer acknowledges; a refusal must say that the offer is declined already."""
        if attempt.status == 302:
            return attempt.where == f"/offers/{turn.number}/"
        return attempt.status == 409 and ANSWERED_ALREADY in page

    def _send(
        self, method: str, turn: Turn, *, cookies: str, body: str = ""
    ) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, f"/offers/{turn.offer}/decline/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()
