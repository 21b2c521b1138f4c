"""How much of a file is read at most, whatever kind of file it is."""

from __future__ import annotations

MAX_BYTES = 1_048_576

MAX_ARCHIVE_BYTES = 8_388_608
"""The archive itself, as it is packed."""
MAX_UNPACKED_BYTES = 33_554_432
"""Everything that an archive unpacks to; also the YAML of one folder of a git revision."""
MAX_MEMBER_BYTES = 4_194_304
"""One member of an archive, as it is unpacked; YAML is read up to `MAX_BYTES`."""
MAX_MEMBERS = 2_000
"""Files and folders in an archive; files in one folder of a git revision."""
