"""What is measured beside a floor does the same work as the floor: in small, since the figures need a quiet machine."""

from __future__ import annotations

from pathlib import Path

from benchmarks import delivery, phases, sink, sweep
from benchmarks.seed import seed


def test_each_contestant_of_the_sweep_moves_as_many_and_says_as_much(tmp_path: Path) -> None:
    done = []
    for contestant in (sweep.floor, sweep.floor_in_our_words, sweep.ours):
        path = tmp_path / f"{contestant.__name__}.db"
        seed(path, 60, 20)
        ran = contestant(path)
        done.append((ran["moved"], ran["characters"]))
    assert done == [done[0]] * 3
    assert done[0][0] == 20


def test_our_delivery_sends_the_mails_that_the_floor_sends(tmp_path: Path) -> None:
    """Each by itself, and once: a delivery that gathered them would be measured against something else."""
    path = tmp_path / "ground.db"
    delivery.lay(path, 40)
    mails = delivery.mails_of(path, 40)
    with sink.running() as server:
        delivery.floor(server, mails, delivery.floors(path)["smtplib"])
        assert delivery.delivered_from(path, server, [mail.envelope.message_id for mail in mails]) > 0


def test_where_a_delivery_spends_its_time_is_found(tmp_path: Path) -> None:
    path = tmp_path / "ground.db"
    delivery.lay(path, 40)
    with sink.running() as server:
        found = phases.shares(lambda: delivery.ours(path, server.port), delivery.PHASES)
    assert set(delivery.PHASES) < set(found)
    assert all(0 < found[phase] < 1 for phase in delivery.PHASES)
