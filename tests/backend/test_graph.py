"""Graphs as Mermaid, DOT, SVG and data."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest

from flowcc.backend.graph import Graph, graph_of
from flowcc.backend.layout import lay_out
from flowcc.compiler import Compiled, compile_flow
from flowcc.environment import Environment
from flowcc.frontend.parse import parse_function

SVG = "{http://www.w3.org/2000/svg}"
TEXT = """
from collections import Counter
from flowcc import Batch, Cluster, Process, Stream, flow, gather, scatter

class Reader(Process): ...
class Counters(Cluster): ...

@flow
def word_count(lines: Stream[str, Reader]) -> dict[str, int]:
    words = [word.lower() for line in lines for word in line.split() if word not in ("<a>", "&", '"', "#[x]|{y}")]
    mine = scatter(words, Counters, by=lambda word: word)
    return gather(Counter(mine), Reader)
"""


def compiled(text: str = TEXT, name: str = "word_count") -> Compiled:
    return compile_flow(parse_function(text, "f.py", name), Environment("f.py", text, live=False))


def both() -> list[Graph]:
    case = compiled()
    return [graph_of(case.written), graph_of(case.program)]


def test_a_flow_has_its_places_wires_and_moves() -> None:
    graph, staged = both()
    assert [place.name for place in graph.places] == ["Reader", "Counters", "Here"]
    assert [(node.name, node.place) for node in graph.nodes] == [
        ("lines", "Reader"), ("words", "Reader"), ("mine", "Counters"), ("_1", "Counters"), ("_2", "Reader"),
        ("result", "Here"),
    ]  # fmt: skip
    names = {node.id: node.name for node in graph.nodes}
    assert [(names[edge.source], names[edge.target], edge.verb) for edge in graph.edges] == [
        ("lines", "words", ""), ("words", "mine", "scatter by key"), ("mine", "_1", ""), ("_1", "_2", "gather"),
        ("_2", "result", ""),
    ]  # fmt: skip
    assert [edge.label for edge in graph.edges][:2] == [
        "str · in order · once · may not end",
        "scatter by key · str · in order · once · may not end",
    ]
    assert "_2_here" in [node.name for node in staged.nodes]


def test_the_data_is_json() -> None:
    for graph in both():
        data: Any = graph.to_json()
        assert json.loads(json.dumps(data)) == json.loads(str(graph))
        ids = [node["id"] for node in data["nodes"]]
        assert len(set(ids)) == len(ids)
        assert all(edge["source"] in ids and edge["target"] in ids for edge in data["edges"])
        assert {edge["facts"]["ends"] for edge in data["edges"]} <= {True, False}


def test_mermaid_and_dot_say_everything_and_quote_it() -> None:
    for graph in both():
        mermaid, dot = graph.mermaid(), graph.dot()
        assert mermaid.count("subgraph") == dot.count("subgraph") == len(graph.places)
        for node in graph.nodes:
            assert re.search(rf"^\s+{node.id}\[", mermaid, re.M)
            assert re.search(rf"^\s+{node.id} \[label=", dot, re.M)
        labels = re.findall(r'\["(.*)"\]|\|"(.*)"\|', mermaid)
        assert len(labels) == len(graph.places) + len(graph.nodes) + len(graph.edges)
        assert not any(re.search(r'["`|\[\]{}]', "".join(label).replace("<br/>", "")) for label in labels)
        assert re.sub(r'"(\\.|[^"\\])*"', "", dot).count('"') == 0


@pytest.mark.parametrize("number", [0, 1])
def test_the_drawing_is_valid_and_nothing_lies_on_anything_else(number: int) -> None:
    graph = both()[number]
    root = ElementTree.fromstring(graph.svg())
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [_box(each) for each in root.iter(f"{SVG}rect") if each.get("class") == "box"]
    lanes = [_box(each) for each in root.iter(f"{SVG}rect") if str(each.get("class")).startswith("place")]
    assert (len(boxes), len(lanes)) == (len(graph.nodes), len(graph.places))
    for first, second in [*combinations(boxes, 2), *combinations(lanes, 2)]:
        assert not _overlap(first, second)
    for left, top, right, bottom in boxes:
        assert any(lane[0] <= left and lane[1] <= top and right <= lane[2] and bottom <= lane[3] for lane in lanes)
    assert all(min(lane) >= 0 and lane[2] <= width and lane[3] <= height for lane in lanes)
    said = {"".join(each.itertext()) for each in root.iter(f"{SVG}text")}
    assert {node.name for node in graph.nodes} <= said
    assert {edge.verb for edge in graph.edges if edge.verb} <= said
    assert len([each for each in root.iter(f"{SVG}path") if each.get("class")]) == len(graph.edges)


def _box(element: ElementTree.Element) -> tuple[float, float, float, float]:
    x, y, width, height = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _overlap(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def test_edges_point_down_and_bend_where_they_pass_a_row() -> None:
    lanes = dict.fromkeys("abcd", "one")
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]
    layout = lay_out(lanes, edges)
    assert all(layout.rows[source] < layout.rows[target] for source, target in edges)
    assert [len(bends) for bends in layout.bends] == [0, 0, 1, 0]
    assert sorted(point for cell in layout.cells.values() for point in cell) == sorted(layout.rows)


def test_a_notebook_shows_the_drawing() -> None:
    graph = both()[0]
    assert graph._repr_svg_() == graph.svg()
    assert graph.svg() in graph._repr_html_()
    assert graph.svg() == both()[0].svg()
