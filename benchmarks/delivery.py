"""`make bench-mail`: messages from the outbox to a mail server, beside plain `smtplib` in the same run; memory.

The floors know nothing of an outbox. Each of them sends the very mails that ours sends, by one connection that is kept:

- *bytes*: `SMTP.sendmail` of mails that were made and serialised beforehand; what the wire and the server take
- *smtplib*: `SMTP.send_message` of finished `EmailMessage`s, which is how `smtplib` is used; the one that counts
- *made*: the same, but each `EmailMessage` is made from its subject, text and HTML first
- *rendered*: the same, but those are rendered first, by our own renderer
- *written*: the same, and what was sent is written to SQLite, as our own marks are, one commit a mail that waits for
  the disk

Ours does all of that, and reads what there is to tell, looks for names and CPR numbers, keeps its leases, and counts;
it waits for the disk once a batch. It sends to the very server that the floors send to, and then once more to one that
takes several commands at once (PIPELINING), as most servers do: *pipelined*. `smtplib` cannot.
"""

from __future__ import annotations

import argparse
import gc
import platform
import shutil
import smtplib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from random import Random

from sqlalchemy import select

from benchmarks import phases, sink
from benchmarks.seed import NOW, TODAY, seed
from benchmarks.sweep import renderer
from benchmarks.town import name_of
from models.session import Database
from notifications.channels import make_channel
from notifications.channels.destination import Destination
from notifications.channels.envelope import Envelope
from notifications.queue import MESSAGE
from notifications.render import Renderer
from onboarding.advance import advance
from onboarding.deliver import deliver
from onboarding.one_message import identifier
from onboarding.post import Post
from onboarding.telling import tell
from onboarding.told import Told

_URL, _SENDER = "http://127.0.0.1:8000", "sosu@example.org"
#: Messages that one person gets: beyond thirty an hour they would be gathered.
_EACH = 20
_PAGE = 500

