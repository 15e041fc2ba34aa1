"""The formats that ingest reads, a module each: it names its topics and decodes a payload, and nothing else changes."""

from __future__ import annotations

import importlib
import pkgutil

from ingest.decoding.format import Format


def every_format() -> tuple[Format, ...]:
    """Return what each module of this package offers as `FORMAT`, by the modules' names.

    >>> [one.name for one in every_format() if one.name == "native"]
    ['native']
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").FORMAT for name in names)
