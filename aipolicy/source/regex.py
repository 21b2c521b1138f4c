"""Regular expressions that are compiled when they are first used: a run uses a few of the many that its modules name."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what acts as the compiled expression; one that is not well formed is an error when it is first used."""
    return cast("re.Pattern[AnyStr]", Unused(text, flags))


class Unused:
    """An expression not compiled yet; what is asked of it once is kept, and then as quick as of a compiled one."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, attribute)
        return attribute