#: Where a delivery spends its time: the function whose time (with all that it calls) it is.
PHASES = {
    "read what to tell": "sending.py:_told",
    "put it in words": "render.py:render",
    "look for names and CPR numbers": "guard.py:check",
    "make a mail of it": "mime.py:as_mail",
    "talk to the server": "patient_smtp.py:deliver",
    "mark it as sent": "outbox.py:mark_sent",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as far as a floor may have it beforehand."""

    told: Told
    envelope: Envelope
    finished: EmailMessage
    serialised: bytes


def lay(path: Path, messages: int) -> None:
    """A town of which one sweep made so many messages, to as many people as it takes for nobody to be in a storm."""
    cases = messages // 2
    seed(path, cases, cases, max(1, cases // _EACH))
    random = Random(5)
    with closing(sqlite3.connect(path)) as connection, connection:
        ids = connection.execute("SELECT id FROM candidate").fetchall()
        named = ((name_of(random), number) for (number,) in ids)
        connection.executemany("UPDATE candidate SET name = ? WHERE id = ?", named)
    with closing(Database(f"sqlite:///{path}")) as database:
        advance(database, TODAY, NOW)


def mails_of(path: Path, most: int) -> list[Mail]:
    """What our delivery will send, the first so many."""
    words, told = renderer(), list[Told]()
    with closing(Database(f"sqlite:///{path}")) as database, database.read() as session:
        ids = list(session.connection().scalars(select(MESSAGE.c.id).order_by(MESSAGE.c.id).limit(most)))
        for page in (ids[begin : begin + _PAGE] for begin in range(0, len(ids), _PAGE)):
            told += tell(session, page, _URL, TODAY, words)
    return [_mail(one, words) for one in told]


def _mail(told: Told, words: Renderer) -> Mail:
    envelope = enveloped(told, words)
    finished = made(envelope)
    return Mail(told, envelope, finished, finished.as_bytes())


def enveloped(told: Told, words: Renderer) -> Envelope:
    assert told.to is not None
    rendered = words.render(told.news.pathway_key, told.kind, told.news.context, told.because)
    return Envelope(
        message_id=identifier(told, _URL),
        recipient=told.to.email,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=NOW,
    )


def made(envelope: Envelope) -> EmailMessage:
    """As Python's documentation makes a mail."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _SENDER
    mail["To"] = envelope.recipient
    mail["Subject"] = envelope.subject
    mail["Date"] = envelope.sent_at
    mail["Message-ID"] = envelope.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(envelope.text)
    mail.add_alternative(envelope.html, subtype="html")
    return mail


Floor = Callable[[smtplib.SMTP, Mail], object]


def floors(copy: Path) -> dict[str, Floor]:
    """By name; each sends one mail by a connection that it is given. The last one writes to `copy`, which is a copy of
    the ground.
    """
    words = renderer()
    database = sqlite3.connect(copy, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {setting}")

    def rendered(server: smtplib.SMTP, mail: Mail) -> None:
        server.send_message(made(enveloped(mail.told, words)))

    def written(server: smtplib.SMTP, mail: Mail) -> None:
        rendered(server, mail)
        database.execute("BEGIN IMMEDIATE")
        at = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
        marked = "UPDATE message SET state = 'sent', attempts = attempts + 1, finished_at = ? WHERE id = ?"
        database.execute(marked, (at, mail.told.message_id))
        tried = "INSERT INTO attempt (message_id, number, channel, ok, detail, at) VALUES (?, 1, 'mail', 1, 'OK', ?)"
        database.execute(tried, (mail.told.message_id, at))
        database.execute("COMMIT")

    return {
        "bytes": lambda server, mail: server.sendmail(_SENDER, mail.envelope.recipient, mail.serialised),
        "smtplib": lambda server, mail: server.send_message(mail.finished),
        "made": lambda server, mail: server.send_message(made(mail.envelope)),
        "rendered": rendered,
        "written": written,
    }


def floor(server: sink.Sink, mails: Sequence[Mail], sends: Floor) -> float:
    """Mails a second."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        for mail in mails:
            sends(connection, mail)
    took = time.perf_counter() - began
    assert server.taken().ids == [mail.envelope.message_id for mail in mails]
    return len(mails) / took


def ours(path: Path, port: int) -> float:
    """Messages a second, from what a sweep left in the outbox to the last mark."""
    channel = make_channel(f"mailto://127.0.0.1:{port}?from={_SENDER}&mode=insecure", path.parent)
    post = Post.by_mail(channel, Destination.FOLDER, renderer(), _URL, lambda: NOW, Random(1))
    with closing(Database(f"sqlite:///{path}")) as database:
        began = time.perf_counter()
        delivered = deliver(database, post)
        took = time.perf_counter() - began
    assert delivered.left == delivered.failed == delivered.dead == delivered.skipped == delivered.gathered == 0
    return delivered.sent / took


def delivered_from(copy: Path, server: sink.Sink, wanted: Sequence[str]) -> float:
    """As `ours`; and every message came once, by its own name. `wanted` are the names of the first of them."""
    rate = ours(copy, server.port)
    taken = server.taken()
    with closing(sqlite3.connect(copy)) as connection:
        (sent,) = connection.execute("SELECT count(*) FROM message WHERE state = 'sent'").fetchone()
    assert len(set(taken.ids)) == len(taken.ids) == taken.recipients == sent
    assert set(wanted) <= set(taken.ids), "a floor must send the same mails"
    return rate


def peak_memory(folder: Path, server: sink.Sink, messages: int) -> float:
    """MiB at the highest, of a process of its own that delivers so many."""
    path = folder / f"memory-{messages}.db"
    lay(path, messages)
    child = [sys.executable, "-m", "benchmarks.delivery", "--only-deliver", str(path), "--port", str(server.port)]
    peak = float(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    assert len(set(server.taken().ids)) == messages
    return peak


def peak() -> float:
    """MiB at the highest, of this process alone: `getrusage` would count the one that started it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _copies(ground: Path, copy: Path) -> Iterator[Path]:
    """A fresh copy each time."""
    while True:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()
        yield Path(shutil.copy(ground, copy))


def report(folder: Path, messages: int, rounds: int) -> None:
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, SQLite")
    ground = folder / "ground.db"
    lay(ground, messages)
    mails = mails_of(ground, messages)
    size = sum(len(mail.serialised) for mail in mails) / len(mails) / 1000
    people = len({mail.envelope.recipient for mail in mails})
    print(f"{messages:,} messages of {size:.1f} KB to {people:,} people; {rounds} rounds in turns; mails a second\n")
    copies = _copies(ground, folder / "run.db")
    with sink.running() as server, sink.running(pipelines=True) as pipelining:
        rates = [_round(server, pipelining, mails, copies) for _ in range(rounds)]
        _print_rates(rates)
        print("| where ours spends its time | share |\n|:--|--:|")
        for phase, share in phases.shares(lambda: ours(next(copies), server.port), PHASES).items():
            print(f"| {phase} | {share:.0%} |")
        server.taken()
        print("\n| messages | peak memory MiB |\n|--:|--:|")
        for count in (messages // 10, messages, 3 * messages):
            print(f"| {count:,} | {peak_memory(folder, server, count):.0f} |")


def _round(server: sink.Sink, pipelining: sink.Sink, mails: Sequence[Mail], copies: Iterator[Path]) -> dict[str, float]:
    """The slow floors send a fifth of the mails: a rate is a rate."""
    by_name, names = floors(next(copies)), [mail.envelope.message_id for mail in mails]
    some = mails[: max(1, len(mails) // 5)]
    rates = {name: floor(server, mails, by_name.pop(name)) for name in ("bytes", "smtplib")}
    ours_ = delivered_from(next(copies), server, names)
    pipelined = delivered_from(next(copies), pipelining, names)
    rates |= {name: floor(server, some, sends) for name, sends in by_name.items()}
    return rates | {"ours": ours_, "pipelined": pipelined}


def _print_rates(rates: Sequence[dict[str, float]]) -> None:
    *floors_, _, _ = names = list(rates[0])
    print(f"| round | {' | '.join(names)} |\n|{'--:|' * (1 + len(names))}")
    for number, rate in enumerate(rates, 1):
        print(f"| {number} | {' | '.join(f'{rate[name]:,.0f}' for name in names)} |")
    print(f"\n| median of | {' | '.join(floors_)} |\n|:--|{'--:|' * len(floors_)}")
    for our in ("ours", "pipelined"):
        ratios = (statistics.median(rate[our] / rate[name] for rate in rates) for name in floors_)
        print(f"| {our} / … | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |")
    print("\ngoal: 0.70 or better beside smtplib\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-deliver", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    gc.freeze()  # as the program does when it has loaded what it needs
    gc.set_threshold(50_000)
    if arguments.only_deliver:
        ours(arguments.only_deliver, arguments.port)
        print(peak())
        return
    with tempfile.TemporaryDirectory(prefix="sosu-bench-") as folder:
        report(Path(folder), arguments.messages, arguments.rounds)


if __name__ == "__main__":
    main()
