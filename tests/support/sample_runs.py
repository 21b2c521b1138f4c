"""Runs for the renderers: packs and manifests as text in, reports over the shipped catalog out."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aipolicy.manifest.read import ManifestFile
from aipolicy.run.evaluated_run import Report, check
from aipolicy.run.policy import Policy, PolicySettings, load_policy

DAY = date(2026, 11, 21)
HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\n"

PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: house, version: 1.2.3}
parameters:
  - {name: restricted_from, type: number, default: 3, unit: level, description: From here on, source: house rules}
  - {name: friends, type: texts, default: [openai, mistral], description: Whom we trust, source: house rules}
rules:
  - id: IN-001
    name: leaves-the-house
    title: Data stays inside
    kind: constraint
    severity: error
    when: [data.sensitivity >= params.restricted_from]
    require: ["!option.leaves_organization"]
    message: "`{data.classes}` would go to {option.provider}"
    why: what leaves cannot be called back
    fix: host it yourself
    references: [{title: House rules, clause: "7", url: "https://example.com/7"}]
    effective: {until: 2030-12-31}
    tests:
      - {name: it leaves, given: {data.classes: [health]}, option: {leaves_organization: true}, expect: violated}
  - id: IN-002
    name: nobody-on-call
    title: Somebody is on call
    kind: duty
    severity: warning
    require: [team.on_call]
    message: nobody is on call
  - id: IN-003
    name: strange-provider
    title: We know the provider
    kind: constraint
    severity: warning
    when: ['option.hosting == "provider-api"']
    require: [option.provider in params.friends]
    message: "{option.provider} is none of {params.friends}"
    effective: {from: 2027-06-01}
  - id: OUT-001
    name: too-dear
    title: Stays within the budget
    kind: constraint
    severity: error
    when: [latency.realtime]
    require: [option.monthly_usd <= budget.monthly_usd]
    message: "{option.monthly_usd} USD a month, the budget is {budget.monthly_usd}"
"""
CALM = HEAD + "metadata: {name: calm}\ndata: {classes: [internal]}\nteam: {on_call: true}\n"
LEAK = HEAD + (
    "metadata: {name: leak, lifecycle: pilot}\ndata: {classes: [health]}\nteam: {on_call: true}\n"
    "plan: {hosting: provider-api, provider: openai, region: us, fallback: none}\n"
)
UNSURE = HEAD + "metadata: {name: unsure}\ndata: {classes: [health]}\n"
NOWHERE = HEAD + "metadata: {name: nowhere}\ndata: {classes: [health]}\nteam: {on_call: true}\n"
DEAR = HEAD + (
    "metadata: {name: dear, lifecycle: prototype}\ndata: {classes: [internal]}\nteam: {on_call: true}\n"
    "volume: {requests_per_day: 90000, input_tokens: 3000, output_tokens: 400}\nbudget: {monthly_usd: 90}\n"
    "latency: {p95_ms: 9000, realtime: true}\n"
    "plan: {hosting: provider-api, provider: openai, model: gpt-6-luna, region: us, adaptation: prompting}\n"
)
BROKEN = HEAD + "metadata: {name: broken}\ndata: {clases: [health]}\n"
FOREIGN = "apiVersion: v1\nkind: ConfigMap\n"

EVIL = "\\e[31mred\\u202E\\u009B1m[bold]x"
"""Steers a terminal when printed as it is; as it stands between the double quotes of YAML."""

EVIL_PACK = f"""\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {{name: "evil{EVIL}", version: "{EVIL}"}}
parameters:
  - {{name: word, type: text, default: "{EVIL}", description: "{EVIL}", source: "{EVIL}"}}
rules:
  - id: EVIL-001
    name: evil-word
    title: "title {EVIL}"
    kind: duty
    severity: error
    require: ["metadata.owner == params.word && evidence.dpia"]
    message: "message {EVIL} {{metadata.owner}}"
    why: "why {EVIL}"
    fix: "fix {EVIL}"
    references: [{{title: "ref {EVIL}", clause: "{EVIL}", url: "https://example.com/{EVIL}"}}]
    tests:
      - {{name: "{EVIL}", given: {{evidence.dpia: true}}, expect: satisfied}}
  - id: EVIL-002
    name: evil-place
    title: "title {EVIL}"
    kind: constraint
    severity: error
    require: ["!option.leaves_organization || team.on_call"]
    message: "message {EVIL}"
  - id: EVIL-003
    name: evil-host
    title: "title {EVIL}"
    kind: constraint
    severity: error
    require: ['option.hosting != "on-device"', "'{EVIL}' == metadata.owner"]
    message: "message {EVIL}"
"""
EVIL_MANIFEST = HEAD + (
    f'metadata: {{name: evil, lifecycle: pilot, owner: "{EVIL}", description: "{EVIL}", labels: {{unit: "{EVIL}"}}}}\n'
    "data: {classes: [internal]}\n"
)


@cache
def policy(pack: str = PACK, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> Policy:
    """Return a policy of one pack."""
    with TemporaryDirectory() as folder:
        Path(folder, "pack.yaml").write_text(pack, encoding="utf-8")
        return load_policy(
            PolicySettings(as_of=DAY, packs=("./pack.yaml",), base=Path(folder), select=select, ignore=ignore)
        )


def report(*texts: str, found: tuple[str, ...] = (), by: Policy | None = None) -> Report:
    """Return the report on manifests that are named, and on some that were found in a folder."""
    files = [ManifestFile(f"{n}.aifeature.yaml", text.encode(), named=True) for n, text in enumerate(texts)]
    files += [ManifestFile(f"found-{n}.aifeature.yaml", text.encode(), named=False) for n, text in enumerate(found)]
    return check(files, by or policy())
