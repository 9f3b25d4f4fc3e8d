"""Tables and lists on the terminal."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from msupply.cli.output import out


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings; texts of others are not read as markup."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in headings:
        longest = max((len(word) for word in heading.split()), default=0)
        table.add_column(Text(heading), overflow="fold", min_width=longest)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    out.print(table, soft_wrap=False)


def tick(met: bool) -> str:
    """Return a sign for what is so, or not yet."""
    return "✓" if met else "…"
