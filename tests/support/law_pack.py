"""A small pack whose rules stand below a file and a group: for tests of what is said once for several rules."""

from __future__ import annotations

from datetime import date
from functools import cache

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.load import read_catalog
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.reading.load import load_packs
from aipolicy.policy.sources.locate import PackFiles

LAW = """apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: law, version: 1.0.0}
when: ['within(data.subject_countries, "EU")']
must_declare: [data.retention_days]
rules:
- id: L-001
  name: one
  title: T
  kind: duty
  severity: error
  require: evidence.dpia
  message: m
  tests:
  - {name: v, given: {data.subject_regions: [EU], data.retention_days: 1, evidence.dpia: false}, expect: violated}
  - {name: s, given: {data.subject_regions: [EU], data.retention_days: 1, evidence.dpia: true}, expect: satisfied}
  - {name: u, given: {data.retention_days: 1, evidence.dpia: false}, expect: undetermined}
  - {name: d, given: {data.subject_regions: [EU], evidence.dpia: true}, expect: undeclared}
- id: L-002
  name: two
  title: T
  kind: duty
  severity: warning
  require: data.minimized
  message: m
  tests:
  - {name: v, given: {data.subject_regions: [EU], data.retention_days: 1, data.minimized: false}, expect: violated}
  - {name: n, given: {data.subject_regions: [IS], data.retention_days: 1, data.minimized: false}, expect: not-applicable}
- id: L-003
  name: three
  title: T
  kind: duty
  severity: error
  require: data.minimized
  message: m
"""


@cache
def law_catalog() -> Catalog:
    return read_catalog((), as_of=date(2026, 11, 21))


def law_pack(text: str = LAW) -> PolicyPack:
    return load_packs([PackFiles("law.yaml", (("law.yaml", text.encode()),))], law_catalog(), {})[0]
