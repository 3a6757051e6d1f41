"""docs/modules.md is the first sentence of every module's docstring, room by room.

`python -m tests.module_list > docs/modules.md` writes it; a test holds it against the code.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("office", "inquiries", "booking", "figures", "channels", "workers", "sprechstunde")
HEAD = """# The modules, one sentence each

The house has seven rooms; what each may import is checked by `make check`. A fact flows one way:
channel → verb → journal → reaction → channel.

```text
 person ──► channels (web · email · sms · desk)
                │ calls one verb
                ▼
        booking / inquiries      one transaction: new state + one journal entry, pending
                │ commit, then wake the workers
                ▼
        workers.reactions        one table: kind of entry → what follows
                │                 ├─► channels.outbox   (confirm, change, cancel, remind) ──► email
                │                 ├─► figures.ledger    (count it)
                │                 └─► cards at the desk
                ▼
        beat: derive what time makes due (reminders, expiries, nightly checks)
```

The sentences are the modules' own; `python -m tests.module_list` writes this page from them.
"""


def modules(room: str) -> list[Path]:
    """The room's own modules: no migrations, no assets."""
    found = sorted((ROOT / room).rglob("*.py"))
    return [path for path in found if not {"migrations", "assets"} & set(path.parts)]


def sentence(path: Path) -> str:
    """What the module says of itself first."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ").strip()


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for room in ROOMS:
        parts.append(f"## {room}\n\n{sentence(ROOT / room / '__init__.py')}\n")
        rows = [
            f"| `{path.relative_to(ROOT / room).with_suffix('')}` | {sentence(path)} |"
            for path in modules(room)
            if path.stem not in {"__init__", "__main__"}
        ]
        parts.append("\n".join(["| module | sentence |", "| --- | --- |", *rows]) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
