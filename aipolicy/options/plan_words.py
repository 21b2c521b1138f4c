"""The names of a plan in, the names that the catalog has for them out, and what it does not know."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.catalog.catalog import Catalog
from aipolicy.options.option import PlanProblem
from aipolicy.source.suggest import misspelt
from aipolicy.source.text import grouped, shown

_OF_MAIN, _OF_PARTNER = "plan.", "plan.fallback_"
"""What the names of a leg begin with."""
_BYTES = 2
"""Of a parameter in 16 bits, as weights are published."""


def checked_words(plan: Mapping[str, str], catalog: Catalog) -> tuple[dict[str, str], tuple[PlanProblem, ...]]:
    """Return a plan with providers as the catalog names them, and what in it the catalog does not know."""
    words = _Words(dict(plan), catalog)
    words.check()
    return words.plan, tuple(words.problems)


class _Words:
    def __init__(self, plan: dict[str, str], catalog: Catalog) -> None:
        self.plan = plan
        self.problems: list[PlanProblem] = []
        self._catalog = catalog

    def check(self) -> None:
        """Look at providers, models, machines and regions."""
        for check in (self._check_provider, self._check_model, self._check_machine, self._check_region):
            for leg in (_OF_MAIN, _OF_PARTNER):
                check(leg)

    def _check_provider(self, leg: str) -> None:
        fact = f"{leg}provider"
        name = self.plan.get(fact)
        if name is None:
            return
        provider = self._catalog.provider(name)
        if provider is not None:
            self.plan[fact] = provider.id
            return
        by_name = {word: entry.id for entry in self._catalog.providers.values() for word in (entry.id, *entry.aliases)}
        near = misspelt(name, by_name)
        self._unknown(fact, "provider", name, None if near is None else by_name[near])

    def _check_model(self, leg: str) -> None:
        fact = f"{leg}model"
        model = self.plan.get(fact)
        if model is not None and model not in self._catalog.models:
            self._unknown_model(model, fact)
        elif model is not None and not self._catalog.models[model].answers:
            tier = self._catalog.models[model].tier
            problem = f"model `{shown(model)}` is of the kind `{tier}` and answers nothing; name the model that answers"
            self.problems.append(PlanProblem(problem, fact))

    def _check_machine(self, leg: str) -> None:
        fact, accelerators = f"{leg}machine", self._catalog.accelerators
        machine, model = self.plan.get(fact), self.plan.get(f"{leg}model")
        if machine is None:
            return
        if machine not in accelerators:
            longer = (name for name in accelerators if name.startswith(machine))
            self._unknown(fact, "machine", machine, misspelt(machine, accelerators) or next(longer, None))
        elif model in self._catalog.models and (model, machine) not in self._catalog.self_hosted:
            self.problems.append(PlanProblem(_does_not_fit(str(model), machine, self._catalog), fact))

    def _check_region(self, leg: str) -> None:
        fact, provider = f"{leg}region", self.plan.get(f"{leg}provider")
        name = self.plan.get(fact)
        if name is None:
            return
        if self.plan.get(f"{leg}hosting") == "on-premises" and self._catalog.places.knows(name):
            return
        if provider is not None and self._catalog.provider(provider) is None:
            return  # what an unknown provider has is unknown, and it is reported already
        regions = [r for r in self._catalog.regions if provider in (None, r.provider)]
        names = {word for region in regions for word in (region.id, *region.aliases)}
        if provider in (None, "on-premises"):
            names |= set(self._catalog.places.names())
        if name not in names:
            self._unknown(fact, f"region of `{provider}`" if provider else "region", name, misspelt(name, names))

    def _unknown_model(self, name: str, fact: str) -> None:
        from aipolicy.catalog.model_names import list_of, meant_model, same_model

        versions = same_model(name, self._catalog)
        if len(versions) > 1:
            hint = f"; of the same model the catalog has {list_of(versions)}"
            self.problems.append(PlanProblem(f"unknown model: `{shown(name)}`{hint}", fact))
            return
        self._unknown(fact, "model", name, next(iter(versions), None) or meant_model(name, self._catalog))

    def _unknown(self, fact: str, what: str, name: str, meant: str | None) -> None:
        hint = "; it is not in the catalog" if meant is None else f"; did you mean `{meant}`?"
        if meant is None and what == "model":
            hint += "; where it is a name of your own, say under `deployments` of a catalog file which model it is"
        self.problems.append(PlanProblem(f"unknown {what}: `{shown(name)}`{hint}", fact))


def _does_not_fit(model: str, machine: str, catalog: Catalog) -> str:
    """Return that the catalog does not have a model on a machine, with both sizes and the machines that it has it on."""
    from aipolicy.catalog.model_names import list_of

    entry, memory_gb = catalog.models[model], catalog.accelerators[machine].memory_gb
    if not entry.open_weights:
        return f"the weights of `{model}` are not at hand, and no `{machine}` of one's own runs it; leave `machine` out"
    size = ""
    if entry.params_b is not None:
        weights = f"{entry.params_b:g} billion parameters take {grouped(entry.params_b * _BYTES)} GB in 16 bits"
        size = f": {weights}, and a `{machine}` holds {memory_gb:g} GB"
    others = list_of(sorted(other for name, other in catalog.self_hosted if name == model))
    instead = f"; it has it on {others}" if others else ""
    return f"the catalog has no `{model}` on `{machine}`{size}{instead}"
