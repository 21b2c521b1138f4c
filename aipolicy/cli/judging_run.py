"""Judges the manifests of a run that were not judged before, in several processes where there are many."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from operator import attrgetter

from aipolicy.cache import Cache
from aipolicy.checking import load_policy, on_waivers
from aipolicy.cli.progress import told_while_judging
from aipolicy.cli.settings import cache_folder
from aipolicy.findings import Severity
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.policy.locate import PolicyFiles
from aipolicy.processes import map_in_processes, usable_processes
from aipolicy.report.part import (
    Files,
    Part,
    make_page,
    part_of,
    portfolio_findings,
    whole_report,
    with_names_told_apart,
)
from aipolicy.report.style import Styler
from aipolicy.settings import PolicySettings

MAX_KEPT = 33_554_432
"""Bytes of parts that are kept for one pack, format and terminal; those of earlier runs make room first."""
_MAX_FILES = 4

_Kept = dict[bytes, bytes]
"""Parts in serialised form by what they depend on; the latest come first."""


def judge_run(files: Sequence[ManifestFile], settings: PolicySettings, judged_by: PolicyFiles, output_format: str,
              fail_on: str, width: int, style: Styler, *, covers: bool = False,
              partial: str = "") -> tuple[str, int, tuple[str, ...]]:  # fmt: skip
    """Return what a run prints, its exit code and notices; manifests that were judged before are not judged again.

    `covers` says that the files are all that the configuration is about, `partial` why rules over all features are not
    evaluated; it is empty where the files are all there is.
    """
    folder = cache_folder()
    policy = load_policy(settings, Cache(folder), judged_by)
    threshold = Severity(fail_on)
    page = make_page(output_format, threshold, width, style)
    memory = Cache(None if folder is None else f"{folder}-files", max_files=_MAX_FILES)
    # NOTE: parts are the same whatever gates.
    kept_as = sha256(f"{judged_by.key} {output_format} {width} {style!r}".encode()).hexdigest()
    kept: _Kept = memory.get(kept_as) or {}

    def judged(each: Files) -> bytes:
        return pickle.dumps(part_of(each, policy, page, {}), protocol=5)

    def again(each: Files, taken: Mapping[str, str]) -> Part:
        return part_of(each, policy, page, taken)

    units = [tuple(group) for _, group in groupby(files, key=attrgetter("path"))]
    keys = [_key(unit) for unit in units]
    new = [(key, unit) for key, unit in zip(keys, units, strict=True) if key not in kept]
    # NOTE: what was loaded stays until the end; the collector need not look at it again and again.
    gc.freeze()
    with told_while_judging(len(new)):
        made = list(map_in_processes(judged, [unit for _, unit in new], usable_processes()))
    made_by_key = {key: part for (key, _), part in zip(new, made, strict=True)}
    used = {key: made_by_key.get(key) or kept[key] for key in keys}
    if new:
        memory.put(kept_as, _within_limit({**used, **kept}))
    parts: list[Part] = [pickle.loads(used[key]) for key in keys]
    parts = with_names_told_apart(units, parts, again)
    uses = [use for part in parts for use in part.waiver_uses]
    extra = on_waivers(policy, uses, covers=covers and not any(part.unread for part in parts))
    if not partial:
        extra = (*extra, *portfolio_findings(parts, units, policy))
    return whole_report(parts, policy, page, threshold, extra, partial)


def _key(files: Files) -> bytes:
    digest = sha256()
    for file in files:
        head = f"{file.path} {file.path_in_repository} {file.named} {len(file.data)} "
        digest.update(head.encode("utf-8", "surrogateescape"))
        digest.update(file.data)
    return digest.digest()


def _within_limit(kept: _Kept) -> _Kept:
    size = 0
    fitting: _Kept = {}
    for key, part in kept.items():
        size += len(part)
        if size > MAX_KEPT:
            break
        fitting[key] = part
    return fitting
