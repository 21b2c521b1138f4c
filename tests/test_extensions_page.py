"""docs/extensions.md: its pack loads, its manifest is judged, and its rule says what the page says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.rule_tests.examples import run_example
from aipolicy.run.evaluated_run import check
from aipolicy.run.policy import PolicySettings, load_policy

PAGE = Path(__file__).resolve().parent.parent / "docs" / "extensions.md"


def test_the_pack_and_the_manifest_of_the_page_work(tmp_path: Path) -> None:
    pack, manifest, _ = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "acme.yaml").write_text(pack, encoding="utf-8")
    policy = load_policy(PolicySettings(as_of=date(2026, 11, 21), packs=("./acme.yaml",), base=tmp_path))
    (rule,) = policy.rules_with_examples()
    assert [run_example(rule, test, policy.catalog, policy.evaluator.rule_evaluator).passed for test in rule.tests] == [
        True
    ]
    path = "services/payments/aifeature.yaml"
    early = ManifestFile(path, manifest.encode(), True, path)
    later = early._replace(data=manifest.replace("prototype", "pilot").encode())
    assert check([early], policy).findings == ()
    assert [each.message for each in check([later], policy).findings if each.rule_id == "ACME-001"] == [
        "a gold contract serves 2 people"
    ]


def test_the_pack_with_terms_of_the_page_works(tmp_path: Path) -> None:
    *_, pack = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "contracts.yaml").write_text(pack, encoding="utf-8")
    policy = load_policy(PolicySettings(as_of=date(2026, 11, 21), packs=("./contracts.yaml",), base=tmp_path))
    (rule,) = policy.rules_with_examples()
    assert all(run_example(rule, each, policy.catalog, policy.evaluator.rule_evaluator).passed for each in rule.tests)
