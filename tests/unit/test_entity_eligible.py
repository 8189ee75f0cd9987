"""Who may apply: plan 二(二), every type and every status."""

from __future__ import annotations

import pytest

from creditreport.entities.eligible import check_eligible
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.errors import Problem

OUTSIDE = {
    EntityType.SOCIAL_ORGANISATION: "社会组织",
    EntityType.PUBLIC_INSTITUTION: "事业单位",
    EntityType.GOVERNMENT_ORGAN: "机关",
}
CEASED = {
    RegistrationStatus.REVOKED: "吊销",
    RegistrationStatus.DEREGISTERED: "注销",
    RegistrationStatus.MOVED_AWAY: "迁出",
}


def _entity(entity_type: EntityType, status: RegistrationStatus) -> BusinessEntity:
    return BusinessEntity("r1", "91320900MA1WXYTE7X", "甲公司", entity_type, status)


@pytest.mark.parametrize("status", RegistrationStatus)
@pytest.mark.parametrize("entity_type", EntityType)
def test_type_and_status_decide(entity_type: EntityType, status: RegistrationStatus) -> None:
    entity = _entity(entity_type, status)
    word = OUTSIDE.get(entity_type) or CEASED.get(status)
    if word is None:
        check_eligible(entity)
        return
    with pytest.raises(Problem) as raised:
        check_eligible(entity)
    assert raised.value.code == "ENTITY_NOT_ELIGIBLE"
    assert word in raised.value.zh
    assert "甲公司" in raised.value.zh
