"""A new rule as text: a template that loads and whose examples hold, with a mark wherever its author has to write."""

from __future__ import annotations

import re

from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import RuleKind
from aipolicy.source.document import API_VERSION, PACK_KIND, RULES_KIND
from aipolicy.source.yaml_writer import write_text
from aipolicy.value import Frozen

MARK = "TODO"
"""Stands wherever the author has to write."""

_HEAD = """\
apiVersion: {version}
kind: {pack}
metadata:
  name: {name}
  version: 0.1.0
  title: "{mark}: what the pack is about"
  description: "{mark}: what the pack is for, and for whom"
"""

_ENTRY = """\
- id: {id}
  name: {name}
  title: {title}
  kind: {kind}
  severity: {severity}
  # {mark}: `when` says where the rule applies, `require` what must hold there; the conditions below only show the form
  when:
    - latency.air_gapped
  require:
    - {require}
  message: "{mark}: what is wrong, with the values that show it: `{{{fact}}}`"
  why: "{mark}: what goes wrong when the rule is broken"
  fix: "{mark}: what to change"
  # references:
  #   - {{title: the law, the standard or the decision that asks for it, url: "https://example.com", clause: article 1}}
  tests:
    - name: "{mark}: breaks the rule"
      given: {{latency.air_gapped: true{broken}
      expect: violated
    - name: "{mark}: keeps it"
      given: {{latency.air_gapped: true{kept}
      expect: satisfied
    - name: "{mark}: what the rule rests on is not known"
      {unknown}
      expect: undetermined
    - name: "{mark}: is not meant"
      given: {{latency.air_gapped: false{unmeant}
      expect: not-applicable
"""

_OPTION = "}}\n      option: {{hosting: {}}}"
_OF_KIND = {
    RuleKind.CONSTRAINT: {
        "require": 'option.hosting != "provider-api"', "fact": "option.hosting",
        "broken": _OPTION.format("provider-api"), "kept": _OPTION.format("on-premises"),
        "unknown": "option: {hosting: provider-api}", "unmeant": _OPTION.format("provider-api"),
    },
    RuleKind.DUTY: {
        "require": "team.on_call", "fact": "team.on_call",
        "broken": ", team.on_call: false}", "kept": ", team.on_call: true}",
        "unknown": "given: {latency.air_gapped: true}", "unmeant": ", team.on_call: false}",
    },
}  # fmt: skip
"""What a rule of each kind shows: a constraint reads facts of options, a duty what was declared."""


class RuleDraft(Frozen, kw_only=True):
    """What is known of a new rule."""

    id: str
    name: str
    title: str
    kind: RuleKind
    severity: Severity

    @property
    def prefix(self) -> str:
        """Return how its id begins, up to the number."""
        return self.id.partition("-")[0]


def entry_text(draft: RuleDraft, indent: str = "  ") -> str:
    """Return a rule as an entry of a list that is indented so."""
    text = _ENTRY.format(
        id=draft.id, name=draft.name, title=write_text(draft.title), kind=draft.kind.value,
        severity=draft.severity.value, mark=MARK, **_OF_KIND[draft.kind],
    )  # fmt: skip
    return re.sub(r"^(?=.)", indent, text, flags=re.MULTILINE)


def pack_text(draft: RuleDraft, name: str) -> str:
    """Return a pack of one rule."""
    head = _HEAD.format(version=API_VERSION, pack=PACK_KIND, name=write_text(name), mark=MARK)
    return f"{head}rules:\n{entry_text(draft)}"


def rules_text(draft: RuleDraft) -> str:
    """Return a file of a pack that holds one rule."""
    return f"apiVersion: {API_VERSION}\nkind: {RULES_KIND}\nrules:\n{entry_text(draft)}"
