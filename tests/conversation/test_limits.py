"""The gate lets a minute's worth through at once, then evenly, in bounded memory."""

from __future__ import annotations

import pytest

from bot.conversation.limits import Gate, Limits


def test_it_lets_a_minutes_worth_through_at_once_and_then_evenly() -> None:
    gate = Gate(Limits(conversation=6))
    assert [gate.message("c", "", 0.0) for _ in range(6)] == [0.0] * 6
    assert gate.message("c", "", 0.0) == pytest.approx(10.0)
    assert gate.message("c", "", 9.0) == pytest.approx(1.0)
    assert gate.message("c", "", 10.0) == 0.0


def test_a_refusal_is_not_counted() -> None:
    gate = Gate(Limits(conversation=1))
    gate.message("c", "", 0.0)
    waits = [gate.message("c", "", 0.0) for _ in range(50)]
    assert waits == [pytest.approx(60.0)] * 50


def test_conversations_share_the_limit_of_their_address() -> None:
    gate = Gate(Limits(address=2))
    assert gate.message("a", "10.0.0.1", 0.0) == gate.message("b", "10.0.0.1", 0.0) == 0.0
    assert gate.message("c", "10.0.0.1", 0.0) > 0
    assert gate.message("c", "10.0.0.2", 0.0) == 0.0


def test_everyone_shares_the_limit_of_all() -> None:
    gate = Gate(Limits(total=2))
    assert [gate.message(str(i), str(i), 0.0) > 0 for i in range(3)] == [False, False, True]


def test_new_conversations_are_limited_by_address() -> None:
    gate = Gate(Limits(starts=1))
    assert gate.start("10.0.0.1", 0.0) == 0.0
    assert gate.start("10.0.0.1", 0.0) > 0
    assert gate.start("10.0.0.2", 0.0) == 0.0


def test_a_flood_of_messages_does_not_keep_newcomers_out() -> None:
    gate = Gate(Limits(total=2))
    for _ in range(3):
        gate.message("c", "10.0.0.1", 0.0)
    assert gate.message("d", "10.0.0.2", 0.0) > 0
    assert gate.start("10.0.0.3", 0.0) == 0.0


def test_requests_for_a_person_are_counted_apart_from_messages_and_from_other_people() -> None:
    gate = Gate(Limits(conversation=2, address=3, total=1))
    gate.message("c", "10.0.0.1", 0.0)
    assert [gate.person("c", "10.0.0.1", 0.0) > 0 for _ in range(3)] == [False, False, True]
    assert [gate.person("d", "10.0.0.1", 0.0) > 0 for _ in range(2)] == [False, True]
    assert gate.person("e", "10.0.0.2", 0.0) == 0.0


def test_everyone_shares_the_limit_of_all_new_conversations() -> None:
    gate = Gate(Limits(starts_total=2))
    assert [gate.start(f"10.0.0.{number}", 0.0) > 0 for number in range(3)] == [False, False, True]
    assert gate.message("c", "10.0.0.1", 0.0) == 0.0


def test_it_forgets_the_keys_not_seen_for_longest() -> None:
    gate = Gate(Limits(), keys=100)
    for number in range(10_000):
        gate.message(str(number), f"10.0.0.{number}", float(number))
    assert len(gate._full_at) == 100
