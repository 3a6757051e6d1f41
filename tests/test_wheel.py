"""The wheel carries all a host without npm, without a compiler and without a network needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
CARRIED = (
    "channels/web/static/dist/*",
    "channels/web/templates/**/*.*",
    "channels/email/templates/*",
    "channels/locale/*/LC_MESSAGES/*.mo",
    "office/seed/*.csv",
    "sprechstunde/demo/data/*.csv",
    "*/migrations/0*.py",
)


def test_wheel_is_built_offline_and_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index"]
    command += ["--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("sprechstunde-*.whl")
    inside = set(ZipFile(wheel).namelist())
    for pattern in CARRIED:
        wanted = {
            str(path.relative_to(ROOT))
            for path in ROOT.glob(pattern)
            if path.is_file() and not path.name.startswith(".")
        }
        assert wanted, pattern
        assert wanted <= inside, wanted - inside
    assert [name for name in inside if name.startswith(("tests/", "channels/web/assets/"))] == []
