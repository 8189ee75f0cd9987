"""The errors about who a business is: its code, its entry in the register, whether it may apply (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, ErrorKind

IDENTITY_ERRORS: dict[str, ErrorKind] = {
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
        403, REFUSED, "{name} 不能申请专用信用报告：{detail_zh}。", "{name} cannot apply for the report: {detail_en}."
    ),
    "DUPLICATE_USCC": ErrorKind(
        409,
        REFUSED,
        "代码 {uscc} 在登记库中对应两个存续主体，已转工作人员清理；清理前不能出具报告。",
        "The code {uscc} belongs to two live businesses in the register; staff are clearing this up and no report can be issued before.",
    ),
    "ENTITY_UNCLEAR": ErrorKind(
        409,
        REFUSED,
        "登记库中代码为 {uscc} 的登记信息不能确认，已列入工作人员清单；登记机关更正并同步后即可出具报告。",
        "The register's entry with the code {uscc} is not certain and is on the list of staff; a report can be issued once the registration authority has put it right and it was synchronised.",
    ),
    "NO_BRANCHES": ErrorKind(
        422,
        REFUSED,
        "登记库中 {name} 没有分支机构，没有出具任何报告；请直接申请它自己的报告。",
        "The register has no branches of {name}, so nothing was issued; apply for its own report instead.",
    ),
    "TOO_MANY_BRANCHES": ErrorKind(
        422,
        REFUSED,
        "{name} 有 {count} 个分支机构，一次最多 {most} 个，没有出具任何报告；请逐个申请，或与工作人员联系分批办理。",
        "{name} has {count} branches and a bundle takes {most} at most, so nothing was issued; apply one by one, or ask staff.",
    ),
    # --- the register's older numbers ------------------------------------------------------------
    "UNKNOWN_NUMBER": ErrorKind(
        404,
        REFUSED,
        "登记库中没有号码为 {value} 的经营主体（已按注册号、组织机构代码、旧税号查找）。请核对号码，或改用统一社会信用代码。",
        "The register has no business with the number {value} (sought as a registration number, an organisation code and an old tax number). Check it, or use the unified code.",
    ),
    "AMBIGUOUS_NUMBER": ErrorKind(
        409,
        REFUSED,
        "号码 {value} 在登记库中对应 {count} 个主体，不能确定是哪一个。请改用统一社会信用代码。",
        "The number {value} belongs to {count} entries of the register and means none of them for certain. Use the unified code.",
    ),
    "PERSONAL_NUMBER": ErrorKind(
        422,
        REFUSED,
        "输入的是居民身份证号码或由其编成的税号。系统不查询、不保存个人号码；请改用统一社会信用代码。",
        "This is the number of a person's identity card, or a tax number made from it. Personal numbers are neither looked up nor kept; use the unified code.",
    ),
    "REGISTER_UNREADABLE": ErrorKind(
        503,
        REFUSED,
        "登记库没有读全：{detail}。登记信息保持不变；请检查登记数据来源后再同步。",
        "The register was not read to its end: {detail}. What is stored stays as it is; check the register's source and synchronise again.",
    ),
}
