"""The two ends of a channel between one sender and one receiver, as pure state: no sockets, no clock, no threads.

The network between them may lose, repeat, delay and reorder frames; what goes in at one end comes out at the other
once and in order. Frames are numbered; the receiver acknowledges the next number it expects (cumulatively) and grants
credit in bytes; the sender keeps a frame until it is acknowledged. A sender that hears nothing for a while asks with
a probe, and sends again what the answer shows to be missing.
Each life of a stage has an incarnation number, counted from 1; what an older life still has on the way is dropped.
A sender in a later life gives the same frames again (it is deterministic) and is told which are known already.
"""

from __future__ import annotations

from collections import deque

from flowcc.runtime.channels.faults import frames_lost
from flowcc.runtime.channels.frame import OVERHEAD, Buffer, Coding, Frame, Kind, size_of

WINDOW = 16 * 1024 * 1024  # bytes a receiver is ready to hold of one channel
END = Kind.END
PATIENCE = 1.0  # seconds without an answer after which a sender asks for one
LONGEST_PATIENCE = 30.0


class Sender:
    """Numbers frames, sends them as credit allows, keeps them until they are acknowledged."""

    def __init__(
        self, channel: int, member: int, incarnation: int = 1, *, first: int = 0, window: int = WINDOW
    ) -> None:
        self.channel, self.member, self.incarnation = channel, member, incarnation
        self._next = first  # number of the next frame pushed
        self.waiting: deque[Frame] = deque()  # for credit: who produces for this channel should pause
        self.under_way: deque[Frame] = deque()  # sent, not acknowledged
        self._window = window
        self._spent = 0  # bytes of credit ever used
        self._granted = window
        self._peer = 0  # incarnation of the receiver, 0 until it is heard of
        self._ask_first = incarnation > 1
        self._patience = 0.0 if self._ask_first else PATIENCE
        self._heard: float | None = None  # when the wait for an answer began
        self._repaired = (-1, 0.0)  # what was sent again last, and when

    def push(
        self, kind: Kind, buffers: tuple[Buffer, ...] = (), *, items: int = 0, schema: Coding = Coding.NONE
    ) -> None:
        """Add a frame to the channel; it goes out with `ready`."""
        number, self._next = self._next, self._next + 1
        self.waiting.append(
            Frame(kind, self.channel, self.member, self.incarnation, number, schema, items, buffers, size_of(buffers))
        )

    @property
    def settled(self) -> bool:
        """Whether all that was pushed has been acknowledged."""
        return not self.waiting and not self.under_way

    def ready(self, now: float) -> list[Frame]:
        """Return the frames to send now: as many as credit covers, but always one to a receiver that holds none."""
        if self._heard is None and self.waiting:
            self._heard = now
        frames: list[Frame] = []
        consumed = self._granted - self._window
        while self.waiting and not self._ask_first:
            spent = self._spent + self.waiting[0].length + OVERHEAD
            if spent > self._granted and self._spent > consumed:
                break
            self._spent = spent
            frames.append(self.waiting.popleft())
        self.under_way.extend(frames)
        return frames

    def overdue(self, now: float) -> Frame | None:
        """Return a probe when the receiver has been silent for too long."""
        if self.settled or self._heard is None or now < self._heard + self._patience:
            return None
        self._patience = min(max(2 * self._patience, PATIENCE), LONGEST_PATIENCE)
        self._heard = now
        following = self.under_way[-1].sequence + 1 if self.under_way else 0
        return Frame(Kind.PROBE, self.channel, self.member, self.incarnation, following)

    def next_due(self) -> float | None:
        """Return when `overdue` is worth asking, or None while no answer is awaited."""
        return None if self.settled or self._heard is None else self._heard + self._patience

    def acknowledged(self, ack: Frame, now: float) -> list[Frame]:
        """Take in an acknowledgement; return what it shows to have been lost, to be sent again.

        Raises `FlowError` (F536) when a receiver in a new life asks for frames that are no longer kept.
        """
        if ack.incarnation < self._peer or ack.schema != self.incarnation:
            return []
        reborn = 0 < self._peer < ack.incarnation
        self._peer, self._ask_first = ack.incarnation, False
        if reborn and ack.sequence < self._oldest:
            raise frames_lost(str(self.channel))
        self._forget(ack.sequence, now)
        if reborn:
            self._spent, self._granted = sum(frame.cost for frame in self.under_way), ack.length
        self._granted = max(self._granted, ack.length)
        return self._missing(ack.sequence, len(self.under_way) if reborn else ack.items, now)

    @property
    def _oldest(self) -> int:
        return self.under_way[0].sequence if self.under_way else self._next - len(self.waiting)

    def _forget(self, sequence: int, now: float) -> None:
        """Let go of all frames before ``sequence``; those that were never sent are known from an earlier life."""
        if sequence > self._oldest:
            self._heard, self._patience = now, PATIENCE
        for frames in (self.under_way, self.waiting):
            while frames and frames[0].sequence < sequence:
                frames.popleft()
        if self.settled:
            self._heard = None

    def _missing(self, sequence: int, count: int, now: float) -> list[Frame]:
        """Return ``count`` frames from ``sequence`` on, unless they were sent again just now."""
        repaired, when = self._repaired
        if not count or (repaired == sequence and now < when + PATIENCE / 2):
            return []
        self._repaired = (sequence, now)
        return [frame for frame in self.under_way if sequence <= frame.sequence < sequence + count]


