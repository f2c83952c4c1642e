"""Every form of the grammar has a kernel: nothing of what is compared by chance stays in Python unseen."""

from __future__ import annotations

import linecache
import random
from typing import Any

import pytest

from flowcc.backend.kernels.kernel_text import KernelText, translate
from tests.kernels.expressions import FORMS, NAMES, filled
from tests.kernels.fuzz import HEAD, ITEM


@pytest.mark.parametrize("form", [form for forms in FORMS.values() for form in forms])
def test_a_form_has_a_kernel(form: str) -> None:
    rng = random.Random(form)
    for _ in range(3):
        parts = filled(form, lambda hole: NAMES[hole][0] if hole in NAMES else filled_number(rng, hole))
        source = f"{HEAD}\ndef kernel(items):\n    return [{parts} for a, b, c, s, d, e in items]\n"
        name = f"<form {parts}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        names: dict[str, Any] = {}
        exec(compile(source, name, "exec"), names)
        made = translate(names["kernel"], "each", ITEM)
        assert isinstance(made, KernelText), f"{parts}: {made}"


def filled_number(rng: random.Random, hole: str) -> str:
    return {"k": "3", "p": str(rng.choice([0, 2, 5])), "z": str(rng.choice([0, 1, -1]))}[hole]
