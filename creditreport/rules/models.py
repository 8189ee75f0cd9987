"""Rule sets as stored: the whole content of each version that a report was ever issued under."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from creditreport.db import Base, Moment


class RuleSetVersion(Base):
    """What a rule set said when a report first used it. Rows are only ever added: reports are replayed by them."""

    __tablename__ = "rule_set_version"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of content in UTF-8")
    ruleset: Mapped[str] = mapped_column(String(40), comment="id of the rule set")
    version: Mapped[int] = mapped_column(Integer, comment="its version, from 1")
    content: Mapped[str] = mapped_column(Text, comment="everything that its file says: canonical JSON")
    first_used_at: Mapped[datetime] = mapped_column(Moment, comment="when the first report was issued under it")
