"""Chance that falls alike everywhere: streams of one seed, built on ``random()`` alone.

Python promises the same ``random()`` for a seed in every version, but not the same ``choice`` or
``shuffle``; so those are made here. Each step draws from a stream of its own: more visits do not
change the enterprises.
"""

import random
import uuid
from bisect import bisect
from itertools import accumulate
from typing import Any
from uuid import UUID

SEED = "wenzhou"


class Chance:
    """One named stream of chance."""

    def __init__(self, name) -> None:
        source = random.Random(f"{SEED}:{name}")
        self.random = source.random
        self._bits = source.getrandbits

    def below(self, limit) -> int:
        """A whole number from 0 up to, not including, ``limit``."""
        return int(self.random() * limit)

    def between(self, first, last) -> Any:
        """A whole number from ``first`` to ``last``, both included."""
        return first + int(self.random() * (last - first + 1))

    def happens(self, share) -> Any:
        """True in ``share`` of all cases (0 to 1)."""
        return self.random() < share

    def pick(self, items) -> Any:
        """One item of a sequence, each as likely as the others."""
        return items[int(self.random() * len(items))]

    def sample(self, items, count) -> list:
        """``count`` different items of a sequence in a random order (all of them when there are
        fewer).
        """
        rest = list(items)
        for place in range(min(count, len(rest))):
            other = place + int(self.random() * (len(rest) - place))
            rest[place], rest[other] = rest[other], rest[place]
        return rest[:count]

    def shuffled(self, items) -> list:
        """All items in a random order."""
        return self.sample(items, len(items))

    def near(self, spread) -> Any:
        """A number around 0 that seldom lies further out than ``spread``: the sum of four even
        ones.
        """
        return (self.random() + self.random() + self.random() + self.random() - 2) * spread

    def uid(self) -> UUID:
        """A random identifier (UUID version 4)."""
        return uuid.UUID(int=self._bits(128), version=4)


class Wheel:
    """Items picked in proportion to their weights."""

    def __init__(self, weighted) -> None:
        pairs = [(item, weight) for item, weight in weighted if weight > 0]
        self.items = [item for item, _weight in pairs]
        self.sums = list(accumulate(weight for _item, weight in pairs))

    def pick(self, chance) -> Any:
        """One item, drawn from the stream ``chance``."""
        return self.items[bisect(self.sums, chance.random() * self.sums[-1])]


def shares(total, weights) -> list:
    """``total`` split into whole numbers in proportion to ``weights``; they add up exactly."""
    whole, given, passed, result = sum(weights), 0, 0, []
    for weight in weights:
        passed += weight
        upto = round(total * passed / whole)
        result.append(upto - given)
        given = upto
    return result
