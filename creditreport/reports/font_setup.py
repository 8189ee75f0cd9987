"""Making the report's fonts at set-up: static TrueType cuts of the variable Noto Sans SC, and their outlines.

The variable font comes with the Python package ``justmytype-intl-cjk`` (SIL Open Font License); nothing of it is kept
under version control. HarfBuzz cuts one weight in a fraction of a second. Turning the everyday characters into
the form in which the PDF takes them (``fontfile``) takes some fifteen seconds more, once, and spares it every process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

from creditreport.reports.fontfile import FontFile, prepare_outlines, prepared_outlines

PACKAGE = "justmytype-intl-cjk"
VARIABLE = ("fonts", "ofl", "notosanssc", "NotoSansSC[wght].ttf")
LICENCE = ("fonts", "ofl", "notosanssc", "OFL.txt")
REGULAR = "NotoSansSC-Regular.ttf"
BOLD = "NotoSansSC-Bold.ttf"
CUTS = ((REGULAR, "Regular", 400), (BOLD, "Bold", 700))
# Tables that nobody reads here; the files are smaller without them.
UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "STAT", "gasp")
# Raised when the same variable font would give other files.
MAKING = 2


def fonts_folder(var_dir: Path) -> Path:
    """Where the report's fonts are kept; the operator's own go into ``extra`` below it."""
    return var_dir / "fonts"


def prepare_fonts(var_dir: Path, say: Callable[[str], None] = print) -> None:
    """Cut Regular and Bold into ``var_dir/fonts``; done only once per version of the font package."""
    folder = fonts_folder(var_dir)
    (folder / "extra").mkdir(parents=True, exist_ok=True)
    made_from = folder / "made-from.txt"
    source = f"{PACKAGE} {version(PACKAGE)}, making {MAKING}"
    known = made_from.is_file() and made_from.read_text(encoding="utf-8") == source
    if known and all(_is_ready(folder / name) for name, _, _ in CUTS):
        say(f"字库已就绪 / fonts are ready: {folder}")
        return
    package = files("justmytype_intl_cjk")
    for name, style, weight in CUTS:
        say(f"正在生成字库 / making {name} …")
        _cut(Path(str(package.joinpath(*VARIABLE))), folder / name, style, weight)
        prepare_outlines(folder / name, everyday)
    (folder / "OFL.txt").write_bytes(package.joinpath(*LICENCE).read_bytes())
    made_from.write_text(source, encoding="utf-8")


def _is_ready(path: Path) -> bool:
    return path.is_file() and prepared_outlines(FontFile(path)) is not None


def everyday(code: int) -> bool:
    """Whether a code point is among those that nearly all reports are made of: the repertoire of GB/T 2312."""
    try:
        return bool(chr(code).encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _cut(variable: Path, target: Path, style: str, weight: int) -> None:
    face = hb.Face(hb.Blob.from_file_path(str(variable)))
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.pin_axis_location(face, "wght", weight)
    with BytesIO(hb.subset(face, wanted).blob.data) as data:
        cut = TTFont(data)
        for tag in UNUSED:
            if tag in cut:
                del cut[tag]
        # Each cut needs a name of its own: readers tell embedded fonts apart by the PostScript name.
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