class Receiver:
    """Puts frames in order, drops repeats, and says what has arrived and how much more may come."""

    def __init__(
        self, channel: int, member: int, incarnation: int = 1, *, first: int = 0, window: int = WINDOW
    ) -> None:
        self.channel, self.member, self.incarnation = channel, member, incarnation
        self._expected = first
        self._early: dict[int, Frame] = {}  # arrived before their turn
        self._announced_end = first  # one past the last frame known to have been sent
        self._sender = 0  # incarnation of the sender
        self._window = window
        self._consumed = 0  # bytes of credit given back
        self._granted = window  # as last said
        self._must_answer = False
        self.unanswered = False  # whether frames have been accepted that no answer speaks of
        self.ended = False

    def accept(self, frame: Frame) -> list[Frame]:
        """Take in a frame or a probe; return the frames whose turn it is, each once and in sequence."""
        is_next = frame.sequence == self._expected and frame.incarnation == self._sender
        if is_next and frame.kind < END and not self._early:  # as nearly always
            self._expected += 1
            self.unanswered = True
            return [frame]
        if frame.incarnation < self._sender:
            return []
        if frame.incarnation > self._sender:
            self._meet(frame.incarnation)
        if frame.kind == Kind.PROBE or frame.sequence != self._expected:
            self._must_answer = True  # asked, a repeat, or a gap: the sender should hear what is known
            self._announced_end = max(self._announced_end, frame.sequence)
            if frame.kind != Kind.PROBE and frame.sequence > self._expected:
                self._early[frame.sequence] = frame
            return []
        return self._in_turn(frame)

    def _in_turn(self, frame: Frame) -> list[Frame]:
        turn: list[Frame] = []
        following: Frame | None = frame
        while following is not None:
            turn.append(following)
            self._expected += 1
            following = self._early.pop(self._expected, None)
        self.unanswered = True
        if turn[-1].kind == END:
            self.ended = self._must_answer = True
        return turn

    def _meet(self, incarnation: int) -> None:
        """Begin with a new life of the sender: its credit starts over, and the older life's early frames are void."""
        self._sender = incarnation
        self._early.clear()
        self._announced_end = self._expected
        self._consumed, self._granted = 0, self._window

    def consumed(self, frame: Frame) -> None:
        """Give back the credit of a frame whose items have been taken."""
        if frame.incarnation == self._sender:
            self._consumed += frame.cost
            self._must_answer |= self._consumed + self._window - self._granted >= self._window // 2

    def answer(self, *, idle: bool = False) -> Frame | None:
        """Return an acknowledgement when one is due (when ``idle``, also for what need not be answered yet)."""
        if not (self._must_answer or (idle and self.unanswered)):
            return None
        self._must_answer = self.unanswered = False
        self._granted = self._consumed + self._window
        missing = max(min(self._early, default=self._announced_end) - self._expected, 0)
        address = (self.channel, self.member, self.incarnation, self._expected)
        return Frame(Kind.ACK, *address, self._sender, missing, (), self._granted)
