"""Small packages laid out like the wheels that prices are read from."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

M = 1e-6
LITELLM = {
    "gpt-4o": {
        "mode": "chat", "input_cost_per_token": 2.5 * M, "output_cost_per_token": 10 * M,
        "cache_read_input_token_cost": 1.25 * M, "input_cost_per_token_batches": 1.25 * M,
        "output_cost_per_token_batches": 5 * M, "deprecation_date": "2027-01-14",
        "regional_processing_uplift_multiplier_eu": 1.1,
    },
    "ft:gpt-4o": {"mode": "chat", "input_cost_per_token": 3.75 * M, "output_cost_per_token": 15 * M},
    "long": {
        "mode": "responses", "input_cost_per_token": 0.1 * M, "output_cost_per_token": 0.5 * M,
        "cache_creation_input_token_cost": 0.125 * M, "cache_creation_input_token_cost_above_1hr": 0.2 * M,
        "input_cost_per_token_above_100k_tokens": 0.5 * M, "output_cost_per_token_above_100k_tokens": 2.5 * M,
        "cache_creation_input_token_cost_above_1hr_above_100k_tokens": 1 * M,
        "input_cost_per_token_above_100k_tokens_batches": 0.25 * M, "output_cost_per_reasoning_token": 0.7 * M,
    },
    "embed": {"mode": "embedding", "input_cost_per_token": 0.02 * M, "output_cost_per_token": 0.0},
    "rerank": {"mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0},
    "moderate": {"mode": "moderation", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
    "nothing": {"mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
    "many-tiers": {
        "mode": "chat", "input_cost_per_token": M, "output_cost_per_token": M,
        "input_cost_per_token_above_128k_tokens": M, "input_cost_per_token_above_200k_tokens": M,
    },
    "tiered": {"mode": "chat", "input_cost_per_token": M, "tiered_pricing": []},
}  # fmt: skip

GENAI = '''"""Made for tests."""
import datetime
from decimal import Decimal
from .types import *

__all__ = ('providers',)
providers: list[Provider] = [
    Provider(
        id='openai', name='OpenAI', api_pattern='x', pricing_urls=['u'],
        models=[
            ModelInfo(
                id='gpt-4o', match=ClauseOr(or_=[ClauseEquals(equals='gpt-4o'), ClauseStartsWith(starts_with='gpt-4o-2')]),
                prices=[
                    ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('5'), output_mtok=Decimal('15'))),
                    ConditionalPrice(
                        constraint=StartDateConstraint(start_date=datetime.date(2026, 8, 1)),
                        prices=ModelPrice(input_mtok=Decimal('INPUT'), output_mtok=Decimal('10')),
                    ),
                    ConditionalPrice(
                        constraint=StartDateConstraint(start_date=datetime.date(2027, 1, 1)),
                        prices=ModelPrice(input_mtok=Decimal('1'), output_mtok=Decimal('1')),
                    ),
                ],
                price_variants=[
                    PriceVariant(when={'processing': 'batch'}, prices=ModelPrice(input_mtok=Decimal('1.25')),
                        constraint=StartDateConstraint(start_date=datetime.date(2026, 10, 14)))
                ],
            ),
            ModelInfo(
                id='long', match=ClauseRegex(regex='^long$'),
                prices=ModelPrice(
                    input_mtok=TieredPrices(base=Decimal('0.1'), tiers=[Tier(start=100000, price=Decimal('0.5'))]),
                    output_mtok=Decimal('0.5'),
                ),
            ),
            ModelInfo(
                id='steps', match=ClauseAnd(and_=[ClauseContains(contains='tep'), ClauseEndsWith(ends_with='s')]),
                prices=ModelPrice(input_mtok=TieredPrices(base=Decimal('1'), tiers=[
                    Tier(start=100, price=Decimal('2')), Tier(start=200, price=Decimal('3'))])),
            ),
            ModelInfo(
                id='nightly', match=ClauseEquals(equals='nightly'),
                prices=[
                    ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'))),
                    ConditionalPrice(
                        constraint=TimeOfDateConstraint(start_time=datetime.time(1, 0, tzinfo=datetime.UTC)),
                        prices=ModelPrice(input_mtok=Decimal('2'))),
                ],
            ),
        ],
    ),
]
'''


def litellm_wheel(folder: Path, entries: object = None, version: str = "1.0.0") -> Path:
    """Return a wheel that holds a price file, the shape of litellm."""
    path = folder / f"litellm-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("litellm/model_prices_and_context_window_backup.json", json.dumps(entries or LITELLM))
        wheel.writestr(f"litellm-{version}.dist-info/METADATA", "Name: litellm")
    return path


def genai_folder(folder: Path, gpt_4o: str = "2.5", version: str = "0.9.0") -> Path:
    """Return a folder in which a package is installed, the shape of genai-prices; gpt-4o costs `gpt_4o`."""
    (folder / "genai_prices").mkdir(parents=True, exist_ok=True)
    (folder / "genai_prices" / "data.py").write_text(GENAI.replace("INPUT", gpt_4o))
    metadata = folder / f"genai_prices-{version}.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: genai-prices\nVersion: {version}\n")
    return folder
