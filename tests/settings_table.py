"""docs/settings.md is the table of `office.settings.Settings`.

`python -m tests.settings_table > docs/settings.md` writes it; a test holds it against the code.
"""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from office.settings import Settings

HEAD = """# The settings

From the environment, or from a file `.env` in the folder a command is started in; the environment comes first. A wrong
value is one clear line that names the variable. `sprechstunde check` shows what is in force.

| setting | default | meaning |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    rows = [
        f"| `{name.upper()}` | {_shown(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "".join(rows)


def _shown(default: Any) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        default = ",".join(default)
    if isinstance(default, bool):
        default = "yes" if default else "no"
    return f"`{default}`" if default != "" else "(empty)"


if __name__ == "__main__":
    print(page(), end="")
