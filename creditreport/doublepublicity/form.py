"""The form of an administrative penalty in double publicity (双公示): its columns, their titles and lengths.

The lengths of name, code and document number are those of the national form; those of the longer texts are the widths
that the form's own tables have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from creditreport.violations.cells import folded, says_nothing

# column: title on the form, greatest length (characters)
FORM: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "CF_XDR_MC": ("行政相对人名称", 200),
        "CF_XDR_LB": ("行政相对人类别", 16),
        "CF_XDR_SHXYM": ("统一社会信用代码", 18),
        "CF_XDR_GSZC": ("工商注册号", 50),
        "CF_XDR_ZZJG": ("组织机构代码", 10),
        "CF_XDR_SWDJ": ("税务登记号", 20),
        "CF_XDR_SYDW": ("事业单位证书号", 50),
        "CF_XDR_SHZZ": ("社会组织登记证号", 50),
        "CF_FRDB": ("法定代表人", 50),
        "CF_FR_ZJLX": ("法定代表人证件类型", 64),
        "CF_FR_ZJHM": ("法定代表人证件号码", 64),
        "CF_XDR_ZJLX": ("证件类型", 64),
        "CF_XDR_ZJHM": ("证件号码", 64),
        "CF_WSH": ("行政处罚决定书文号", 128),
        "CF_WFXW": ("违法行为类型", 2000),
        "CF_SY": ("违法事实", 5000),
        "CF_YJ": ("处罚依据", 2000),
        "CF_CFLB": ("处罚类别", 200),
        "CF_NR": ("处罚内容", 4000),
        "CF_NR_FK": ("罚款金额（万元）", 64),
        "CF_NR_WFFF": ("没收金额（万元）", 64),
        "CF_NR_ZKDX": ("暂扣或吊销证照名称及编号", 200),
        "CF_JDRQ": ("处罚决定日期", 64),
        "CF_YXQ": ("处罚有效期", 64),
        "CF_GSJZQ": ("公示截止期", 64),
        "CF_CFJG": ("处罚机关", 200),
        "CF_CFJGDM": ("处罚机关统一社会信用代码", 18),
        "CF_SJLY": ("数据来源单位", 200),
        "CF_SJLYDM": ("数据来源单位统一社会信用代码", 18),
        "BZ": ("备注", 4000),
    }
)
COLUMNS = tuple(FORM)
# Of a rejection file only: why the row was sent back. The department may leave it in when it sends the file again.
REASON_COLUMN = "退回原因"
NAME, KIND, CODE, ORGANISATION = "CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_XDR_ZZJG"
NUMBER, VIOLATION, TYPES, CONTENT = "CF_WSH", "CF_WFXW", "CF_CFLB", "CF_NR"
FINE, CONFISCATED = "CF_NR_FK", "CF_NR_WFFF"
DECIDED, VALID_UNTIL, PUBLIC_UNTIL = "CF_JDRQ", "CF_YXQ", "CF_GSJZQ"
AUTHORITY, AUTHORITY_CODE, SOURCE_UNIT, SOURCE_CODE = "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM"
# Identity numbers: a drop has no use for them, so they are never copied into one.
IDENTITY = frozenset({"CF_FR_ZJHM", "CF_XDR_ZJHM"})
# The code stands for itself: a natural person has none.
REQUIRED = (
    NAME, KIND, NUMBER, VIOLATION, "CF_SY", "CF_YJ", TYPES, CONTENT, DECIDED, AUTHORITY, AUTHORITY_CODE, SOURCE_UNIT,
    SOURCE_CODE,
)  # fmt: skip

COMPANY, INDIVIDUAL, PERSON = "法人及非法人组织", "个体工商户", "自然人"
KINDS = (COMPANY, INDIVIDUAL, PERSON)
INDIVIDUAL_CODE = "92"

_TICKET = re.compile(r"〔退回编号([0-9a-f]{12})〕")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def titled(column: str) -> str:
    """The column as the form names it to people: title and column."""
    return f"{FORM[column][0]} {column}"


def states(text: str) -> bool:
    """Whether a cell's text says anything at all (``暂无``, ``-`` and the like say nothing)."""
    return not says_nothing(text)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an uploaded form: its line in the file, its cells as text by column, whether its cells fit the header.

    ``ticket`` is that of the row sent back before, when the department left its reason in place.
    """

    number: int
    cells: Mapping[str, str]
    fits: bool = True
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is sent back: a lasting word to count by, the column, the sentence for the department."""

    word: str
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{titled(self.column)}：{self.sentence}" if self.column else self.sentence


@dataclass(frozen=True, slots=True)
class Returned:
    """A row sent back, with every reason there is."""

    line: Line
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def text(self) -> str:
        """All reasons in one cell."""
        return "；".join(str(reason) for reason in self.reasons)


def ticketed(ticket: str, reasons: str) -> str:
    """The cell of 退回原因: the ticket by which the row is known when it comes back, and the reasons."""
    return f"〔退回编号{ticket}〕{reasons}"


def ticket_of(text: str) -> str | None:
    """The ticket in a cell of 退回原因, or in a held row of a drop."""
    match = _TICKET.search(text)
    return match[1] if match else None


def defused(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula; :func:`plain` undoes it."""
    harmless = says_nothing(text) or _is_number(text)
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) and not harmless else text


def plain(text: str) -> str:
    """``text`` without the sign that :func:`defused` put before it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(?:\.\d+)?", folded(unicodedata.normalize("NFKC", text))))
