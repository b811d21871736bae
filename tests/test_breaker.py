"""The circuit breaker stops asking what fails, looks again after its pause, and goes on once it is well."""

from __future__ import annotations

from bot.breaker import CircuitBreaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(failures=3, pause_s=2.0, now=clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    assert not opened(Clock()).allows()


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = CircuitBreaker(failures=2, now=Clock())
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert breaker.allows()


def test_after_its_pause_it_lets_one_question_through() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 1.9
    assert not breaker.allows()
    clock.now += 0.2
    assert [breaker.allows() for _ in range(3)] == [True, False, False]


def test_a_probe_that_fails_begins_the_pause_anew() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 2.0
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.now += 2.0
    assert breaker.allows()


def test_a_probe_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 2.0
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]
