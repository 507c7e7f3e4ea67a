# SPDX-License-Identifier: Apache-2.0
"""One exported model: how it is made, and data for it."""
import dataclasses
from typing import Callable


@dataclasses.dataclass
class Export:
    name: str
    what: str
    exporter: str
    make: Callable  # (path) -> a model to store, or None where the exporter has written the file
    inputs: Callable  # (random generator) -> list of arrays
    accept: dict = dataclasses.field(default_factory=lambda: {"rtol": 1e-3, "atol": 1e-5})
