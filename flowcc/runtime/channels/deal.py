"""Which member gets which item: the verbs, over a batch."""

from __future__ import annotations

from collections.abc import Sequence

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.outlet import Keys
from flowcc.runtime.partition import Owners, partition_by

Share = tuple[int, Batch]


class Dealer:
    """Cuts the batches of one channel into what each of ``members`` receivers gets."""

    def __init__(self, verb: str, members: int) -> None:
        self._verb = verb
        self._members = members
        self._owners = Owners(members)
        self._turn = 0  # the member that gets the next item

    def deal(self, batch: Batch, keys: Keys | None) -> list[Share]:
        """Return (member, items) pairs; items of one member keep their order.

        Raises IndexError when a routed item names a member that is not there.
        """
        if self._verb == "route":
            return self._route(rows(batch))
        if self._verb == "broadcast":
            return [(member, batch) for member in range(self._members)]
        members = self._members
        if members == 1:
            return [(0, batch)]
        if keys is not None:
            return partition_by(batch, keys, self._owners) if isinstance(keys, Sequence) else keys.share(batch, members)
        return self._in_turn(batch)

    def _in_turn(self, batch: Batch) -> list[Share]:
        members = self._members
        shares: list[Share] = []
        for member in range(members):
            share = batch[(member - self._turn) % members :: members]
            if len(share):
                shares.append((member, share))
        self._turn = (self._turn + len(batch)) % members
        return shares

    def _route(self, pairs: Sequence[tuple[object, object]]) -> list[Share]:
        shares: dict[int, list[object]] = {}
        for member, item in pairs:
            if not isinstance(member, int) or not 0 <= member < self._members:
                raise IndexError(f"an item is routed to member {member!r}, and there are {self._members}")
            shares.setdefault(int(member), []).append(item)
        return list(shares.items())
