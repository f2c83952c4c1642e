import csv
from collections import Counter

import numpy as np

from benchmarks import data


def test_a_seed_gives_the_same_data_again_and_another_seed_other_data():
    assert np.array_equal(data.integers(100), data.integers(100))
    assert not np.array_equal(data.integers(100, seed=1), data.integers(100, seed=2))
    assert data.words(200) == data.words(200)
    assert np.array_equal(data.graph(500), data.graph(500))
    assert np.array_equal(data.keyed(50, 7).key, data.keyed(50, 7).key)


def test_a_text_has_about_the_size_asked_for_and_a_few_frequent_words(tmp_path):
    path = data.text_file(tmp_path / "words.txt", 50_000)
    assert 50_000 <= path.stat().st_size <= 51_000
    counts = Counter(path.read_text(encoding="utf-8").split())
    assert counts.most_common(1)[0][1] > 20 * np.median(list(counts.values()))
    assert any(not word.isascii() for word in counts)
    assert any(word != word.lower() for word in counts)


def test_a_file_is_written_once_and_nothing_else_is_left(tmp_path):
    path = data.text_file(tmp_path / "words.txt", 1_000)
    written = path.stat().st_mtime_ns
    assert data.text_file(path, 1_000).stat().st_mtime_ns == written
    assert [each.name for each in tmp_path.iterdir()] == ["words.txt"]


def test_flights_name_planes_and_some_have_no_delay(tmp_path):
    flights, planes = data.flight_files(tmp_path, 2_000)
    rows = list(csv.DictReader(flights.read_text(encoding="utf-8").splitlines()))
    known = {row["tailnum"] for row in csv.DictReader(planes.read_text(encoding="utf-8").splitlines())}
    assert len(rows) == 2_000
    assert {row["tailnum"] for row in rows} <= known
    assert 0 < sum(row["dep_delay"] == "" for row in rows) < 200


def test_a_graph_leads_to_most_of_its_nodes():
    edges = data.graph(5_000)
    assert edges.shape == (5_000, 2)
    assert 0 <= edges.min() <= edges.max() < 500


def test_distinct_keys_are_distinct():
    assert sorted(data.distinct_keys(300).key.tolist()) == list(range(300))
