"""The tables of docs/partners/clients.md, which commands write."""

import pathlib
import re

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/partners/clients.md"


def write_table(name, table):
    """Puts a table between `<!-- table: NAME -->` and `<!-- table: end -->`."""
    place = re.compile(rf"(<!-- table: {re.escape(name)} -->\n).*?(<!-- table: end -->)", re.DOTALL)
    text, count = place.subn(lambda found: found[1] + table + "\n" + found[2], DOCUMENT.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit(f"{DOCUMENT.name} has no place for the table of {name}.")
    DOCUMENT.write_text(text, encoding="utf-8")
