"""Answers in, the text of a new manifest out, with comments that say what to fill in next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aipolicy.source.document import API_VERSION, MANIFEST_KIND, PlainValue
from aipolicy.source.yaml_writer import write_value

STARTER_FACTS: Mapping[str, str] = {
    "metadata.name": "unique among your features",
    "metadata.owner": "team or person who answers for the feature",
    "metadata.lifecycle": "idea, prototype, pilot, production or retired",
    "data.classes": "what requests and answers carry",
    "data.residency": "places in which the data must be processed and stored",
    "latency.p95_ms": "milliseconds, end to end, for 95 % of interactions",
    "volume.requests_per_day": "mean, today or at launch",
}
"""The facts that a starter manifest can hold, with the comment that stands beside each."""

_HEAD = """\
# yaml-language-server: $schema={schema}
# Data classes, residency, latency and volume are enough for a verdict.
apiVersion: {version}
kind: {kind}
"""

# INVARIANT: every commented-out line below that looks like YAML conforms to the schema once its `# ` is removed.
_NEXT_IN_SECTION: Mapping[str, str] = {
    "volume": """\
  # Without token counts, costs stay unknown:
  # input_tokens: 1200  # mean tokens sent with a request, prompt and context included
  # output_tokens: 200  # mean tokens of an answer, reasoning included
""",
}

_NEXT_SECTIONS = """
# Fill in next what you know; a rule that misses a fact names it. `aipolicy schema` prints every key.

# task:
#   type: generation  # summarization, classification, extraction, ...
#   specialization: generic  # generic, domain or niche
#   error_cost: medium  # low, medium, high or critical

# team:
#   ml_engineers: 0  # people who can run and improve models
#   deadline_weeks: 12  # weeks until the first release

# budget:
#   monthly_usd: 5000  # USD a month

# decision:
#   area: none  # employment, credit, health, ...
#   effect: none  # none, assistive, material or sole

# plan:
#   adaptation: prompting  # {adaptation}
#   hosting: provider-api  # {hosting}
#   fallback: none  # {fallback}
"""


def starter_manifest(answers: Mapping[str, PlainValue], schema_id: str, axes: Mapping[str, Sequence[str]]) -> str:
    """Return the YAML text of a manifest that declares `answers`, given by fact name.

    The text names `schema_id` for editors, and the words of each axis of a plan. Raises `KeyError` for a fact that is not
    among `STARTER_FACTS`.
    """
    unknown = [name for name in answers if name not in STARTER_FACTS]
    if unknown:
        raise KeyError(*unknown)
    text = _HEAD.format(schema=schema_id, version=API_VERSION, kind=MANIFEST_KIND)
    section = ""
    for name, comment in STARTER_FACTS.items():
        if name not in answers:
            continue
        named, _, key = name.partition(".")
        if named != section:
            text += _NEXT_IN_SECTION.get(section, "") + f"\n{named}:\n"
            section = named
        text += f"  {key}: {write_value(answers[name])}  # {comment}\n"
    words = {axis: f"{', '.join(words[:-1])} or {words[-1]}" for axis, words in axes.items()}
    return text + _NEXT_IN_SECTION.get(section, "") + _NEXT_SECTIONS.format_map(words)
