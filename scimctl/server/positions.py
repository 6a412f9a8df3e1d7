"""Numbers in ascending order, of which the n-th is found without counting through those before it."""

from array import array
from bisect import bisect_left, bisect_right

_BLOCK = 2048


class Positions:
    """Ascending numbers in blocks; nearly always a new number is larger than all others."""

    def __init__(self) -> None:
        self._blocks: list[array[int]] = []
        self._firsts: list[int] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, number: int) -> None:
        """Puts a number in its place."""
        at = bisect_right(self._firsts, number) - 1
        is_last = at == len(self._blocks) - 1
        if at < 0 or (is_last and len(self._blocks[at]) >= _BLOCK and number > self._blocks[at][-1]):
            self._blocks.insert(at + 1, array("q", (number,)))
            self._firsts.insert(at + 1, number)
        else:
            block = self._blocks[at]
            block.insert(bisect_left(block, number), number)
        self._length += 1

    def discard(self, number: int) -> None:
        """Takes out a number that is there."""
        at = bisect_right(self._firsts, number) - 1
        block = self._blocks[at]
        del block[bisect_left(block, number)]
        if not block:
            del self._blocks[at], self._firsts[at]
        self._length -= 1

    def slice(self, first: int, count: int) -> list[int]:
        """At most `count` numbers, beginning with the one that has `first` smaller ones."""
        found: list[int] = []
        if first >= self._length:
            return found
        for block in self._blocks:
            if first >= len(block):
                first -= len(block)
                continue
            found.extend(block[first : first + count - len(found)])
            first = 0
            if len(found) >= count:
                break
        return found
