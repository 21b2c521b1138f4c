"""Named properties that a feature can need, as data: reported when every remaining option has them."""

from __future__ import annotations

from aipolicy.facts.spec import FactValue
from aipolicy.value import Frozen


class Need(Frozen):
    """A property of options that departs from the default way: prompting, provider API, single, no fallback."""

    id: str
    title: str
    attribute: str
    values: frozenset[FactValue]
    """An option has the property when its attribute is among these."""
    implied_by: tuple[str, ...] = ()
    """Needs that say more; where one of them holds, this one is not repeated."""


NEEDS: tuple[Need, ...] = (
    Need("self-hosting", "run the model on infrastructure of your own", "option.hosting",
         frozenset({"own-cloud", "on-premises", "on-device"})),
    Need("on-premises", "run the model on your own premises", "option.hosting", frozenset({"on-premises"})),
    Need("on-device", "run the model on the device", "option.hosting", frozenset({"on-device"})),
    Need("fine-tuning", "tune a model; prompting and retrieval do not do", "option.adaptation",
         frozenset({"fine-tuning"})),
    Need("rag", "retrieve knowledge at request time", "option.adaptation", frozenset({"rag"})),
    Need("classical-ml", "use classical machine learning", "option.adaptation", frozenset({"classical-ml"})),
    Need("training-from-scratch", "train a model from scratch", "option.adaptation",
         frozenset({"training-from-scratch"})),
    Need("trained-model", "train for the task: tune a model, or use classical machine learning", "option.adaptation",
         frozenset({"fine-tuning", "classical-ml", "training-from-scratch"}),
         implied_by=("fine-tuning", "classical-ml", "training-from-scratch")),
    Need("api-fallback", "keep a provider API as the fallback", "option.fallback", frozenset({"provider-api"})),
    Need("fallback", "have a fallback, hosted or your own", "option.fallback",
         frozenset({"provider-api", "self-hosted"}), implied_by=("api-fallback",)),
    Need("cascade", "let a small model answer first and escalate hard cases", "option.routing", frozenset({"cascade"})),
    Need("second-provider", "have the fallback at another provider", "option.second_provider", frozenset({True}),
         implied_by=("self-hosting",)),
)  # fmt: skip
PROVIDER = "option.provider"
PROVIDER_FACTS = frozenset({PROVIDER, "option.providers"})
"""A single remaining provider is a need where a rule chooses among providers; else only the catalog knows no other."""

OWN_SITES = frozenset({"on-premises", "on-device"})
"""Providers that are the organisation itself; needing them is said by the hosting."""
