"""Who may apply for a report (plan 二(二)): pure rules about a business of the register."""

from __future__ import annotations

from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.errors import Problem

TYPE_WORDS = {
    EntityType.SOCIAL_ORGANISATION: ("社会组织", "a social organisation"),
    EntityType.PUBLIC_INSTITUTION: ("事业单位", "a public institution"),
    EntityType.GOVERNMENT_ORGAN: ("机关", "a government organ"),
}
# Decided: the plan speaks of business entities that act in the market; one that has ceased or left is none any more.
STATUS_WORDS = {
    RegistrationStatus.REVOKED: (
        "其营业执照已被吊销，不再是可以经营的主体；清算等事项所需的记录请向责任单位查询。如登记状态有误，请向登记机关更正，同步后即可申请",
        "its business licence has been revoked, so that it may act in the market no longer; for its liquidation ask "
        "the responsible units. If the register is wrong, have the registration authority correct it and apply then",
    ),
    RegistrationStatus.DEREGISTERED: (
        "该主体已经注销；因合并、分立而承继其权利义务的主体可以申请自己的报告。如登记状态有误，请向登记机关更正，同步后即可申请",
        "it has been deregistered; whoever succeeded to it by merger or division may apply for a report of its own. "
        "If the register is wrong, have the registration authority correct it and apply then",
    ),
    RegistrationStatus.MOVED_AWAY: (
        "该主体已迁出本市，请向迁入地申请；迁出前出具的报告在有效期内仍可核验",
        "it has moved to another city; apply in the city where it is registered now. Reports issued before remain "
        "verifiable while they are valid",
    ),
}


def check_eligible(entity: BusinessEntity) -> None:
    """Nothing, if ``entity`` may apply; else ``ENTITY_NOT_ELIGIBLE``: its type first, then its status."""
    if not entity.entity_type.may_apply:
        zh, en = TYPE_WORDS[entity.entity_type]
        raise Problem(
            "ENTITY_NOT_ELIGIBLE",
            name=entity.name,
            detail_zh=f"{zh}不是经营主体，不在适用范围内；需要证明的，请向有关责任单位申请",
            detail_en=f"{en} is not a business entity and outside the scheme; ask the responsible units instead",
        )
    if not entity.registration_status.live:
        zh, en = STATUS_WORDS[entity.registration_status]
        raise Problem("ENTITY_NOT_ELIGIBLE", name=entity.name, detail_zh=zh, detail_en=en)
