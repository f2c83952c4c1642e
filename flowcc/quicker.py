"""Which is the quicker one for calls on so many items, the plain function or the flow: found out as calls are made.

The two give the same, so either may answer. The plain function begins; now and then the other one is tried, seldom
enough to cost little, because kernels become ready while calls go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

TRY_EVERY = 16  # calls, at least
SHARE = 10  # a trial may cost a tenth of the calls in between
FADING = 1.02  # by which a time that was once measured counts less with each newer one


@dataclass(slots=True)
class _Times:
    """Calls on about as many items, and the seconds that they take either way."""

    plain: float = inf
    flow: float = inf
    until_trial: int = TRY_EVERY

    def is_plain(self) -> bool:
        """Whether the plain function is to take the next call."""
        if self.plain == inf:
            return True
        plain_is_quicker = self.plain <= self.flow
        self.until_trial -= 1
        if self.until_trial > 0:
            return plain_is_quicker
        quick, slow = sorted((self.plain, self.flow))
        self.until_trial = TRY_EVERY if slow == inf else max(TRY_EVERY, int(SHARE * slow / quick))
        return not plain_is_quicker

    def took(self, is_plain: bool, seconds: float) -> None:
        """Take note of one call."""
        if is_plain:
            self.plain = min(seconds, self.plain * FADING)
        else:
            self.flow = min(seconds, self.flow * FADING)


class Quicker:
    """The times of one flow: always the plain function up to some number of items, never beyond another."""

    def __init__(self, always: int, at_most: int) -> None:
        self.always, self.at_most = always, at_most
        self.plain_calls = 0
        self._times: dict[int, _Times] = {}  # by the number of binary digits of the number of items

    def is_plain(self, items: int) -> bool:
        """Whether the plain function is to take a call on so many items."""
        if items <= self.always:
            return True
        return items <= self.at_most and self._times.setdefault(items.bit_length(), _Times()).is_plain()

    def took(self, items: int, is_plain: bool, seconds: float) -> None:
        """Take note of one call."""
        self.plain_calls += is_plain
        if self.always < items <= self.at_most:
            self._times[items.bit_length()].took(is_plain, seconds)
