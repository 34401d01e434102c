"""Read JSON from strangers without surprises.

`json.loads` alone lets the last of two equal keys win, accepts NaN, dies of deep nesting, and passes on lone
surrogates, NUL characters and integers that databases refuse at commit time (measured: a 500 that the peer then
retries for days). All of that is refused here, before anything else looks at the document.
"""

import json
import math
from typing import Any

from federation.errors import Malformed

MAX_DEPTH = 32
MAX_NODES = 5000
MAX_INTEGER = 2**53


def loads(data: bytes, *, nodes: int = MAX_NODES) -> Any:
    """Return the JSON value in `data` (UTF-8, no byte order mark).

    Args:
        data: what came.
        nodes: how many values at most; a page of a collection holds more than one document.

    Raises:
        Malformed: not strict JSON, too deep (32), too many values, or with text or numbers that cannot be stored.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no, parse_int=_small_int, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not strict JSON: {error}") from None
    _measure(value, nodes)
    return value


def dumps(value: Any) -> bytes:
    """Return `value` as compact UTF-8 JSON bytes, the form that is signed, stored and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _no(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _small_int(digits: str) -> int:
    if len(digits) > 17 or abs(number := int(digits)) > MAX_INTEGER:
        raise ValueError("an integer is out of range")
    return number


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _measure(value: Any, most: int) -> None:
    nodes = 0
    stack = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > most:
            raise Malformed("the document is too deep or has too many values")
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, list):
            stack.extend((child, depth + 1) for child in item)
        elif isinstance(item, dict):
            for key in item:
                _check_text(key)
            stack.extend((child, depth + 1) for child in item.values())


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise Malformed("a text contains NUL")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("a text contains a lone surrogate") from None
