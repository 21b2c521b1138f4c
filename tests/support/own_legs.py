"""An evaluator that shares nothing: tests of one process share ways to answer, and what was estimated of them."""

from __future__ import annotations

from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.evaluation import Evaluator, KeptGroups
from aipolicy.evaluation.option_groups import none_kept
from aipolicy.options.attributes import Organization
from aipolicy.policy.pack import PolicyPack


def own_legs(packs: tuple[PolicyPack, ...], catalog: Catalog, organization: Organization) -> Evaluator:
    """Return an evaluator of which nothing was asked, nor of anything that it looks at."""
    count = Evaluator((), catalog, organization).legs.count
    return Evaluator(packs, catalog, organization, KeptGroups(count, none_kept))
