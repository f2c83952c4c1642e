"""A frame: what one stage sends another at once. A fixed header, then buffers.

The header (little endian, 46 bytes) says whose it is and where it belongs; the buffers are the batch, untouched.
On the wire a frame is one message. Its first part holds the header and, where it is small, the first buffer; every
other buffer is a part of its own, so that large ones are sent and received without copying.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from struct import Struct, error
from typing import NamedTuple, TypeAlias

from flowcc.runtime.channels.faults import foreign_frame

Buffer: TypeAlias = bytes | memoryview

MAGIC = b"fc"
VERSION = 1
DIGEST_BYTES = 8
HEADER = Struct(f"<2sBB{DIGEST_BYTES}sHHIQIIQH")
INLINE = 16 * 1024  # a first buffer up to this size travels in the header's part
OVERHEAD = 256  # bytes of credit a frame costs beside its buffers, so that empty frames are not free


class Kind(IntEnum):
    """What a frame is; up to `END` they are numbered and delivered in sequence."""

    DATA = 1  # a batch of items
    VALUE = 2  # the one value of a wire that carries a value
    MESSAGE = 3  # a word between a stage and its launcher
    END = 4  # nothing follows
    ACK = 8  # sequence: the next one expected; items: how many frames from there on are missing;
    # schema: which life of the sender it is for; length: bytes of credit ever granted to it
    PROBE = 9  # sequence: the next one to be sent; asks for an acknowledgement
    HEARTBEAT = 10  # alive, with counts; may be lost


ACK = Kind.ACK
_NO_MORE = (b"\0\0", b"\0", b"")
_KINDS = {int(kind): kind for kind in Kind}


class Coding(IntEnum):
    """How a frame's buffers hold its batch."""

    NONE = 0
    OBJECTS = 1  # one buffer, written by `Codec`
    COLUMNS = 2  # a description, then the buffers of a `Columns` batch, or of the entries of one dict or Counter


class Frame(NamedTuple):
    """One frame. ``incarnation`` counts the lives of its sender; ``sequence`` counts frames of a channel from 0."""

    kind: Kind
    channel: int
    member: int
    incarnation: int
    sequence: int
    schema: int = Coding.NONE
    items: int = 0
    buffers: tuple[Buffer, ...] = ()
    length: int = 0

    @property
    def cost(self) -> int:
        """The bytes of credit this frame takes."""
        return self.length + OVERHEAD


def size_of(buffers: Sequence[Buffer]) -> int:
    """Return the bytes of all buffers together; a memoryview is one of bytes."""
    return len(buffers[0]) if len(buffers) == 1 else sum(map(len, buffers))


def write_frame(frame: Frame, digest: bytes) -> list[Buffer]:
    """Return the parts of a message that holds ``frame``; large buffers are parts of their own, not copied."""
    kind, channel, member, incarnation, sequence, schema, items, buffers, length = frame
    inline = bool(buffers) and 0 < len(buffers[0]) <= INLINE
    header = HEADER.pack(
        MAGIC, VERSION, kind, digest, channel, member, incarnation, sequence, schema, items, length,
        len(buffers) - inline,
    )  # fmt: skip
    return [header + buffers[0], *buffers[1:]] if inline else [header, *buffers]


def is_whole(first: bytes) -> bool:
    """Return whether a message has no part beside its first; True for what is no frame."""
    return first[HEADER.size - 2 : HEADER.size] in _NO_MORE


def read_frame(parts: Sequence[Buffer], digest: bytes) -> Frame:
    """Read a message; raises `FlowError` (F535) when it is no frame of the plan with this digest."""
    first = parts[0]
    try:
        magic, version, number, plan, channel, member, incarnation, sequence, schema, items, length, more = (
            HEADER.unpack_from(first)
        )
    except error:
        raise foreign_frame("its header is cut short") from None
    if magic != MAGIC or version != VERSION:
        raise foreign_frame("it was written by something else or by another version of flowcc")
    if plan != digest:
        raise foreign_frame("it belongs to another plan")
    buffers = tuple(parts[1:])
    if len(first) > HEADER.size:
        buffers = (first[HEADER.size :], *buffers)
    kind = _KINDS.get(number)
    if kind is None or more != len(parts) - 1 or (kind < ACK and size_of(buffers) != length):
        raise foreign_frame("its length or kind is wrong")
    return Frame(kind, channel, member, incarnation, sequence, schema, items, buffers, length)
