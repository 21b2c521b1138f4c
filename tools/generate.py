"""Write every generated file of the repository, or with `--check` report those that are out of date."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aipolicy.catalog.load import read_catalog  # noqa: E402
from aipolicy.facts.schema import manifest_schema  # noqa: E402


def generated() -> dict[Path, str]:
    """Return the text of every generated file by its path."""
    catalog = read_catalog((), as_of=date.max)
    vocabularies = {name: catalog.vocabulary(name) for name in ("data-class", "task-type", "provider")}
    vocabularies["place"] = tuple(sorted(catalog.places.groups))
    schema = json.dumps(manifest_schema(vocabularies), indent=2, ensure_ascii=False) + "\n"
    return {ROOT / "schemas" / "aifeature.v1.json": schema}


def main(arguments: list[str]) -> int:
    """Return 0 when everything is current (or was written), 1 otherwise."""
    stale = []
    for path, text in generated().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(ROOT).as_posix())
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        print(f"out of date: {', '.join(stale)}; run `python tools/generate.py`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
