"""Every error the program can show to a person: code, HTTP status, exit status, sentence in both languages.

One table (what staff and departments are told stands in ``errors_staff.py``), so that page, API (problem+json) and command line say the same sentence. A sentence tells what
happened, whose turn it is and what to do next. ``{names}`` in a sentence are filled from the details given
to :class:`Problem`; a detail that a sentence names and nobody gave is a programming error and raises.
"""

from __future__ import annotations

from typing import Any

from creditreport.errors_access import ACCESS_ERRORS
from creditreport.errors_accounts import ACCOUNT_ERRORS
from creditreport.errors_api import API_ERRORS
from creditreport.errors_audit import AUDIT_ERRORS
from creditreport.errors_bidpacks import BIDPACK_ERRORS
from creditreport.errors_document import DOCUMENT_ERRORS
from creditreport.errors_identity import IDENTITY_ERRORS
from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind
from creditreport.errors_objections import OBJECTION_ERRORS
from creditreport.errors_operations import OPERATIONS_ERRORS
from creditreport.errors_requests import REQUEST_ERRORS
from creditreport.errors_signing import SIGNING_ERRORS
from creditreport.errors_staff import STAFF_ERRORS
from creditreport.errors_verification import VERIFICATION_ERRORS

__all__ = ["ERRORS", "REFUSED", "WRONG_USE", "ErrorKind", "Problem"]

