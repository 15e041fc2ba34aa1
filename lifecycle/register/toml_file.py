"""A TOML file that people write, read strictly; what is wrong with it is said with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from plant.errors import Rejected

Parsed = TypeVar("Parsed", bound=BaseModel)


def read_toml(
    path: Path, shape: type[Parsed], *, absent: str, bad: str, parse_float: Callable[[str], Any] = float
) -> Parsed:
    """Read a file of one shape; `parse_float` makes a number of what stands there with a point.

    Raises:
        Rejected: by the code `absent` where the file cannot be read, `not_utf_8` or `not_toml` where it is none, and
            `bad` where it says something that makes no sense; the text says where.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise Rejected(absent, f"{path} cannot be read: {error.strerror}") from error
    return read_toml_body(body, str(path), shape, bad=bad, parse_float=parse_float)


def read_toml_body(
    body: bytes, path: str, shape: type[Parsed], *, bad: str, parse_float: Callable[[str], Any] = float
) -> Parsed:
    """Read what a file of one shape holds; `path` is what it is called.

    Raises:
        Rejected: `not_utf_8` or `not_toml`, and `bad` where it says something that makes no sense; the text says where.
    """
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
        return shape.model_validate(tomllib.loads(text, parse_float=parse_float))
    except UnicodeDecodeError as error:
        raise Rejected("not_utf_8", f"{path} is not UTF-8; save it as UTF-8") from error
    except RecursionError as error:
        raise Rejected("not_toml", f"{path}: its lists are nested too deep") from error
    except tomllib.TOMLDecodeError as error:
        raise Rejected("not_toml", f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ", ".join(str(one + 1 if isinstance(one, int) else one) for one in first["loc"])
        why = str(first["msg"]).removeprefix("Value error, ")
        raise Rejected(bad, f"{path}: {where}: {why}") from error
