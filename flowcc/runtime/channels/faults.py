"""What can go wrong on a channel: F534 to F539."""

from __future__ import annotations

from flowcc.diagnostics import Diagnostic, FlowError


def cannot_travel(type_name: str, why: str = "") -> FlowError:
    """F534: an item of a type that no frame can hold."""
    return FlowError(
        [
            Diagnostic(
                code="F534",
                title=f"an item of type `{type_name}` cannot travel between stages" + (f": {why}" if why else ""),
                help="send plain values, NamedTuples, dataclasses or enums of the flow's own module instead",
            )
        ]
    )


def foreign_frame(why: str) -> FlowError:
    """F535: bytes on a channel that are no frame of this plan."""
    return FlowError(
        [
            Diagnostic(
                code="F535",
                title=f"a stage received what is no frame of this plan: {why}",
                help="run all stages of a flow from one build folder and with one version of flowcc",
            )
        ]
    )


def frames_lost(channel: str) -> FlowError:
    """F536: a stage came back without the memory of frames that its sender no longer keeps."""
    return FlowError(
        [
            Diagnostic(
                code="F536",
                title=f"channel `{channel}` lost frames: its receiver was replaced and does not know what it had",
                help="run the flow again",
            )
        ]
    )


def cannot_bind(endpoint: str, why: str) -> FlowError:
    """F537: an address that a stage cannot listen at."""
    return FlowError(
        [
            Diagnostic(
                code="F537",
                title=f"a stage cannot listen at `{endpoint}`: {why}",
                help="point TMPDIR at a folder with a shorter path in which sockets may be made",
            )
        ]
    )
