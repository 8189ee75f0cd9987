"""Would a row be certain if it were settled like this? Tried by the rules that read it for a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session, sessionmaker

from creditreport.mirror.meant import Meant
from creditreport.violations.concern import is_valid_code
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.reading import build_value
from creditreport.violations.settled import Settlement
from creditreport.violations.stated import identity_columns, stated_codes

if TYPE_CHECKING:
    from creditreport.catalog.load import Catalog


def still_uncertain(
    catalog: Catalog, slug: str, told: Mapping[str, Any], settlement: Settlement, reading: sessionmaker[Session]
) -> str | None:
    """What would still be uncertain about the row ``told``; ``None`` when nothing is. Raises ``UNKNOWN_DOMAIN``.

    ``reading`` is where the register is looked up for a row that states an older number and no code.
    """
    manifest = catalog.find(slug).manifest
    row = settlement.corrected(told)
    code = settlement.uscc
    if code is None:
        codes = {code for _column, code in stated_codes(row, identity_columns(manifest)) if is_valid_code(code)}
        code = codes.pop() if len(codes) == 1 else None if codes else Meant(manifest, reading).code(row)
        if code is None:
            return "没有一个正确的统一社会信用代码 / there is no one right code"
    try:
        build_value(manifest, Mapper(manifest, catalog.vocabulary), row, code)
    except Unmappable as error:
        return f"{error.column}：{error.problem}" if error.column else error.problem
    return None
