"""Reports printed for the tests, and the tools that read them back."""

from __future__ import annotations

import subprocess
from pathlib import Path

from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language, Rendered, render, shipped_editions
from tests.papers import listed, report

RARE_NAME = "盐城𠮷祥𬭎大䶮㑇㛃𬴂鿏店"
LONG_NAME = (
    "江苏盐城沿海高新技术产业开发区𠮷祥新能源智能网联汽车关键零部件研究与制造"
    "集团股份有限公司盐城第一分公司营业部（普通合伙）"
)
FACTS = "".join(f"第{number:04d}项查明当事人未按规定办理（见附卷），属实。" for number in range(1, 210))

CLEAN = report()
WITH_RECORDS = report(
    {
        1: (
            listed(
                1, kind="judgment_defaulter", decided_on=None, listed_on="2026-01-03", penalty_types=None,
                fine_yuan=None, confiscated_yuan=None, document_number="（2025）苏0902执1号",
            ),
        ),
        7: (listed(2, disputed=True), listed(3, document_number=None, authority=None)),
    },
    name=RARE_NAME,
    not_implemented=frozenset({44, 45}),
)  # fmt: skip
LONG = report(
    {20: (listed(1, facts=FACTS),)}, name=LONG_NAME, issuing_authority="盐城市大丰区公共信用信息服务中心（数据局）"
)
FIVE_HUNDRED = report(
    {number: tuple(listed(number * 100 + at) for at in range(12)) for number in range(1, 43)}
)  # 504 records


class Printed:
    """A rendered report on disk and what the tools say about it."""

    def __init__(self, content: ReportContent, fonts: FontSet, folder: Path, language: Language = Language.ZH) -> None:
        self.content = content
        self.rendered: Rendered = render(content, fonts, shipped_editions()[language])
        self.path = folder / "report.pdf"
        self.path.write_bytes(self.rendered.pdf)

    def ask(self, *command: str) -> str:
        """The answer of a command-line tool; an error of the tool is an error of the test."""
        done = subprocess.run(command, check=True, capture_output=True)
        # Poppler's -bbox writes the file's subject with bare surrogates into its head; only the words matter here.
        return done.stdout.decode(errors="replace" if "-bbox" in command else "strict")

    def text(self, *options: str) -> str:
        return self.ask("pdftotext", *options, str(self.path), "-")

    def flat(self) -> str:
        """All text of the columns between head and foot, without white space."""
        return "".join(self.text("-layout", "-x", "0", "-y", "62", "-W", "600", "-H", "725").split())
