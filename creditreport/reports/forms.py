"""The form with which a business asks for a report."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from creditreport.reports.content import Purpose


class IssueForm(FlaskForm):  # type: ignore[misc]
    """How many years back, and what for. What may be chosen is decided by the use case; the form only asks."""

    years = RadioField(_("查询年限"), [InputRequired(_("请选择查询年限。"))], validate_choice=False)
    purpose = RadioField(_("用途"), [InputRequired(_("请选择用途。"))], validate_choice=False)

    def offer(self, longest: int) -> None:
        """Fill in the choices: one to ``longest`` years, the three purposes of plan 二(四)."""
        self.years.choices = [(str(years), str(years)) for years in range(1, longest + 1)]
        self.purpose.choices = [(purpose.value, purpose.value) for purpose in Purpose]
