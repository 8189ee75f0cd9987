"""Making the report's fonts at set-up: static TrueType cuts of the variable Noto Sans SC.

ReportLab takes TrueType outlines of one weight only. The variable font comes with the Python package
``justmytype-intl-cjk`` (SIL Open Font License); nothing of it is kept under version control.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

PACKAGE = "justmytype-intl-cjk"
VARIABLE = ("fonts", "ofl", "notosanssc", "NotoSansSC[wght].ttf")
LICENCE = ("fonts", "ofl", "notosanssc", "OFL.txt")
REGULAR = "NotoSansSC-Regular.ttf"
BOLD = "NotoSansSC-Bold.ttf"
CUTS = ((REGULAR, "Regular", 400), (BOLD, "Bold", 700))
# Layout tables that ReportLab never reads; without them cutting is faster and the files are smaller.
UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "STAT", "gasp")


def fonts_folder(var_dir: Path) -> Path:
    """Where the report's fonts are kept; the operator's own go into ``extra`` below it."""
    return var_dir / "fonts"


def prepare_fonts(var_dir: Path, say: Callable[[str], None] = print) -> None:
    """Cut Regular and Bold into ``var_dir/fonts``; done only once per version of the font package."""
    folder = fonts_folder(var_dir)
    (folder / "extra").mkdir(parents=True, exist_ok=True)
    made_from = folder / "made-from.txt"
    source = f"{PACKAGE} {version(PACKAGE)}"
    known = made_from.is_file() and made_from.read_text(encoding="utf-8") == source
    if known and all((folder / name).is_file() for name, _, _ in CUTS):
        say(f"字库已就绪 / fonts are ready: {folder}")
        return
    package = files("justmytype_intl_cjk")
    for name, style, weight in CUTS:
        say(f"正在生成字库 / cutting {name} …")
        _cut(Path(str(package.joinpath(*VARIABLE))), folder / name, style, weight)
    (folder / "OFL.txt").write_bytes(package.joinpath(*LICENCE).read_bytes())
    made_from.write_text(source, encoding="utf-8")


def _cut(variable: Path, target: Path, style: str, weight: int) -> None:
    font = TTFont(variable)
    for tag in UNUSED:
        if tag in font:
            del font[tag]
    cut = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    # Each cut needs a name of its own: ReportLab tells the embedded subsets apart by the PostScript name.
    for record in list(cut["name"].names):
        if record.nameID in (16, 17, 25):
            cut["name"].removeNames(nameID=record.nameID)
    for name_id, text in ((2, style), (4, f"Noto Sans SC {style}"), (6, f"NotoSansSC-{style}")):
        cut["name"].setName(text, name_id, 3, 1, 0x409)
    cut["OS/2"].usWeightClass = weight
    fresh = target.with_suffix(f".{os.getpid()}.new")
    try:
        cut.save(fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
