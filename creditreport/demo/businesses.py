"""The invented businesses: codes, names, types and states as a register keeps them.

Each name says 示例 (example); people are 张某, 李某某. The order, and with it every code, is fixed by the seed alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from random import Random

from creditreport.demo.codes import registration_number, unified_code
from creditreport.demo.roles import ROLES, Role

DISTRICTS: dict[str, str] = {
    "320902": "亭湖区", "320903": "盐都区", "320904": "大丰区", "320921": "响水县", "320922": "滨海县",
    "320923": "阜宁县", "320924": "射阳县", "320925": "建湖县", "320981": "东台市",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One form of business: the register's words for it, the beginning of its code, and how its name ends."""

    type_zh: str
    registry: str
    ending: str
    may_apply: bool = True


FORMS: dict[str, Form] = {
    "company": Form("内资公司", "91", "有限公司"),
    "branch": Form("内资公司分公司", "91", "有限公司盐城分公司"),
    "individual": Form("个体工商户", "92", ""),
    "cooperative": Form("农民专业合作社", "93", "专业合作社"),
    "cooperative_union": Form("农民专业合作社联合社", "93", "专业合作社联合社"),
    "cooperative_branch": Form("农民专业合作社分支机构", "93", "专业合作社分社"),
    "partnership": Form("合伙企业", "91", "合伙企业（有限合伙）"),
    "sole": Form("个人独资企业", "91", "厂（个人独资）"),
    "foreign": Form("外国（地区）公司分支机构", "91", "（示例岛）公司盐城代表处"),
    "collective": Form("内资非公司企业法人", "91", "总厂"),
    "social": Form("社会组织", "51", "行业协会"),
    "institution": Form("事业单位", "12", "服务中心"),
}
FORMS["social"] = replace(FORMS["social"], may_apply=False)
FORMS["institution"] = replace(FORMS["institution"], may_apply=False)

BRANCHES = {"branch": "大丰分公司", "second_branch": "东台分公司"}

# How many of each form beside the showcases.
COUNTS: dict[str, int] = {
    "company": 136, "branch": 22, "individual": 66, "cooperative": 18, "cooperative_union": 2, "cooperative_branch": 2,
    "partnership": 11, "sole": 15, "foreign": 2, "collective": 3, "social": 3, "institution": 1,
}  # fmt: skip

_FIRST = "云青禾星海松柏林溪泽岚晨朗瑞嘉景恒悦清沐"
_SECOND = "杉穗舟岭帆桐屿川原禾谷岩池澜坪汀苑芸桥麓"
_TRADES = (
    "食品", "纺织", "机械制造", "建筑工程", "物流", "环保科技", "农业发展", "医疗器械", "商贸", "餐饮管理", "印刷包装",
    "水产养殖", "新材料", "电子科技", "旅游开发", "教育咨询", "物业服务", "精细化工", "汽车销售", "仓储",
)  # fmt: skip
_SHOPS = ("面馆", "超市", "理发店", "五金店", "水果店", "小吃店", "服装店", "民宿", "汽车修理部", "烟酒店", "文具店")
_CROPS = ("水稻种植", "大棚蔬菜", "生猪养殖", "果蔬", "水产", "农机服务")
_PEOPLE = ("张某", "李某某", "王某", "陈某某", "周某", "吴某某", "赵某", "孙某某")


@dataclass(frozen=True, slots=True)
class Business:
    """One entry of the register. ``type_zh`` and ``status_zh`` are the register's own words."""

    register_id: str
    uscc: str
    name: str
    form: str
    status_zh: str
    district_code: str
    registration_number: str
    legal_representative: str
    role: str | None = None
    previous_codes: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    parent_register_id: str | None = None

    @property
    def type_zh(self) -> str:
        """The register's word for its type."""
        return FORMS[self.form].type_zh

    @property
    def district(self) -> str:
        """The district it is registered in."""
        return DISTRICTS[self.district_code]

    @property
    def eligible(self) -> bool:
        """Whether it may ask for a report: its type may, and it is live."""
        return FORMS[self.form].may_apply and self.status_zh in {"存续", "在业", "歇业"}


def make_businesses(seed: int) -> tuple[Business, ...]:
    """All businesses, the showcases first."""
    return _Founder(seed).found_all()


class _Founder:
    """Founds one business after another; no name and no code comes twice, except where that is the showcase."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"businesses {seed}")  # noqa: S311 - invented data, must be the same each time
        self.words = ["".join(pair) for pair in product(_FIRST, _SECOND)]
        self.random.shuffle(self.words)
        self.serial = 0
        self.found: list[Business] = []

    def found_all(self) -> tuple[Business, ...]:
        for role in ROLES:
            self.found.append(self.showcase(role))
        for form, count in COUNTS.items():
            for _ in range(count):
                self.found.append(self.plain(form))
        return tuple(self.found)

    def plain(self, form: str, name: str | None = None) -> Business:
        self.serial += 1
        region = self.random.choice(list(DISTRICTS))
        code = unified_code(FORMS[form].registry, region, self.serial)
        business = Business(
            register_id=f"{region}{self.serial:010d}",
            uscc=code,
            name=name or self.name(form, DISTRICTS[region]),
            form=form,
            status_zh="存续" if self.serial % 5 else "在业",
            district_code=region,
            registration_number=registration_number(region, self.serial),
            legal_representative=self.random.choice(_PEOPLE),
        )
        if "branch" in form and name is None:
            business = replace(business, parent_register_id=self.any_parent())
        return self.renamed(business)

    def name(self, form: str, district: str) -> str:
        word = self.words.pop()
        if form == "individual":
            return f"盐城市{district}{word}示例{self.random.choice(_SHOPS)}"
        if form.startswith("cooperative"):
            return f"{district}{word}示例{self.random.choice(_CROPS)}{FORMS[form].ending}"
        if form == "institution":
            return f"盐城市{district}{word}示例{FORMS[form].ending}"
        if form == "foreign":
            return f"{word}示例贸易{FORMS[form].ending}"
        return f"盐城{word}示例{self.random.choice(_TRADES)}{FORMS[form].ending}"

    def any_parent(self) -> str:
        companies = [business for business in self.found if business.form == "company" and business.role is None]
        return (self.random.choice(companies) if companies else self.found[0]).register_id

    def renamed(self, business: Business) -> Business:
        # Every thirtieth business had another name once.
        if self.serial % 30 or business.form not in {"company", "individual"}:
            return business
        return replace(business, former_names=(self.name(business.form, business.district),))

    def showcase(self, role: Role) -> Business:
        business = replace(self.plain(role.form, role.name), role=role.key)
        if role.status != "存续":
            business = replace(business, status_zh=role.status)
        by_role = {one.role: one for one in self.found}
        if role.key == "replaced_code":
            self.serial += 1
            old = unified_code("91", business.district_code, self.serial)
            business = replace(business, previous_codes=(old,))
        elif role.key == "former_name":
            business = replace(business, former_names=(self.name("company", ""), self.name("company", "")))
        elif role.key in BRANCHES:
            parent = by_role["parent"]
            business = replace(business, name=parent.name + BRANCHES[role.key], parent_register_id=parent.register_id)
        elif role.key == "long_name":
            business = replace(business, parent_register_id=by_role["many_records"].register_id)
        elif role.key == "duplicate_code_twin":
            business = replace(business, uscc=by_role["duplicate_code"].uscc)
        return business
