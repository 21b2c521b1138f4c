"""What `select` and `ignore` name in, the rules that are chosen out: by their ids, or by the control they speak to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aipolicy.catalog.frameworks import Framework, unknown_framework
from aipolicy.config.settings import PolicySettings
from aipolicy.errors import AipolicyError, ConfigError, Problems, UsageError
from aipolicy.findings.reserved_rules import RESERVED_IDS
from aipolicy.findings.rule_ids import beginnings, is_below
from aipolicy.policy.framework_links import link_to
from aipolicy.policy.pack import PolicyPack, aliases_of, rule_ids
from aipolicy.policy.rule import Rule

CONTROL = "control:"
"""Before a framework, or a control of one behind a `/`: `control:eu-ai-act/26`."""


def chosen_rules(
    packs: Sequence[PolicyPack], settings: PolicySettings, frameworks: Mapping[str, Framework]
) -> set[str]:
    """Return the ids of the rules that are selected and not ignored.

    Raises `UsageError`, `ConfigError` or `Problems` with every word that names no rule, where the configuration has it.
    """
    ids = rule_ids(packs)
    if not settings.select and not settings.ignore:
        return set(ids)
    choice = _Choice(packs, settings, frameworks)
    selected = choice.matching("select", settings.select) if settings.select else set(ids)
    ignored = choice.matching("ignore", settings.ignore)
    if choice.errors:
        raise choice.errors[0] if len(choice.errors) == 1 else Problems(tuple(choice.errors))
    return selected - ignored


def rules_named(word: str, rules: Iterable[Rule], frameworks: Mapping[str, Framework]) -> set[str]:
    """Return the ids of the rules that a word names, whatever its case and marks; none where it names nothing.

    It is an id, what ids begin with (`res001`, `data`), or a control, a beginning of controls or a framework
    (`control:eu-ai-act/26`, `control:nist-ai-rmf/govern`, `control:gdpr`).
    """
    from aipolicy.source.suggest import same_name

    if not _is_control(word):
        ids = [rule.id for rule in rules]
        meant = same_name(word, (*ids, *beginnings(ids)))
        return {rule_id for rule_id in ids if is_below(rule_id, meant)}
    name, control = _parts(word)
    framework = frameworks.get(same_name(name, frameworks))
    if framework is None:
        return set()
    links = {rule.id: link for rule in rules if (link := link_to(rule, framework)) is not None}
    if not control:
        return set(links)
    controls = set(framework.controls_below(control))
    return {rule_id for rule_id, link in links.items() if not controls.isdisjoint(link.controls)}


class _Choice:
    """The rules of a run, and what is wrong with words that should name some of them."""

    def __init__(
        self, packs: Sequence[PolicyPack], settings: PolicySettings, frameworks: Mapping[str, Framework]
    ) -> None:
        self.errors: list[AipolicyError] = []
        self._rules = [rule for pack in packs for rule in pack.all_rules]
        self._aliases = aliases_of(packs)
        self._frameworks = frameworks
        self._packs = frozenset(pack.name for pack in packs)
        self._places = settings.choice_places

    def matching(self, key: str, words: Iterable[str]) -> set[str]:
        """Return the rules that words name; notes an error for each that names none."""
        chosen: set[str] = set()
        for word in words:
            named = rules_named(self._aliases.get(word, word), self._rules, self._frameworks)
            chosen |= named
            if not named:
                place = self._places.get(f"{key}.{word}")
                why = self._no_control(word) if _is_control(word) else self._no_rule(word)
                self.errors.append(UsageError(why) if place is None else ConfigError(why, path=place))
        return chosen

    def _no_rule(self, word: str) -> str:
        from aipolicy.source.suggest import did_you_mean, same_name
        from aipolicy.source.text import shown

        meant = same_name(word, (*RESERVED_IDS, *{rule_id.partition("-")[0] for rule_id in RESERVED_IDS}))
        if any(is_below(rule_id, meant) for rule_id in RESERVED_IDS):
            return f"`{meant}` is about manifests and waivers themselves and is always checked"
        hint = did_you_mean(word, [rule.id for rule in self._rules])
        return f"unknown rule `{shown(word)}`{hint}; `aipolicy rules` lists them"

    def _no_control(self, word: str) -> str:
        from aipolicy.source.suggest import did_you_mean, same_name
        from aipolicy.source.text import shown

        name, control = _parts(word)
        framework = self._frameworks.get(same_name(name, self._frameworks))
        if framework is None:
            return unknown_framework(name, self._frameworks)
        if not control or (below := framework.controls_below(control)):
            return self._unspoken(framework, below if control else ())
        above = framework.control_above(control)
        if above is not None:
            return (f"`{shown(control)}` is a part of `{above}` of `{framework.id}`, and parts are not listed; "
                    f"write `{CONTROL}{framework.id}/{above}`")  # fmt: skip
        hint = did_you_mean(control, framework.controls) or "; `aipolicy coverage --clauses` lists those of rules"
        return f"`{shown(control)}` is no control of `{framework.id}` ({framework.name}){hint}"

    def _unspoken(self, framework: Framework, controls: Sequence[str]) -> str:
        """Return why no rule of the run speaks of controls, or of a framework where none is named."""
        of = f"`{controls[0]}` of `{framework.id}`" if controls else f"`{framework.id}`"
        reasons = {framework.why_unspoken(control) for control in controls}
        missing = [pack for pack in framework.packs if pack not in self._packs]
        why = next(iter(reasons)) if len(reasons) == 1 else ""
        if why:
            return f"no rule of the run speaks of {of}: {why}"
        if missing:
            return f"no rule of the run speaks of {of}; add the pack {' or '.join(f'`{pack}`' for pack in missing)}"
        return f"no rule of the run speaks of {of}; name it under `controls` of a rule"


def _is_control(word: str) -> bool:
    return word[: len(CONTROL)].lower() == CONTROL


def _parts(word: str) -> tuple[str, str]:
    """Return framework and control of a word; the control is empty for a whole framework."""
    framework, _, control = word[len(CONTROL) :].partition("/")
    return framework.strip(), control.strip()
