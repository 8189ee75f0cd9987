"""Every error the program can show to a person: code, HTTP status, exit status, sentence in both languages.

One table, so that page, API (problem+json) and command line say the same sentence. A sentence tells what
happened, whose turn it is and what to do next. ``{names}`` in a sentence are filled from the details given
to :class:`Problem`; a detail that a sentence names and nobody gave is a programming error and raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REFUSED = 1
WRONG_USE = 2


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """What is fixed for one error code."""

    http_status: int
    exit_status: int
    zh: str
    en: str


ERRORS: dict[str, ErrorKind] = {
    # --- the business that asks -------------------------------------------------------------------
    "INVALID_USCC": ErrorKind(
        422,
        REFUSED,
        "统一社会信用代码“{value}”不正确：{detail_zh}。请核对营业执照后重新输入。",
        "The unified social credit code “{value}” is not right: {detail_en}. Check the business licence and type it again.",
    ),
    "UNKNOWN_ENTITY": ErrorKind(
        404,
        REFUSED,
        "登记库中没有统一社会信用代码为 {uscc} 的经营主体。如刚刚登记，请在登记机关数据更新后再试。",
        "The register has no business with the code {uscc}. If it was registered just now, try again after the register's next update.",
    ),
    "ENTITY_NOT_ELIGIBLE": ErrorKind(
        403,
        REFUSED,
        "{name} 不能申请专用信用报告：{detail_zh}。",
        "{name} cannot apply for the report: {detail_en}.",
    ),
    "DUPLICATE_USCC": ErrorKind(
        409,
        REFUSED,
        "代码 {uscc} 在登记库中对应两个存续主体，已转工作人员清理；清理前不能出具报告。",
        "The code {uscc} belongs to two live businesses in the register; staff are clearing this up and no report can be issued before.",
    ),
    "INVALID_YEARS": ErrorKind(
        422,
        WRONG_USE,
        "查询年限“{value}”不可选，规则集 {ruleset} 可选 1 至 {longest} 年。",
        "“{value}” years cannot be chosen; rule set {ruleset} offers 1 to {longest}.",
    ),
    "INVALID_PURPOSE": ErrorKind(
        422,
        WRONG_USE,
        "用途“{value}”不存在，可选：finance（金融）、commerce（商务）、administration（行政）。",
        "There is no purpose “{value}”; choose finance, commerce or administration.",
    ),
    "INVALID_DATE": ErrorKind(
        422,
        WRONG_USE,
        "日期“{value}”不正确，请写成 2026-11-21 这样的形式。",
        "“{value}” is not a date; write it like 2026-11-21.",
    ),
    "BACKDATING_REFUSED": ErrorKind(
        403,
        REFUSED,
        "正式环境只能出具当日的报告，不能指定 {value}。",
        "In production a report is issued for today only, not for {value}.",
    ),
    # --- sources ---------------------------------------------------------------------------------
    "SOURCE_UNAVAILABLE": ErrorKind(
        503,
        REFUSED,
        "以下数据来源没有应答：{titles_zh}。没有出具报告；请稍后再试，责任单位已可见此情况。",
        "These sources did not answer: {titles_en}. No report was issued; try again later, the responsible units can see it.",
    ),
    "SOURCE_STALE": ErrorKind(
        503,
        REFUSED,
        "以下数据来源的数据过旧：{titles_zh}。没有出具报告；请等责任单位更新数据后再试。",
        "The data of these sources are too old: {titles_en}. No report was issued; try again after the responsible units have updated them.",
    ),
    "SOURCE_INCOMPLETE": ErrorKind(
        503,
        REFUSED,
        "以下数据来源有不能确认的记录或未读完：{titles_zh}。没有出具报告；工作人员核定后即可出具。",
        "These sources have a record that could not be settled or were not read to the end: {titles_en}. "
        "No report was issued; it can be once staff have settled it.",
    ),
    # --- making the document -----------------------------------------------------------------------
    "MISSING_GLYPH": ErrorKind(
        500,
        REFUSED,
        "字库中没有字符 {characters}，没有出具报告；请运维人员在字库目录中补充含该字的字体。",
        "No font has the character {characters}, so no report was issued; the operator must add a font that has it.",
    ),
    "SIGNING_UNAVAILABLE": ErrorKind(
        503,
        REFUSED,
        "签名不可用，没有出具报告：{detail}。请运维人员检查签名密钥。",
        "Signing is not available, so no report was issued: {detail}. The operator must check the signing key.",
    ),
    # --- the program's own set-up --------------------------------------------------------------------
    "INVALID_SETTING": ErrorKind(
        500,
        WRONG_USE,
        "设置 {name} 不正确：{detail}。",
        "The setting {name} is not right: {detail}.",
    ),
    "INVALID_CATALOG": ErrorKind(
        500,
        REFUSED,
        "领域清单不正确：{detail}",
        "The catalogue of domains is not right: {detail}",
    ),
    "UNKNOWN_DOMAIN": ErrorKind(
        422,
        WRONG_USE,
        "没有领域“{value}”。用 creditreport domains list 查看全部领域。",
        "There is no domain “{value}”. creditreport domains list shows all of them.",
    ),
    "UNKNOWN_RULESET": ErrorKind(
        422,
        WRONG_USE,
        "没有规则集“{value}”，现有：{known}。",
        "There is no rule set “{value}”; there are: {known}.",
    ),
    # --- screening by hand -----------------------------------------------------------------------
    "INVALID_REQUEST": ErrorKind(
        422,
        WRONG_USE,
        "请求不正确，{where}：{detail_zh}。",
        "The request is not right, {where}: {detail_en}.",
    ),
    "UNSCREENABLE_CHAIN": ErrorKind(
        422,
        WRONG_USE,
        "文号 {document_number} 的决定链不能判定：{detail_zh}。请先更正记录。",
        "The chain of decision {document_number} cannot be screened: {detail_en}. Correct the records first.",
    ),
}


class Problem(Exception):
    """An error a person is told about.

    ``code`` is a key of :data:`ERRORS`; the details fill its sentences and go into the JSON form when they
    are named in ``shown`` (for instance ``domains``).
    """

    def __init__(self, code: str, *, shown: dict[str, Any] | None = None, **details: Any) -> None:
        self.kind = ERRORS[code]
        self.code = code
        self.shown = shown or {}
        self.details = details
        self.zh = self.kind.zh.format(**details)
        self.en = self.kind.en.format(**details)
        super().__init__(self.en)

    def sentence(self, language: str = "zh") -> str:
        """The sentence in ``language`` (``zh`` or ``en``)."""
        return self.en if language.startswith("en") else self.zh

    def as_json(self, language: str = "zh") -> dict[str, Any]:
        """``{"error": {...}}`` as in the contract."""
        return {"error": {"code": self.code, "message": self.sentence(language), **self.shown}}
