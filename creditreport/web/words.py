"""The words that pages show for codes, and how dates, moments and amounts are written in each language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from creditreport.clock import as_shanghai
from creditreport.config import Environment
from creditreport.console.words import DESK_WORDS
from creditreport.errors import Problem
from creditreport.reports.content import grouped
from creditreport.web.context import service
from creditreport.web.language import language
from creditreport.web.pictures import qr_picture
from creditreport.web.words_reports import REPORT_WORDS

WORDS: dict[str, dict[str, LazyString]] = {
    **DESK_WORDS,
    **REPORT_WORDS,
    "purpose": {
        "finance": _("金融"),
        "commerce": _("商务"),
        "administration": _("行政"),
    },
    "purpose_examples": {
        "finance": _("上市、挂牌、再融资、并购重组、发行债券、贷款等"),
        "commerce": _("招标投标、产权交易、第三方评估等"),
        "administration": _("办理政务服务、申请补贴和资金、参评表彰奖励等"),
    },
    "edition": {"zh": _("中文"), "en": _("英文"), "both": _("中英对照")},
    "showing": {"summary": _("只见摘要"), "records": _("可见记录"), "original": _("可见记录和原件")},
    "showing_meaning": {
        "summary": _("真伪、主体、期间、有效期，以及各领域的记录条数"),
        "records": _("还能看到所列记录的内容"),
        "original": _("还能下载这份 PDF 原件"),
    },
    "years": {"1": _("近一年"), "2": _("近两年"), "3": _("近三年"), "4": _("近四年"), "5": _("近五年")},
    "verdict": {
        "VALID": _("有效"),
        "EXPIRED": _("已过期"),
        "SUPERSEDED": _("已被替换"),
        "REVOKED": _("已撤销"),
        "UNKNOWN": _("查无此码"),
        "MISTYPED": _("输入有误"),
        "TAMPERED": _("已被改动"),
        "NOT_ISSUED_HERE": _("非本站出具"),
        "COPY": _("复制件"),
    },
    "verdict_meaning": {
        "VALID": _("由本站出具，在有效期内。请核对下列内容与手中的报告一致。"),
    },
    "verdict_meaning_own": {
        "EXPIRED": _("这份报告已过一个月有效期。"),
        "SUPERSEDED": _("这份报告已被新的报告替换，请在历史报告中使用新的。"),
        "REVOKED": _("这份报告已被撤销，不能再使用。"),
    },
    "step": {
        "signature_intact": _("数字签名完好"),
        "covers_whole_file": _("签名覆盖整个文件"),
        "chain_trusted": _("签名证书在签发时可信"),
        "digest_matches_issued": _("文件与本站存档逐字节一致"),
        "status_today": _("报告今天仍然有效"),
    },
    "step_failed": {
        "signature_intact": _("没有可用的签名，或签名之后内容被改动。"),
        "covers_whole_file": _("签名之后文件又追加了内容。"),
        "chain_trusted": _("签名不是由本站的证书所作。"),
        "digest_matches_issued": _("本站存档中没有与它一模一样的文件。"),
        "status_today": _("报告已过期、被替换或被撤销。"),
    },
    "mark": {
        "OBJECTION_OPEN": _("报告所列的记录中有正在处理异议的，结果可能改变报告。作重要决定前请再核验一次。"),
        "FACTS_CHANGED": _("出具之后情况有变，报告所列内容已不是最新。这里不再显示记录，请要求对方重新出具报告。"),
        "REDUCED_SIGNATURE_LEVEL": _(
            "出具时有外部签名服务（时间戳或证书状态查询）不可用，签名级别低于通常要求；签名本身有效，可以照常使用。"
        ),
    },
    "capacity": {"legal_representative": _("法定代表人"), "handler": _("经办人")},
    "role": {
        "department_officer": _("责任单位经办"),
        "credit_officer": _("信用办经办"),
        "auditor": _("审计"),
        "admin": _("管理员"),
    },
    "role_may": {
        "department_officer": _("代表责任单位办理本领域的事项。"),
        "credit_officer": _("办理信用办的事项，查看核验限流；不管理人员。"),
        "auditor": _("查看人员、程序和限流，不做任何更改。"),
        "admin": _("管理人员、角色和程序，查看核验限流；不办理业务。"),
    },
    "access_state": {
        "ACTIVE": _("正常"),
        "WAITING": _("待设置"),
        "EXPIRED": _("已到期"),
        "DISABLED": _("已停用"),
    },
    "pack_word": {"usable": _("可用"), "check": _("须复核"), "unusable": _("不可用")},
    "scope": {"verify": _("逐个核验"), "verify:batch": _("批量核验")},
    "handler_state": {
        "INVITED": _("待接受"),
        "ACTIVE": _("有效"),
        "EXPIRED": _("已到期"),
        "REVOKED": _("已撤销"),
    },
    "domain_status": {"complete": _("已查询"), "not_implemented": _("尚未实施")},
    "answer": {
        "complete": _("已答复"),
        "not_implemented": _("尚未实施"),
        "unavailable": _("没有应答"),
        "stale": _("数据过旧"),
        "incomplete": _("待核定"),
    },
    "report_state": {
        "ISSUED": _("有效"),
        "VALID": _("有效"),
        "EXPIRED": _("已过期"),
        "SUPERSEDED": _("已被替换"),
        "REVOKED": _("已撤销"),
        "WITHDRAWN": _("已自行撤回"),
    },
    "kind": {
        "penalty": _("行政处罚"),
        "compulsory_measure": _("行政强制"),
        "criminal_judgment": _("刑事裁判"),
        "rectification_order": _("责令改正"),
        "other": _("其他决定"),
        "serious_dishonesty_listing": _("严重失信主体名单"),
        "judgment_defaulter": _("失信被执行人"),
        "unfulfilled_judgment": _("未履行生效裁判"),
        "abnormal_operation_listing": _("经营异常名录"),
    },
    "penalty_type": {
        "warning": _("警告"),
        "public_criticism": _("通报批评"),
        "fine": _("罚款"),
        "confiscation_illegal_gains": _("没收违法所得"),
        "confiscation_property": _("没收非法财物"),
        "licence_suspension": _("暂扣许可证件"),
        "qualification_downgrade": _("降低资质等级"),
        "licence_revocation": _("吊销许可证件"),
        "business_restriction": _("限制开展生产经营活动"),
        "production_suspension": _("责令停产停业"),
        "closure": _("责令关闭"),
        "practice_ban": _("限制从业"),
        "administrative_detention": _("行政拘留"),
        "other": _("其他处罚"),
    },
    "problem_title": {
        "SOURCE_UNAVAILABLE": _("没有出具报告：有数据来源没有应答"),
        "SOURCE_STALE": _("没有出具报告：有数据来源的数据过旧"),
        "SOURCE_INCOMPLETE": _("没有出具报告：有记录需要人工核定"),
        "MISSING_GLYPH": _("没有出具报告：字库缺字"),
        "SIGNING_UNAVAILABLE": _("没有出具报告：签名暂不可用"),
        "ENTITY_NOT_ELIGIBLE": _("不能申请专用信用报告"),
        "UNKNOWN_ENTITY": _("登记库中没有该主体"),
        "DUPLICATE_USCC": _("统一社会信用代码重复"),
        "PAGE_NOT_FOUND": _("没有这个页面"),
        "UNKNOWN_REPORT": _("没有这份报告"),
        "NOT_ALLOWED": _("无权访问"),
        "FORM_EXPIRED": _("表单已过期"),
        "UPLOAD_TOO_LARGE": _("文件过大"),
        "SIGN_IN_REQUIRED": _("请先登录"),
        "LOCAL_SIGN_IN_OFF": _("本地登录已关闭"),
        "INTERNAL_ERROR": _("系统出错"),
    },
}
TIME = Markup('<time datetime="{}">{}</time>')


def word(group: str, code: Any) -> str:
    """The words for ``code``; a code without words is shown as it is, never hidden."""
    return str(WORDS[group].get(str(code), str(code)))


def day(value: Any) -> Markup:
    """A date as people write it: 2026年11月21日, 21 November 2026. ISO text is read too."""
    found = _as_date(value)
    return TIME.format(found.isoformat(), _day(found))


def point(value: Any) -> Markup:
    """A moment to the minute in Asia/Shanghai; the English names the zone."""
    found = as_shanghai(datetime.fromisoformat(value) if isinstance(value, str) else value)
    zone = "" if language() == "zh" else " (UTC+8)"
    return TIME.format(found.isoformat(), f"{_day(found.date())} {found:%H:%M}{zone}")


def _day(found: date) -> str:
    if language() == "zh":
        return f"{found.year}年{found.month}月{found.day}日"
    return str(format_date(found, "d MMMM y", locale="en"))


def _as_date(value: Any) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return as_shanghai(value).date() if isinstance(value, datetime) else value


def yuan(value: Any) -> str:
    """An amount: 12,345.00 元."""
    amount = f"{Decimal(str(value)):,.2f}"
    return f"{amount} 元" if language() == "zh" else f"CNY {amount}"


def domain_title(slug: str, fallback: str = "") -> str:
    """A domain's title in the page's language; ``fallback`` for one that is no longer in the catalogue."""
    try:
        manifest = service().catalog.domain(slug).manifest
    except Problem:
        return fallback or slug
    return manifest.title_en if language() == "en" else manifest.title


def sources_of(slugs: list[str]) -> list[dict[str, str]]:
    """Title and responsible unit of domains and overlays, as a refusal names them."""
    found = (service().catalog.find(slug).manifest for slug in slugs)
    return [{"title": m.title_en if language() == "en" else m.title, "unit": m.responsible_unit} for m in found]


def breakable(code: str) -> Markup:
    """A code in groups of four that may break between groups on a narrow screen."""
    return Markup("-<wbr>").join(grouped(code).split("-"))


def init_words(app: Flask) -> None:
    """Offer these to every template."""
    app.jinja_env.filters.update(day=day, point=point, yuan=yuan, grouped=grouped, breakable=breakable)
    app.jinja_env.globals.update(word=word, domain_title=domain_title, sources_of=sources_of)
    app.jinja_env.globals.update(qr_picture=qr_picture, problem_titles=WORDS["problem_title"])

    @app.context_processor
    def common() -> dict[str, Any]:
        settings = service().settings
        return {"settings": settings, "demo": settings.env is Environment.DEMO}
