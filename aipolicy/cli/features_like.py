"""The features that patterns of a command line name, before anything is worked out for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from aipolicy.errors import UsageError
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.report.portfolio.what_if_points import MOST_FEATURES
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import quantity, shown


def names_like(patterns: Sequence[str], files: Iterable[ManifestFile], policy: Policy) -> frozenset[str]:
    """Return the names of features that patterns name; raises `UsageError` for a pattern of none, and for too many."""
    schema = policy.evaluator.known.extensions_schema
    names = {feature.name for file in files for feature in read_manifests((file,), extensions=schema).features}
    chosen: set[str] = set()
    for pattern in patterns:
        alike = {name for name in names if fnmatchcase(name, pattern)}
        if not alike:
            raise UsageError(f"no feature is named `{shown(pattern)}`{did_you_mean(pattern, names)}")
        chosen |= alike
    if len(chosen) > MOST_FEATURES:
        many = quantity(len(chosen), "feature")
        raise UsageError(f"`--what-if` names {many}, and a page moves at most {MOST_FEATURES}; name those that matter")
    return frozenset(chosen)
