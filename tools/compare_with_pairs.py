"""Random packs, catalogs and manifests: what is left of options beside an evaluator that lists every pair of legs.

    python tools/compare_with_pairs.py [SEED] [CASES]

The first differences are printed; any is exit code 1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "evaluation")]

_MOST_SHOWN = 5


def main(words: Sequence[str]) -> int:
    """Compare as many cases as asked for."""
    difference = import_module("obvious_pairs").difference

    seed, cases = int(words[0]) if words else 1, int(words[1]) if len(words) > 1 else 1_000
    shown = 0
    for number in range(seed, seed + cases):
        found = difference(Random(number))
        if found:
            print(f"{number}: {found}\n")
            shown += 1
            if shown >= _MOST_SHOWN:
                break
    print(f"{number - seed + 1} cases, {shown} differences")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
