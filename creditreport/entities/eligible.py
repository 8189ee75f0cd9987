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
        "其营业执照已被吊销；如登记状态有误，请向登记机关更正",
        "its business licence has been revoked; if the register is wrong, have the registration authority correct it",
    ),
    RegistrationStatus.DEREGISTERED: (
        "该主体已经注销；如登记状态有误，请向登记机关更正",
        "it has been deregistered; if the register is wrong, have the registration authority correct it",
    ),
    RegistrationStatus.MOVED_AWAY: (
        "该主体已迁出本市，请向迁入地申请",
        "it has moved to another city; apply in the city where it is registered now",
    ),
}


def check_eligible(entity: BusinessEntity) -> None:
    """Nothing, if ``entity`` may apply; else ``ENTITY_NOT_ELIGIBLE``: its type first, then its status."""
    if not entity.entity_type.may_apply:
        zh, en = TYPE_WORDS[entity.entity_type]
        raise Problem(
            "ENTITY_NOT_ELIGIBLE",
            name=entity.name,
            detail_zh=f"{zh}不是经营主体，不在适用范围内",
            detail_en=f"{en} is not a business entity and outside the scheme",
        )
    if not entity.registration_status.live:
        zh, en = STATUS_WORDS[entity.registration_status]
        raise Problem("ENTITY_NOT_ELIGIBLE", name=entity.name, detail_zh=zh, detail_en=en)
