"""Expressions and calls as ruff would format them: double quotes, tight powers, lines that fit.

Only what generated modules need; what a user wrote in a nested ``def`` is copied and never comes here.
"""

from __future__ import annotations

import ast
import copy
import io
import tokenize
from collections.abc import Iterable, Sequence

WIDTH = 120
INDENT = "    "


def flat(node: ast.expr) -> str:
    """Return the expression on one line."""
    text = ast.unparse(node)
    if "((" in text:
        text = ast.unparse(_BareGenerators().visit(copy.deepcopy(node)))
    return _tidy(text)


class _BareGenerators(ast.NodeTransformer):
    """A generator that is the only argument of a call without parentheses of its own."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Put the generator's text in its place, which is printed as it is."""
        self.generic_visit(node)
        match node:
            case ast.Call(function, [ast.GeneratorExp() as generator], []):
                return ast.Call(function, [ast.Name(ast.unparse(generator)[1:-1])], [])
        return node


def layout(node: ast.expr, depth: int, before: str = "", after: str = "") -> list[str]:
    """Return ``before expression after`` as lines indented by ``depth``, broken where it is too long."""
    text = flat(node)
    line = INDENT * depth + before + text + after
    if len(line) <= WIDTH or "\n" in line:
        return [line]
    match node:
        case ast.ListComp(elt, generators):
            return _comprehension(elt, generators, depth, before + "[", "]" + after)
        case ast.SetComp(elt, generators):
            return _comprehension(elt, generators, depth, before + "{", "}" + after)
        case ast.GeneratorExp(elt, generators):
            return _comprehension(elt, generators, depth, before + "(", ")" + after)
        case ast.DictComp(key, value, generators):
            head = layout(value, depth + 1, f"{flat(key)}: ")
            return _closed(before + "{", [*head, *_generators(generators, depth + 1)], "}" + after, depth)
        case ast.Call(function, [ast.GeneratorExp(elt, generators)], []):
            return _comprehension(elt, generators, depth, before + flat(function) + "(", ")" + after)
        case ast.Call(function, arguments, keywords):
            return _call(before + flat(function), arguments, keywords, after, depth)
        case ast.List(elements):
            return _display(elements, depth, before + "[", "]" + after)
        case ast.Set(elements):
            return _display(elements, depth, before + "{", "}" + after)
        case ast.Tuple(elements) if elements:
            return _display(elements, depth, before + "(", ")" + after)
        case ast.BinOp(right=last) | ast.Compare(comparators=[last]) if _is_hugged(last, text):
            return layout(last, depth, before + text.removesuffix(flat(last)), after)
        case ast.BoolOp() | ast.BinOp() | ast.IfExp() | ast.Compare():
            return _closed(before + "(", _broken(node, depth + 1), ")" + after, depth)
    return [line]


def _is_hugged(node: ast.expr, text: str) -> bool:
    """Whether the last operand of an expression ends it with a bracket, inside which the line can break."""
    kinds = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.List | ast.Set | ast.Dict | ast.Call
    return isinstance(node, kinds) and text.endswith(flat(node))


def call(target: str, arguments: Sequence[str], depth: int, after: str = "") -> list[str]:
    """Return ``target(arguments)`` and a comment as lines, one argument a line where it is too long."""
    line = f"{INDENT * depth}{target}({', '.join(arguments)}){after}"
    inner = INDENT * (depth + 1) + ", ".join(arguments)
    if len(line) <= WIDTH:
        return [line]
    body = [inner] if len(inner) <= WIDTH else [f"{INDENT * (depth + 1)}{argument}," for argument in arguments]
    return [f"{INDENT * depth}{target}(", *body, f"{INDENT * depth}){after}"]


def join_blocks(blocks: Iterable[Sequence[str]]) -> str:
    """Return blocks of lines as a module: two empty lines around functions and classes, else one."""
    text = ""
    before: Sequence[str] = ()
    for block in blocks:
        is_wide = any(line.startswith(("def ", "class ", "@", "async def ")) for line in (*before, *block))
        text += ("\n\n\n" if is_wide else "\n\n") if text else ""
        text += "\n".join(block)
        before = block
    return text + "\n"


def _closed(opening: str, body: Sequence[str], closing: str, depth: int) -> list[str]:
    return [INDENT * depth + opening, *body, INDENT * depth + closing]


def _comprehension(elt: ast.expr, generators: list[ast.comprehension], depth: int, opening: str, closing: str
                   ) -> list[str]:  # fmt: skip
    body = [*layout(elt, depth + 1), *_generators(generators, depth + 1)]
    inner = INDENT * (depth + 1) + " ".join(line.strip() for line in body)
    if len(inner) <= WIDTH and len(body) == 1 + sum(1 + len(generator.ifs) for generator in generators):
        body = [inner]
    return _closed(opening, body, closing, depth)


