"""A table of AI use cases and a mapping file in, manifests and a report of what could not be mapped out.

A new spreadsheet is a mapping, and nothing here. A new kind of file is a reader beside `csv_table.py` that `importer.py`
calls; a new key of mappings stands in `mapping_schema.py` and is read by `field_reader.py`. An import goes through
`mapping.py`, `csv_table.py`, `header.py`, `importer.py` and `output.py`.
"""
