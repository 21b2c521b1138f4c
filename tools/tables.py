"""Parts of hand-written pages that repeat what the code knows.

They stand between `<!-- generated: NAME -->` and `<!-- /generated -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from decisions import decision_rows
from gallery import gallery
from key_tables import config_keys, pack_keys, tests_keys, waivers_keys
from law_table import law_table, law_verified
from legs_table import legs_table
from samples import check_sample, conflict_sample, cost_sample, explain_sample, why_not_sample

from aipolicy.cli.main import cli
from aipolicy.findings.reserved_rules import RESERVED_RULES
from aipolicy.importing.mapping_schema import mapping_schema
from aipolicy.report.formats.registry import FORMATS
from aipolicy.source.yaml_writer import write_value

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

_BEGIN = re.compile(r"<!-- generated: ([^>]*?) -->")
_PART = re.compile(r"(<!-- generated: ([a-z-]+) -->).*?(<!-- /generated -->)", re.DOTALL)
_CODES = re.compile(r"Exit codes: (.*?)\.\s*$", re.DOTALL)


def with_parts(text: str, name: str) -> str:
    """Return a page with its generated parts as they should be; raises `ValueError` for a part that is not known."""
    unknown = [part for part in _BEGIN.findall(text) if part not in PARTS]
    if unknown or len(_BEGIN.findall(text)) != text.count("<!-- /generated -->"):
        raise ValueError(f"{name}: an unknown or open generated part {', '.join(unknown)}")
    return _PART.sub(lambda match: f"{match[1]}{_apart(PARTS[match[2]]())}{match[3]}", text)


def _apart(part: str) -> str:
    return f"\n\n{part}\n\n" if "\n" in part else part


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; what would break it is escaped, cells may hold Markdown."""
    lines = ["| " + " | ".join(head) + " |"]
    lines.append("|" + "---|" * (lines[0].count(" | ") + 1))
    lines += ["| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def one_line(text: str) -> str:
    """Return text without line breaks."""
    return " ".join(text.split())


def _formats() -> str:
    rows = (
        (f"`{name}`", each.purpose + (f"; {each.details}" if each.details else "")) for name, each in FORMATS.items()
    )
    return table(("format", "what it is"), rows)


def _reserved_rules() -> str:
    rows = ((f"`{r.id}`", r.name, r.severity.value, r.title, r.why, r.fix) for r in RESERVED_RULES)
    return table(("rule", "name", "severity", "when", "why", "fix"), rows)


def _action_inputs() -> str:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    rows = ((f"`{name}`", _default(each), each["description"]) for name, each in inputs.items())
    return table(("input", "default", "what it says"), rows)


def _default(each: Mapping[str, str]) -> str:
    word = re.sub(r"\$\{\{ *(.*?) *\}\}", r"\1", each["default"])
    return f"`{word}`" if word else ""


def _mapping_keys() -> str:
    schema = mapping_schema()
    definitions = schema["$defs"]

    def rows(properties: Mapping[str, Mapping[str, Any]]) -> str:
        lines = []
        for key, written in properties.items():
            rule = {**definitions.get(written.get("$ref", "").rpartition("/")[2], {}), **written}
            words = " or ".join(f"`{word}`" for word in rule.get("enum", ()))
            said = " ".join(filter(None, (words and f"{words}.", rule["description"])))
            examples = rule.get("examples", ())
            lines.append((f"`{key}`", said, f"`{write_value(examples[-1])}`" if examples else ""))
        return table(("key", "what it says", "example"), lines)

    return "\n\n".join((
        "At the top:", rows(schema["properties"]), "An entry of `fields`:", rows(definitions["field"]["properties"]),
        "A condition, under `rows` and `when`:", rows(definitions["condition"]["properties"]),
    ))  # fmt: skip


def _exit_codes() -> str:
    found = _CODES.search(cli.help or "")
    if found is None:
        raise ValueError("the help of `aipolicy` names no exit codes")
    return one_line(found[1])


def _decision_answers() -> str:
    return table(("case", "answer", "what would turn it"), decision_rows())


def _measured_errors() -> str:
    """Return how far estimates of own machines are from measurements and published figures."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    check_capacity, check_serving = map(import_module, ("check_capacity", "check_serving"))
    found = check_serving.comparison(check_serving.rows_of(check_serving.SAMPLE))
    groups = (("all", found["all"]), *found["by_kind"].items(), *found["by_fit"].items(), *found["by_system"].items())
    served = (
        (name, str(figures["whole_request"]["rows"]), *(_error(figures[each]) for each in check_serving.MEASURES))
        for name, figures in groups
    )
    published = (
        (name.replace("judged ", ""), str(each.points), f"{1.0 / each.geometric_mean:.2f} / {each.factor:.2f}")
        for name, each in check_capacity.judgements(check_capacity.ratios()).items()
    )
    heads = ("measurements of served models", "rows", "whole request", "first token", "a token")
    return "\n\n".join(
        (table(heads, served), table(("published figures of engines", "points", "throughput and latency"), published))
    )


def _error(figures: Mapping[str, float]) -> str:
    return f"{figures['geometric_mean']:.2f} / {figures['within_90_percent']:.2f}"


PARTS: dict[str, Callable[[], str]] = {
    "formats": _formats,
    "reserved-rules": _reserved_rules,
    "action-inputs": _action_inputs,
    "exit-codes": _exit_codes,
    "mapping-keys": _mapping_keys,
    "pack-keys": lambda: pack_keys(table),
    "tests-keys": lambda: tests_keys(table),
    "waivers-keys": lambda: waivers_keys(table),
    "legs": lambda: legs_table(table),
    "config-keys": lambda: config_keys(table),
    "check-sample": check_sample,
    "decision-answers": _decision_answers,
    "explain-sample": explain_sample,
    "conflict-sample": conflict_sample,
    "why-not-sample": why_not_sample,
    "cost-sample": cost_sample,
    "measured-errors": _measured_errors,
    "law-table": lambda: law_table(table),
    "law-verified": law_verified,
    "gallery": gallery,
}
"""What writes each part."""