ERRORS: dict[str, ErrorKind] = {
    # --- the business that asks -------------------------------------------------------------------
    **IDENTITY_ERRORS,
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
    "NUMBERS_EXHAUSTED": ErrorKind(
        503,
        REFUSED,
        "{day} 的报告编号已用完，没有出具报告；次日可再申请。",
        "The report numbers of {day} are used up and no report was issued; apply again the next day.",
    ),
    "NUMBER_LOST": ErrorKind(
        503,
        REFUSED,
        "报告编号 {number} 因办理超时已作废，没有出具报告；请重新申请。",
        "The report number {number} was given up because issuing took too long, so no report was issued; apply again.",
    ),
    "STORE_UNAVAILABLE": ErrorKind(
        503,
        REFUSED,
        "数据库不可用或版本不符（{detail}），没有做任何改动。请稍后再试；运维人员可运行 creditreport db status 和 db upgrade。",
        "The store cannot be used or is of another version ({detail}); nothing was changed. Try again later; the operator can run creditreport db status and db upgrade.",
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
    **DOCUMENT_ERRORS,
    # --- the program's own set-up --------------------------------------------------------------------
    "INVALID_SETTING": ErrorKind(
        500, WRONG_USE, "设置 {name} 不正确：{detail}。", "The setting {name} is not right: {detail}."
    ),
    "INVALID_CATALOG": ErrorKind(
        500, REFUSED, "领域清单不正确：{detail}", "The catalogue of domains is not right: {detail}"
    ),
    "UNKNOWN_DOMAIN": ErrorKind(
        422,
        WRONG_USE,
        "没有领域“{value}”。用 creditreport domains list 查看全部领域。",
        "There is no domain “{value}”. creditreport domains list shows all of them.",
    ),
    "UNKNOWN_RULESET": ErrorKind(
        422, WRONG_USE, "没有规则集“{value}”，现有：{known}。", "There is no rule set “{value}”; there are: {known}."
    ),
    "INVALID_RULESET": ErrorKind(
        500,
        REFUSED,
        "规则集不正确，请运维人员更正文件后再试（creditreport rules check 可检查）：{detail}",
        "A rule set is not right; the operator must correct the file (creditreport rules check tells): {detail}",
    ),
    "RULESET_NOT_EFFECTIVE": ErrorKind(
        503,
        REFUSED,
        "规则集 {ruleset} 在 {day} 不适用（适用期：{periods}），没有出具报告。请运维人员设置 CREDITREPORT_RULESET 为当日适用的规则集，或加入它的下一版。",
        "Rule set {ruleset} is not in force on {day} (its periods: {periods}), so no report was issued. The operator must set CREDITREPORT_RULESET to one that is, or add its next version.",
    ),
    "RULESET_NOT_STORED": ErrorKind(
        500,
        REFUSED,
        "出具报告时所用的规则集（摘要 {digest}）不可用：{detail_zh}。请运维人员从备份恢复该行。",
        "The rule set that the report was issued under (digest {digest}) cannot be used: {detail_en}. The operator must restore its row from a backup.",
    ),
    # --- pages and the API -----------------------------------------------------------------------
    "PAGE_NOT_FOUND": ErrorKind(
        404,
        REFUSED,
        "这个地址没有页面。请核对地址，或从首页开始。",
        "There is no page at this address. Check the address or start from the first page.",
    ),
    "NOT_ALLOWED": ErrorKind(
        403,
        REFUSED,
        "当前账号无权打开此页。请换用有权限的账号登录。",
        "This account may not open this page. Sign in with one that may.",
    ),
    "METHOD_NOT_ALLOWED": ErrorKind(
        405,
        REFUSED,
        "这个地址不接受此种请求。请从首页重新操作。",
        "This address does not take such a request. Start again from the first page.",
    ),
    "BAD_REQUEST": ErrorKind(
        400,
        REFUSED,
        "请求无法读取。请返回上一页重新填写。",
        "The request could not be read. Go back and fill it in again.",
    ),
    "FORM_EXPIRED": ErrorKind(
        400,
        REFUSED,
        "表单已过期或不是从本站提交的，没有执行任何操作。请重新打开页面再提交。",
        "The form has expired or was not sent from this site; nothing was done. Open the page again and resend.",
    ),
    "UPLOAD_TOO_LARGE": ErrorKind(
        413,
        REFUSED,
        "文件超过 {limit} MB，没有核验。本站出具的报告远小于此；请确认所选文件后重试，或改用核验码核验。",
        "The file is over {limit} MB and was not checked. Our reports are far smaller: choose the right file, or verify "
        "by the code.",
    ),
    "FILES_TOO_LARGE": ErrorKind(
        413,
        REFUSED,
        "所选文件合计超过 {limit} MB，没有保存。请返回上一页，减少或压缩文件后再提交。",
        "The files together are over {limit} MB and nothing was kept. Go back, choose fewer or smaller ones and send again.",
    ),
    "NOTHING_TO_VERIFY": ErrorKind(
        422,
        REFUSED,
        "没有收到文件。请选择报告的 PDF 文件，或输入核验码。",
        "No file was received. Choose the report's PDF, or type its code.",
    ),
    "MISTYPED_CODE": ErrorKind(
        404,
        REFUSED,
        "核验码输入有误：{detail_zh}。请对照报告首页右上角重新输入。",
        "The code was mistyped: {detail_en}. Compare it with the top right of the report's first page and type it again.",
    ),
    "SIGN_IN_REQUIRED": ErrorKind(401, REFUSED, "请先登录。", "Sign in first."),
    "SIGN_IN_FAILED": ErrorKind(
        401,
        REFUSED,
        "账号或密码不正确。请核对后重新输入。",
        "The account or the password is wrong. Check them and try again.",
    ),
    "LOCAL_SIGN_IN_OFF": ErrorKind(
        403,
        REFUSED,
        "正式环境不使用本地账号登录。请通过“{portal}”的统一身份认证进入。",
        "Local accounts are off in production. Please come in through the identity service of {portal}.",
    ),
    "DEMO_ONLY": ErrorKind(
        403, REFUSED, "“{what}”只能在演示或测试环境使用。", "“{what}” is for the demo and for tests only."
    ),
    "NO_DEMO_DATA": ErrorKind(
        409,
        REFUSED,
        "没有演示数据（{path}）。请先运行 make demo-data。",
        "There are no demo data ({path}). Run make demo-data first.",
    ),
    "INTERNAL_ERROR": ErrorKind(
        500,
        REFUSED,
        "系统出错，本次操作没有完成。请稍后再试；若仍出错，请告知工作人员事件号 {incident}。",
        "Something went wrong here and the request was not completed. Try again later; if it fails again, tell staff the "
        "incident number {incident}.",
    ),
    # --- screening by hand -----------------------------------------------------------------------
    "INVALID_REQUEST": ErrorKind(
        422, WRONG_USE, "请求不正确，{where}：{detail_zh}。", "The request is not right, {where}: {detail_en}."
    ),
    "UNSCREENABLE_CHAIN": ErrorKind(
        422,
        WRONG_USE,
        "文号 {document_number} 的决定链不能判定：{detail_zh}。请先更正记录。",
        "The chain of decision {document_number} cannot be screened: {detail_en}. Correct the records first.",
    ),
    **SIGNING_ERRORS,
    **OPERATIONS_ERRORS,
    **STAFF_ERRORS,
    **ACCOUNT_ERRORS,
    **ACCESS_ERRORS,
    **AUDIT_ERRORS,
    **API_ERRORS,
    **REQUEST_ERRORS,
    **VERIFICATION_ERRORS,
    **BIDPACK_ERRORS,
    **OBJECTION_ERRORS,
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
