"""One file of each kind that people write, with every key that there is."""

from __future__ import annotations

BASE = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: base, version: '1.0'}
loosening: {parameters: [level], rules: [B-001], configuration: true}
parameters:
  - {name: level, type: number, default: 2, description: d, source: s, tightens: lower}
variables:
  - {name: serves_people, expression: data.personal, export: true}
rules:
  - {id: B-001, name: one, title: T, kind: duty, severity: error, require: data.minimized, message: m}
"""
PACK = """\
apiVersion: aipolicy/v1
kind: PolicyPack
metadata: {name: whole, version: '1.2', title: T, description: d}
extends:
  - {pack: ./base.yaml, version: '>=1,<2'}
imports: [base.serves_people]
set:
  - {parameter: base.level, value: 3, reason: r}
overrides:
  - {rule: B-001, severity: warning, effective: {from: 2026-01-01, until: 2027-01-01}, reason: r}
loosening: {parameters: [], rules: [], configuration: false}
waivers:
  {longest_days: 90, notice_days: 30, never: [W-001], approvers: [board], separate_approver: true, most_per_owner: 2,
   inline: false, ticket_required: true, record_required: false}
parameters:
  - {name: most, type: number, default: 2, unit: USD, description: d, source: s, checked_on: 2026-11-01, disputed: d,
     tightens: lower, minimum: 1, maximum: 3}
  - {name: by_tier, type: table, keys: option.tier, columns: [eu, us], values: texts, words: data.kinds, description: d,
     source: s, default: {small: {eu: [health]}}, tightens: {entries: fewer, values: fewer}}
facts:
  - {name: tier, type: text, meaning: m, choices: [low, high], default: low, default_source: s}
  - {name: spend, type: number, meaning: m, unit: EUR, minimum: 0, maximum: 9}
  - name: tools
    type: records
    meaning: m
    fields:
      - {name: name, type: text, meaning: m, choices: [mail, search], required: true}
      - {name: calls, type: number, meaning: m, unit: calls, minimum: 0, maximum: 9}
terms:
  - {name: exit_support, type: number, meaning: m, unit: days, minimum: 0, maximum: 90, worse: lower}
  - {name: venue, type: text, meaning: m, choices: [EU, US]}
variables:
  - name: many
    expression: volume.requests_per_day > 1000.0
    description: d
    export: true
    tests:
      - {name: t, given: {volume.requests_per_day: 2000}, option: {}, expect: true}
      - {given: {}, option: {}, columns: [volume.requests_per_day], expect: true, rows: {u: [3000]}}
portfolio_rules:
  - id: W-009
    aliases: [W-9]
    name: spend
    title: T
    severity: note
    applies_to: {lifecycle: pilot}
    over: ['option.hosting == "provider-api"']
    group_by: metadata.owner
    measures: {usd: sum(option.monthly_usd)}
    when: [group.usd > 1.0]
    require: [group.usd <= 10.0]
    message: m
    why: w
    fix: f
    references: [{title: t, url: u, clause: c}]
    effective: {announced: 2026-01-01, warning: 2026-02-01, from: 2026-03-01, until: 2027-01-01}
    tests:
      - name: t
        features: [{name: a, given: {metadata.owner: x}, option: {hosting: provider-api, monthly_usd: 20}}]
        unreadable: 0
        group: x
        params: {most: 2}
        expect: violated
"""
RULES = """\
apiVersion: aipolicy/v1
kind: PolicyRules
when: [data.personal]
unless: metadata.lifecycle == "idea"
must_declare: [data.retention_days]
basis: {instrument: i, as_amended: a, url: u, checked_on: 2026-11-01}
rules:
  - id: W-001
    aliases: [W-1]
    name: whole
    title: T
    kind: duty
    severity: error
    scope: options
    applies_to: {lifecycle: [pilot], owners: [web], labels: {team: claims-*}, paths: ['**/*.yaml']}
    when: [variables.many]
    unless: data.minimized
    must_declare: [volume.output_tokens]
    require:
      - volume.requests_per_day < params.most
      - {that: security.encryption_at_rest, name: encrypted, message: m, fix: f, evidence: dpia}
    message: m {volume.requests_per_day}
    why: w
    fix: f
    references: [{title: t, url: u, clause: c}]
    effective: {announced: 2025-01-01, warning: 2025-02-01, from: 2025-03-01, until: 2026-11-20}
    basis: {instrument: j, as_amended: a, url: u, checked_on: 2026-11-01}
    clause: 3
    verified: text
    status: superseded
    superseded_by: k
    controls: [{framework: gdpr, id: 28, relation: supports}]
    tests:
      - {name: t, given: {data.minimized: false}, option: {hosting: on-device}, expect: violated, message: m}
      - given: {data.minimized: false}
        option: {hosting: on-device}
        partner: {hosting: own-cloud}
        message: m
        expect: violated
        columns: [data.minimized, message, expect]
        rows: {a: [true, ~, not-applicable], b: {data.minimized: ~, message: ~, expect: undetermined}}
groups:
  - title: G
    when: [data.personal]
    unless: [data.minimized]
    must_declare: [data.retention_days]
    basis: {instrument: i}
    rules:
      - {id: W-002, name: two, title: T, kind: duty, severity: note, message: m, clause: c,
         review: {by: counsel, evidence: dpia}}
"""
WAIVERS = """\
apiVersion: aipolicy/v1
kind: Waivers
waivers:
  - rule: B-001
    feature: claims
    fact: data.minimized
    outcome: violated
    reason: r
    owner: o
    approver: a
    ticket: t
    approved_on: 2026-11-01
    expires: 2026-12-01
    while: [volume.requests_per_day < 1000.0]
    approved: {severity: error, facts: {data.minimized: false}}
"""
TESTS = """\
apiVersion: aipolicy/v1
kind: PolicyTests
tests:
  - name: t
    rule: B-001
    manifest: {metadata: {name: a}, data: {minimized: false}}
    as_of: 2026-11-01
    expect: violated
    message: m
    location: data.minimized
  - {name: u, rule: B-001, given: {data.minimized: true}, option: {hosting: on-device}, expect: satisfied}
  - {rule: B-001, as_of: 2026-11-01, given: {data.minimized: true}, option: {}, partner: {}, expect: satisfied,
     columns: [data.minimized], rows: {v: [true]}}
"""
CONFIG = """\
policies = ["base"]
catalog = ["c.yaml"]
fresher_prices = "genai-prices"
manifests = ["**/*.yaml"]
exclude = ["x/**"]
select = ["B"]
ignore = ["B-001"]
fail_on = "warning"
strict = true
baseline = "b.json"
waivers = ["w.yaml"]

[parameters]
base.level = 2

[expected]
team.ml_engineers = 0

[organization]
own_boundaries = ["device"]
on_premises_countries = ["DE"]

[recommendation]
margin_percent = 10
horizon_months = 12
confidence = 0.9
fixed = ["latency"]
"""
