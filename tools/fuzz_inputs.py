"""Every kind of file that people write, damaged at random: each is read, or refused with a message, never a crash.

    python tools/fuzz_inputs.py [EXAMPLES] [KIND]...

Starts from the files in `examples/` and changes lines, values and bytes. Without KIND all are tried: manifests, packs,
waivers, baselines, mappings, locks. Prints the smallest damaged file that ends otherwise; exit code 1 then.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aipolicy.catalog.load import read_catalog
from aipolicy.changes.baseline import read_baseline
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError
from aipolicy.importing.mapping import read_mapping
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.lock import read_lock
from aipolicy.policy.sources.pack_files import PackFiles
from aipolicy.run.evaluated_file import evaluate_file
from aipolicy.run.policy import load_policy
from aipolicy.waivers.read import read_waivers

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 29)
_VALUES = (
    "", "null", "~", "true", "0", "-1", ".inf", ".nan", "1e309", "9" * 400, "[]", "{}", "[[]]", "''", '"\\u0000"',
    "\u202e",
    "*a", "&a [*a]", "!!python/object:os.system x", "2026-13-45", "2026-11-29", "<<", "? a", "- - -", "|", ">", "%", "\t",
    "é", "data.classes", "!", "params.x", "a" * 5000,
)  # fmt: skip
_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "swap", "value", "key", "byte", "cut", "indent"]),
        st.floats(0, 1, exclude_max=True), st.sampled_from(_VALUES),
    ),
    min_size=1, max_size=4,
)  # fmt: skip

Reader = Callable[[Path, bytes], object]


def damaged(text: str, edits: Sequence[tuple[str, float, str]]) -> bytes:
    """Return a text with edits made one after the other; each is where it is told, as a share of the whole."""
    data = text.encode()
    for kind, share, value in edits:
        lines = data.split(b"\n")
        at = int(share * len(lines))
        line, (head, colon, _) = lines[at], lines[at].partition(b":")
        other = len(lines) - 1 - at
        match kind:
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, line)
            case "swap":
                lines[at], lines[other] = lines[other], line
            case "value":
                lines[at] = head + colon + b" " + value.encode()
            case "key":
                lines[at] = b" " * (len(line) - len(line.lstrip())) + value.encode() + line.lstrip()
            case "indent":
                lines[at] = b"   " + line
            case "cut":
                lines = lines[: at + 1]
            case _:
                place = int(share * len(data))
                lines = (data[:place] + bytes((int(share * 997) % 256,)) + data[place + 1 :]).split(b"\n")
        data = b"\n".join(lines)
    return data


def readers() -> Mapping[str, tuple[Reader, tuple[Path, ...]]]:
    """Return for each kind of file what reads it to the end, and the files to begin with."""
    policy, catalog = load_policy(PolicySettings(as_of=DAY)), read_catalog((), as_of=DAY)
    examples = ROOT / "examples"

    def pack(path: Path, data: bytes) -> object:
        return load_packs([PackFiles(str(path), ((str(path), data),))], catalog, {})

    def from_file(read: Callable[[str], object]) -> Reader:
        def read_written(path: Path, data: bytes) -> object:
            path.write_bytes(data)
            return read(str(path))

        return read_written

    return {
        "manifests": (
            lambda path, data: evaluate_file((ManifestFile(path.name, data, named=True),), policy),
            tuple(sorted(examples.rglob("*aifeature.yaml"))),
        ),
        "packs": (
            pack, tuple(examples / name for name in ("forecast/pack.yaml", "register/facts.yaml", "waivers/org.yaml"))
        ),
        "waivers": (
            lambda path, data: read_waivers(((str(path), data),), policy.packs, catalog, DAY),
            (examples / "waivers" / "waivers.yaml", examples / "organization" / "policies" / "waivers.yaml"),
        ),
        "baselines": (from_file(read_baseline), (_baseline(),)),
        "mappings": (
            lambda path, data: read_mapping(str(path), data),
            (examples / "federal-inventory" / "us-federal-inventory.mapping.yaml",),
        ),
        "locks": (from_file(read_lock), (examples / "organization" / "aipolicy.lock",)),
    }  # fmt: skip


def _baseline() -> Path:
    """Return a baseline with an entry."""
    path = Path(tempfile.mkdtemp()) / "aipolicy-baseline.json"
    path.write_text(
        '{"schema": "aipolicy/baseline/v2", "findings": [\n{"rule": "RES-001", "feature": "a",\n"path": "plan.region",\n'
        '"severity": "error",\n"outcome": "violated",\n"values": {\n"option.regions": ["US"]}}\n]}\n',
        encoding="utf-8",
    )
    return path


def broken_by(kind: str, read: Reader, files: Sequence[Path], examples: int) -> str:
    """Return what a damaged file of a kind ends in that is neither a result nor a message; empty where nothing does."""
    texts = [path.read_text(encoding="utf-8") for path in files]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / files[0].name

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        )  # fmt: skip
        @given(st.sampled_from(texts), _EDITS)
        def attempt(text: str, edits: list[tuple[str, float, str]]) -> None:
            data = damaged(text, edits)
            try:
                read(target, data)
                return
            except AipolicyError as error:
                message = str(error).strip()
            except Exception as error:
                raise AssertionError(f"{kind}: {error!r} of\n{data!r}") from error
            assert message, f"{kind}: a message that says nothing of\n{data!r}"

        try:
            attempt()
        except AssertionError as error:
            return str(error)
    return ""


def main(arguments: Sequence[str]) -> int:
    """Damage files of every kind that is named; return 1 where one ends in anything but a result or a message."""
    examples = int(arguments[0]) if arguments else 2_000
    found = readers()
    broken = 0
    for kind in arguments[1:] or found:
        told = broken_by(kind, *found[kind], examples)
        print(f"{kind}: {told or f'{examples} damaged files, each read or refused'}", flush=True)
        broken += bool(told)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
