"""A graph as SVG: places are lanes, operators boxes in them; under each box what travels on, on moves the verb.

Colours are chosen for a white page, which is drawn as well, so that dark pages show the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from flowcc.backend.graph import Graph, GraphEdge, GraphNode
from flowcc.backend.layout import Layout, lay_out
from flowcc.backend.summary import place_text

CHARACTER, SMALL = 7.3, 6.1  # widths of a character in the two sizes of type
BOX, ROW = 40, 112  # heights of a box and of a row
GAP, MARGIN, HEAD = 26, 24, 34

STYLE = """
text { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12px; fill: #1f2933 }
.small { font-size: 10px; fill: #52606d; paint-order: stroke; stroke: #fff; stroke-width: 3px }
.name { font-weight: bold } .verb { fill: #b44d12; font-weight: bold }
.place { fill: #f5f7fa; stroke: #9aa5b1; rx: 8px } .cluster { stroke-dasharray: 6 3 }
.box { fill: #fff; stroke: #3e4c59; rx: 5px } .wire { fill: none; stroke: #7b8794; stroke-width: 1.3px }
.move { stroke: #d9661f; stroke-width: 2.4px }
"""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Where everything is: middles of nodes and bends, lanes as (left, width)."""

    middles: dict[str, tuple[float, float]]
    lanes: dict[str, tuple[float, float]]
    width: float
    height: float


def draw(graph: Graph) -> str:
    """Return the graph as one SVG element."""
    layout = lay_out({node.id: node.place for node in graph.nodes}, [(e.source, e.target) for e in graph.edges])
    widths = _widths(graph)
    drawing = _measure(graph, layout, widths)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" '
        f'width="{drawing.width:.0f}" height="{drawing.height:.0f}" role="img" aria-label="{escape(graph.flow)}">'
    )
    return "\n".join([
        head,
        f"<style>{STYLE}</style>",
        f"<defs>{_tip('tip', '#7b8794')}{_tip('movetip', '#d9661f')}</defs>",
        f'<rect width="{drawing.width:.0f}" height="{drawing.height:.0f}" fill="#fff"/>',
        *_lanes(graph, drawing),
        *(_edge(edge, bends, drawing) for edge, bends in zip(graph.edges, layout.bends, strict=True)),
        *(line for node in graph.nodes for line in _node(node, widths[node.id], drawing)),
        *_labels(graph.edges, drawing),
        "</svg>",
    ]) + "\n"  # fmt: skip


def _tip(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="{colour}"/></marker>'
    )


def _widths(graph: Graph) -> dict[str, float]:
    """Return the width that each box and the labels above and below it need."""
    widths = {node.id: max(len(node.name), len(node.text)) * CHARACTER + 16 for node in graph.nodes}
    for edge in graph.edges:
        widths[edge.target] = max(widths[edge.target], 2 * (len(edge.verb) * SMALL + 10))
        if not edge.verb:
            widths[edge.source] = max(widths[edge.source], len(_facts(edge)) * SMALL)
    return widths


def _measure(graph: Graph, layout: Layout, widths: dict[str, float]) -> _Drawing:
    lanes: dict[str, tuple[float, float]] = {}
    left = float(MARGIN)
    for place in graph.places:
        cells = [points for (_, lane), points in layout.cells.items() if lane == place.name]
        needed = max(sum(widths.get(point, 0) + GAP for point in points) for points in cells)
        width = max(needed + GAP, len(place_text(place)) * CHARACTER + 2 * GAP)
        lanes[place.name] = (left, width)
        left += width + GAP
    middles: dict[str, tuple[float, float]] = {}
    for (row, lane), points in layout.cells.items():
        start, room = lanes[lane]
        taken = sum(widths.get(point, 0) + GAP for point in points)
        x = start + (room - taken) / 2
        for point in points:
            step = widths.get(point, 0) + GAP
            middles[point] = (x + step / 2, MARGIN + HEAD + GAP + row * ROW + BOX / 2)
            x += step
    height = max(y for _, y in middles.values()) + BOX + GAP + MARGIN
    return _Drawing(middles, lanes, left - GAP + MARGIN, height)


def _lanes(graph: Graph, drawing: _Drawing) -> Iterable[str]:
    for place in graph.places:
        left, width = drawing.lanes[place.name]
        ys = [drawing.middles[node.id][1] for node in graph.nodes_at(place)]
        top, bottom = min(ys) - BOX / 2 - GAP - HEAD, max(ys) + BOX / 2 + GAP
        kind = "place cluster" if place.is_cluster else "place"
        yield f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{bottom - top:.1f}"/>'
        yield f'<text class="name" x="{left + 12:.1f}" y="{top + 20:.1f}">{escape(place_text(place))}</text>'


def _node(node: GraphNode, width: float, drawing: _Drawing) -> Iterable[str]:
    x, y = drawing.middles[node.id]
    inner = max(len(node.name), len(node.text)) * CHARACTER + 16
    yield f'<rect class="box" x="{x - inner / 2:.1f}" y="{y - BOX / 2:.1f}" width="{inner:.1f}" height="{BOX}"/>'
    yield _said("name", x, y - 4, node.name)
    yield _said("what", x, y + 12, node.text)


def _edge(edge: GraphEdge, bends: Sequence[str], drawing: _Drawing) -> str:
    points = [drawing.middles[point] for point in (edge.source, *bends, edge.target)]
    x, y = points[0]
    path = [f"M{x:.1f} {y + BOX / 2:.1f}"]
    x, y = x, y + BOX / 2
    for number, (to_x, to_y) in enumerate(points[1:], start=1):
        end_y = to_y - BOX / 2 - 2 if number == len(points) - 1 else to_y
        reach = (end_y - y) / 2
        path.append(f"C{x:.1f} {y + reach:.1f} {to_x:.1f} {end_y - reach:.1f} {to_x:.1f} {end_y:.1f}")
        x, y = to_x, end_y
    kind, tip = ("wire move", "movetip") if edge.verb else ("wire", "tip")
    title = f"<title>{escape(edge.label)}</title>"
    return f'<path class="{kind}" d="{" ".join(path)}" marker-end="url(#{tip})">{title}</path>'


def _labels(edges: Sequence[GraphEdge], drawing: _Drawing) -> Iterable[str]:
    """Say once under each box what leaves it, and above a box by which verb its items came."""
    said: set[str] = set()
    for edge in edges:
        x, y = drawing.middles[edge.source]
        if edge.source not in said and not edge.verb:
            said.add(edge.source)
            yield _said("small", x, y + BOX / 2 + 13, _facts(edge))
        if edge.verb:
            x, y = drawing.middles[edge.target]
            yield _said("small verb", x + 10, y - BOX / 2 - 9, edge.verb, anchor="start")


def _said(kind: str, x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _facts(edge: GraphEdge) -> str:
    return edge.label.removeprefix(f"{edge.verb} · ")
