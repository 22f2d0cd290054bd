"""Counts that leave the unit: those of one to four people are hidden, and whatever they could be worked out from.

A small count says something about somebody whom colleagues know. Hiding it is not enough where a total and the other
parts stand beside it, so more is hidden until each small count could be another one: until there is a second table that
would look just the same and is different there. That table is looked for, and found is proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Key = Hashable
Changes = Mapping[Key, int]

#: The fewest people of whom a count is told.
FEWEST = 5

#: What stands instead of a count of one to four, and instead of another that would give one away.
UNDER, HIDDEN = f"under {FEWEST}", "skjult"

#: How many changes are tried before a table is taken to be the only one; more is then hidden.
_TRIES = 1_000


def is_small(count: int) -> bool:
    return 0 < count < FEWEST


@dataclass(frozen=True, slots=True)
class Sum:
    """What whoever reads the figures knows: `wholes` together are `parts` together, and, when it is `more`, perhaps
    some who are not counted anywhere in the report.
    """

    wholes: tuple[Key, ...]
    parts: tuple[Key, ...]
    more: bool = False


def marks(counts: Mapping[Any, int], sums: Iterable[Sum]) -> dict[Any, str]:
    """What is to stand instead of each count that must not leave, by its key. A sum that does not hold helps nobody.

    A difference of one to four between two counts that are told is a count of people too, and is protected like one.
    """
    table = _Table.of(counts, sums)
    for key in sorted(table.small, key=str):
        while not table.is_safe(key):
            table.hide_more(key)
    for key in sorted(table.hidden - table.small - table.untold - table.blurred, key=lambda key: -table.values[key]):
        table.tell_if_safe(key)
    shown = table.hidden - table.untold
    return {key: UNDER if is_small(counts[key]) and key not in table.blurred else HIDDEN for key in shown}


@dataclass
class _Table:
    """`untold` is what nobody is told of: the rest of a sum. `proofs` holds, for a small count, how another table that
    looks the same differs from this one. All of a `blurred` part says `HIDDEN`, and could as well be twice as much.
    """

    values: dict[Key, int]
    # The sums that a count is in: what each count adds to it, 1 or -1, together nought.
    sums_of: defaultdict[Key, list[dict[Key, int]]] = field(default_factory=lambda: defaultdict(list))
    untold: set[Key] = field(default_factory=set)
    small: set[Key] = field(default_factory=set)
    hidden: set[Key] = field(default_factory=set)
    blurred: set[Key] = field(default_factory=set)
    proofs: dict[Key, Changes] = field(default_factory=dict)

    @classmethod
    def of(cls, counts: Mapping[Key, int], sums: Iterable[Sum]) -> _Table:
        table = cls(dict(counts))
        for number, one in enumerate(sums):
            signs = dict.fromkeys(one.wholes, 1) | dict.fromkeys(one.parts, -1)
            rest = sum(sign * counts[key] for key, sign in signs.items())
            if rest < 0 or (rest and not one.more):
                continue
            if rest:
                signs["rest", number] = -1
                table.values["rest", number] = rest
                table.untold.add(("rest", number))
            for key in signs:
                table.sums_of[key].append(signs)
        table.small = {key for key, value in table.values.items() if is_small(value)}
        table.hidden = table.small | table.untold
        return table

    def is_safe(self, key: Key) -> bool:
        """Whether another table would look the same and have another count here."""
        if key not in self.proofs and key not in self.blurred:
            tries = iter(range(_TRIES))
            ways = (self._balanced({key: step}, tries) for step in (1, -1) if self._looks_the_same(key, step))
            found = next((way for way in ways if way is not None), None)
            if found is None:
                return False
            self.proofs[key] = found
        return True

    def hide_more(self, key: Key) -> None:
        """Hides the smallest count that is still told, of those that are nearest to this one by the sums."""
        near, wider = set[Key](), {key}
        while near != wider:
            near = wider
            told = [one for one in near if one not in self.hidden and self.values[one]]
            if told:
                self.hidden.add(min(told, key=lambda one: (self.values[one], str(one))))
                return
            wider = near.union(*(signs for one in near for signs in self.sums_of[one]))
        self.blurred |= {one for one in near if self.values[one]}

    def tell_if_safe(self, key: Key) -> None:
        """Tells a count that was hidden on the way, when the others are safe without that."""
        before, rests_on_it = dict(self.proofs), [small for small, proof in self.proofs.items() if key in proof]
        self.hidden.discard(key)
        for small in rests_on_it:
            del self.proofs[small]
        if not all(self.is_safe(small) for small in rests_on_it):
            self.hidden.add(key)
            self.proofs = before

    def _balanced(self, changes: Changes, tries: Iterator[int]) -> Changes | None:
        """These changes, and perhaps more of hidden counts, that leave every sum right."""
        touched = (signs for key in changes for signs in self.sums_of[key])
        unequal = next(((signs, off) for signs in touched if (off := _off(signs, changes))), None)
        if unequal is None:
            return changes
        signs, off = unequal
        for key in signs:
            step = -signs[key] if off > 0 else signs[key]
            if key in changes or key not in self.hidden or not self._looks_the_same(key, step):
                continue
            if next(tries, None) is None:
                return None
            found = self._balanced({**changes, key: step}, tries)
            if found is not None:
                return found
        return None

    def _looks_the_same(self, key: Key, step: int) -> bool:
        """A count under five stays one, and one that is hidden for others' sake stays five or more."""
        changed = self.values[key] + step
        if key in self.untold:
            return changed >= 0
        return is_small(changed) if is_small(self.values[key]) else changed >= FEWEST


def _off(signs: Mapping[Key, int], changes: Changes) -> int:
    return sum(sign * changes[key] for key, sign in signs.items() if key in changes)
