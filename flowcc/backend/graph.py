"""The dataflow as a picture or as data: wires are nodes, places are boxes, and each edge says what travels on it.

`graph_of` gives the same `Graph` for a flow and for its split program; a `Move` is the edge into the node of the wire
that it fills. Mermaid and DOT leave the drawing to others; `svg` draws here, without any program beside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from flowcc.backend.summary import operator_text, place_text, wire_facts
from flowcc.facts import ANYWHERE, HERE, PlaceRef
from flowcc.ir import Flow, Move, Op, Program, Result


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One wire at one place: its name, what makes it, the line that says so."""

    id: str
    name: str
    operator: str
    text: str
    place: str
    line: int


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """What one operator reads of another: the facts of the wire, and the verb where it crosses places."""

    source: str
    target: str
    facts: dict[str, str | bool]
    verb: str = ""

    @property
    def label(self) -> str:
        """The facts on one line, the verb first."""
        ends = "ends" if self.facts["ends"] else "may not end"
        parts = [self.verb, self.facts["element"], self.facts["order"], self.facts["delivery"], ends]
        return " · ".join(str(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Graph:
    """A drawn flow; a notebook shows it by itself."""

    flow: str
    places: tuple[PlaceRef, ...]
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]

    def nodes_at(self, place: PlaceRef) -> list[GraphNode]:
        """Return the nodes inside one box, in the order of the flow."""
        return [node for node in self.nodes if node.place == place.name]

    def to_json(self) -> dict[str, object]:
        """Return the graph as plain data."""
        return {
            "flow": self.flow,
            "places": [asdict(place) for place in self.places],
            "nodes": [asdict(node) for node in self.nodes],
            "edges": [{**asdict(edge), "label": edge.label} for edge in self.edges],
        }

    def mermaid(self) -> str:
        """Return the graph as a Mermaid flowchart."""
        lines = ["flowchart TD"]
        for number, place in enumerate(self.places):
            lines.append(f'    subgraph place{number}["{_entities(place_text(place))}"]')
            lines += [f'        {node.id}["{_entities(node.name)}<br/>{_entities(node.text)}"]'
                      for node in self.nodes_at(place)]  # fmt: skip
            lines.append("    end")
        for edge in self.edges:
            arrow = "==>" if edge.verb else "-->"
            lines.append(f'    {edge.source} {arrow}|"{_entities(edge.label)}"| {edge.target}')
        return "\n".join(lines) + "\n"

    def dot(self) -> str:
        """Return the graph in the language of graphviz."""
        lines = [f"digraph {_quoted(self.flow)} {{", "    node [shape=box];"]
        for number, place in enumerate(self.places):
            lines += [f"    subgraph cluster_{number} {{", f"        label={_quoted(place_text(place))};"]
            for node in self.nodes_at(place):
                lines.append(f"        {node.id} [label={_quoted(node.name, node.text)}];")
            lines.append("    }")
        for edge in self.edges:
            bold = ", style=bold" if edge.verb else ""
            lines.append(f"    {edge.source} -> {edge.target} [label={_quoted(edge.label)}{bold}];")
        return "\n".join([*lines, "}"]) + "\n"

    def svg(self) -> str:
        """Return the graph as a drawing."""
        from flowcc.backend.svg import draw  # drawn only when shown

        return draw(self)

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        return f'<div style="overflow:auto">{self.svg()}</div>'

    def __str__(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False, indent=2)


def graph_of(subject: Flow | Program) -> Graph:
    """Return the graph of a flow, or of the stages that it was split into."""
    if isinstance(subject, Flow):
        placed = [(_place_of(op), op) for op in subject.ops]
    else:
        placed = [(stage.place, op) for stage in subject.stages for op in stage.ops if _is_made_at(op, stage.place)]
    places = tuple(dict.fromkeys(place for place, _ in placed))
    ids = {(place, op.out.name): f"n{number}" for number, (place, op) in enumerate(placed)}
    nodes = [
        GraphNode(
            id=ids[place, op.out.name], name=_shown_name(op), operator=type(op).__name__, text=operator_text(op),
            place=place.name, line=op.span.line,
        )
        for place, op in placed
    ]  # fmt: skip
    edges = [edge for place, op in placed for edge in _edges_of(op, place, ids)]
    return Graph(subject.name, places, tuple(nodes), tuple(edges))


def _edges_of(op: Op, place: PlaceRef, ids: dict[tuple[PlaceRef, str], str]) -> Iterable[GraphEdge]:
    for number, wire in enumerate(op.inputs):
        home = wire.facts.place if isinstance(op, Move) else place
        candidates = (ids.get((at, wire.name)) for at in (home, wire.facts.place, place, ANYWHERE))
        source = next(found for found in candidates if found is not None)
        is_moved = isinstance(op, Move) and number == 0
        facts = op.out.facts if is_moved else wire.facts
        yield GraphEdge(source, ids[place, op.out.name], wire_facts(facts), _verb_of(op) if is_moved else "")


def _verb_of(op: Op) -> str:
    assert isinstance(op, Move)
    return op.verb + (" in order" if op.ordered else "") + (" by key" if op.by is not None else "")


def _place_of(op: Op) -> PlaceRef:
    return HERE if isinstance(op, Result) else op.to if isinstance(op, Move) else op.out.facts.place


def _is_made_at(op: Op, place: PlaceRef) -> bool:
    return not isinstance(op, Move) or op.to == place


def _shown_name(op: Op) -> str:
    return "result" if isinstance(op, Result) else op.out.name


def _entities(text: str) -> str:
    """Return text that Mermaid shows as it is: quotes and what its labels mean something by as entities."""
    return "".join(f"#{ord(character)};" if character in '"#`|[]{}<>&' else character for character in text)


def _quoted(*lines: str) -> str:
    inner = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for line in lines)
    return f'"{inner}"'
