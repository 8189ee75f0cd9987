"""The demo's showcase businesses: each stands for one thing worth trying, named by its key.

The reason codes of the screening rules have one showcase each, ``reason_<code in lower case>``.
"""

from __future__ import annotations

from dataclasses import dataclass

REASONS: tuple[str, ...] = (
    "CATEGORY_NOT_COVERED",
    "OUT_OF_TERRITORY",
    "SEALED",
    "UNDISCLOSABLE",
    "EXEMPT_FROM_PENALTY",
    "NOT_EFFECTIVE",
    "REVOKED",
    "UNDER_REVIEW",
    "SUPERSEDED",
    "REPAIRED",
    "LIST_REMOVED",
    "SHIELDED",
    "NOT_PUBLICISED",
    "PUBLICITY_ENDED",
    "SUMMARY_PROCEDURE",
    "WARNING_ONLY",
    "OUTSIDE_WINDOW",
    "DUPLICATE",
)


@dataclass(frozen=True, slots=True)
class Role:
    """One showcase: its key, the business's form (see ``businesses.FORMS``), what it shows, perhaps its name."""

    key: str
    form: str
    zh: str
    en: str
    name: str | None = None
    status: str = "存续"


LONG_NAME = (
    "盐城示例沿海滩涂湿地生态保护与海洋渔业资源综合开发利用及新能源装备（江苏）"
    "集团股份有限公司大丰港经济开发区第一分公司"
)

_PLAIN: tuple[Role, ...] = (
    Role("clean", "company", "没有任何记录", "no record at all"),
    Role("busiest", "company", "各个有数据的领域都有记录", "records in every domain that has any"),
    Role("many_records", "company", "记录很多，明细跨多页", "many records, details over several pages"),
    Role("boundaries", "company", "恰在一、二、三年起止日的决定", "decisions on the first and last day of each window"),
    Role("chains", "company", "三环决定链、撤销后重作、变更", "chains of three, revoked and made anew, amended"),
    Role("continuing", "company", "持续状态：名单和未履行判决", "continuing states: lists and unfulfilled judgments"),
    Role(
        "stays_listed",
        "company",
        "修复申请中、异议处理中等仍须列示",
        "repair applied for, open objection: still listed",
    ),
    Role(
        "replaced_code",
        "company",
        "代码更换过，旧代码下的记录仍属本主体",
        "its code was replaced; records under the old one count",
    ),
    Role("former_name", "company", "改过名，旧名下的记录仍属本主体", "renamed; records under the former name count"),
    Role("parent", "company", "有两个分公司，分公司的记录不属于它", "has two branches whose records are not its own"),
    Role("branch", "branch", "分公司，只列示自己的记录", "a branch: only its own records"),
    Role(
        "individual",
        "individual",
        "个体工商户，行政相对人类别写作自然人",
        "an individual business written as a natural person",
    ),
    Role("rare_characters", "company", "名称含生僻字㛃", "a rare character in its name", "盐城㛃和示例食品有限公司"),
    Role("rare_characters_2", "company", "名称含生僻字䶮", "a rare character in its name", "盐城䶮腾示例科技有限公司"),
    Role(
        "rare_characters_3", "company", "名称含生僻字𬭎", "a rare character in its name", "盐城𬭎达示例金属制品有限公司"
    ),
    Role("rare_characters_4", "individual", "名称含生僻字𠮷", "a rare character in its name", "盐城市𠮷庆示例面馆"),
    Role("long_name", "branch", "名称约六十个字", "a name of some sixty characters", LONG_NAME),
    Role("suspended", "company", "歇业中，仍可申请", "suspended, may still apply", status="歇业"),
    Role(
        "quarantined",
        "company",
        "有只能靠掩码代码或名称对应的记录，不能出具",
        "rows with a masked code or a name only: refused",
    ),
    Role(
        "quarantined_unclear",
        "company",
        "有日期、词语不明确的记录，不能出具",
        "rows with unclear dates or words: refused",
    ),
    Role(
        "duplicate_code",
        "company",
        "代码与另一存续主体相同，不能出具",
        "shares its code with another live business: refused",
    ),
    Role("duplicate_code_twin", "company", "同上的另一主体", "the other one of the two"),
    Role("social_organisation", "social", "社会组织，不属于经营主体", "a social organisation: cannot apply"),
    Role("public_institution", "institution", "事业单位，不属于经营主体", "a public institution: cannot apply"),
    Role("deregistered", "company", "已注销", "deregistered: cannot apply", status="注销"),
    Role("revoked", "company", "已吊销", "licence revoked: cannot apply", status="吊销，未注销"),
    Role("moved_away", "company", "已迁出", "moved away: cannot apply", status="迁出"),
)


def reason_key(reason: str) -> str:
    """The key of the showcase of a reason code."""
    return f"reason_{reason.lower()}"


# Beside the others, so that theirs is the code that it always was.
_LATER: tuple[Role, ...] = (
    Role("second_branch", "branch", "同一公司的另一分公司", "another branch of the same company"),
    Role(
        "older_numbers",
        "company",
        "部门只写了组织机构代码、注册号或旧税号的记录，也是它的",
        "records under its organisation code, registration number or old tax number alone are its own",
    ),
)

ROLES: tuple[Role, ...] = (
    *_PLAIN,
    *(
        Role(reason_key(reason), "company", f"含不列示的记录：{reason}", f"records that are not listed: {reason}")
        for reason in REASONS
    ),
    *_LATER,
)