def _generators(generators: list[ast.comprehension], depth: int) -> list[str]:
    lines: list[str] = []
    for generator in generators:
        bare = ast.comprehension(generator.target, ast.Constant(0), [], 0)
        head = ast.unparse(ast.ListComp(ast.Constant(0), [bare]))
        lines += layout(_unconditional(generator.iter), depth, head.removeprefix("[0 ").removesuffix("0]"))
        for condition in generator.ifs:
            lines += layout(_unconditional(condition), depth, "if ")
    return lines


def _call(target: str, arguments: list[ast.expr], keywords: list[ast.keyword], after: str, depth: int) -> list[str]:
    parts = [(flat(argument), "", argument) for argument in arguments]
    for keyword in keywords:
        name = f"{keyword.arg}=" if keyword.arg else "**"
        parts.append((name + flat(keyword.value), name, keyword.value))
    inner = INDENT * (depth + 1) + ", ".join(text for text, _, _ in parts)
    if len(inner) <= WIDTH:
        return _closed(target + "(", [inner], ")" + after, depth)
    body = [line for _, name, value in parts for line in layout(value, depth + 1, name, ",")]
    return _closed(target + "(", body, ")" + after, depth)


def _display(elements: list[ast.expr], depth: int, opening: str, closing: str) -> list[str]:
    return _closed(opening, [line for item in elements for line in layout(item, depth + 1, "", ",")], closing, depth)


def _broken(node: ast.expr, depth: int) -> list[str]:
    """Return the operands of an operator, one a line, each line but the first beginning with its operator."""
    match node:
        case ast.BoolOp(operator, values):
            word = "and " if isinstance(operator, ast.And) else "or "
            return [
                line
                for number, value in enumerate(values)
                for line in layout(_grouped(value), depth, word if number else "")
            ]
        case ast.IfExp(test, body, orelse):
            parts = [*layout(_unconditional(body), depth), *layout(_unconditional(test), depth, "if ")]
            return [*parts, *layout(orelse, depth, "else ")]
        case _:
            return [INDENT * depth + flat(node)]


def _grouped(value: ast.expr) -> ast.expr:
    is_weaker = isinstance(value, ast.BoolOp | ast.IfExp | ast.Lambda | ast.NamedExpr)
    return ast.Name(f"({flat(value)})") if is_weaker else value


def _unconditional(value: ast.expr) -> ast.expr:
    """Return an operand in brackets where it would take what follows it for its own."""
    return ast.Name(f"({flat(value)})") if isinstance(value, ast.IfExp | ast.Lambda | ast.NamedExpr) else value


def _tidy(text: str) -> str:
    """Return one unparsed expression with double quotes and, around simple operands, tight powers."""
    if "'" not in text and "**" not in text:
        return text
    tokens = list(tokenize.generate_tokens(io.StringIO(f"({text})").readline))
    pieces: list[str] = []
    row, column = 1, 0
    for number, token in enumerate(tokens):
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            break
        tight = number and (_is_tight_power(tokens, number) or _is_tight_power(tokens, number - 1))
        gap = token.start[1] - column if token.start[0] == row else 0
        pieces += ["" if tight else " " * gap, _double_quoted(token)]
        row, column = token.end
    return "".join(pieces)[1:-1] if row == 1 else text


def _double_quoted(token: tokenize.TokenInfo) -> str:
    text = token.string
    if token.type != tokenize.STRING or not text.endswith("'") or text.endswith("'''"):
        return text
    prefix, _, content = text[:-1].partition("'")
    return text if '"' in content or "'" in content else f'{prefix}"{content}"'


def _is_tight_power(tokens: Sequence[tokenize.TokenInfo], number: int) -> bool:
    """Whether token ``number`` is a ``**`` between simple operands, which ruff writes without spaces."""
    if tokens[number].string != "**" or not _is_simple(tokens[number - 1]):
        return False
    return _is_simple_left(tokens, number - 1) and _is_simple_right(tokens, number + 1)


def _is_simple(token: tokenize.TokenInfo) -> bool:
    return token.type in (tokenize.NAME, tokenize.NUMBER)


def _is_simple_left(tokens: Sequence[tokenize.TokenInfo], number: int) -> bool:
    while tokens[number - 1].string == ".":
        number -= 2
        if not _is_simple(tokens[number]):
            return False
    return True


def _is_simple_right(tokens: Sequence[tokenize.TokenInfo], number: int) -> bool:
    if tokens[number].string == "-":
        number += 1
    while _is_simple(tokens[number]) and tokens[number + 1].string == ".":
        number += 2
    return _is_simple(tokens[number]) and tokens[number + 1].string not in ("(", "[")
