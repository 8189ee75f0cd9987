"""What a business is asked for when it wants a report."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Length

from creditreport.reports.content import Purpose
from creditreport.reports.models import Showing
from creditreport.reports.pages import Language
from creditreport.reports.request import IssueRequest

ONCE_LENGTH = 64


class ReportForm(FlaskForm):  # type: ignore[misc]
    """Years, purpose, edition, and what verifiers may see. What may be chosen is decided by the use case."""

    years = RadioField(_("查询年限"), [InputRequired(_("请选择查询年限。"))], validate_choice=False)
    purpose = RadioField(_("用途"), [InputRequired(_("请选择用途。"))], validate_choice=False)
    language = RadioField(_("文种"), default=Language.ZH.value, validate_choice=False)
    showing = RadioField(_("核验时对方能看到"), default=Showing.RECORDS.value, validate_choice=False)
    once = HiddenField(validators=[Length(max=ONCE_LENGTH)])
    watch = HiddenField()

    def offer(self, longest: int, covers: Callable[[str], bool]) -> None:
        """Fill in the choices: one to ``longest`` years, the three purposes of plan 二(四), the editions.

        Where a person may ask for one purpose only it is chosen already.
        """
        self.years.choices = [(str(years), str(years)) for years in range(1, longest + 1)]
        self.purpose.choices = [(purpose.value, purpose.value) for purpose in Purpose]
        self.language.choices = [(language.value, language.value) for language in Language]
        self.showing.choices = [(showing.value, showing.value) for showing in Showing]
        self.years.data = self.years.data or str(longest)
        covered = [purpose.value for purpose in Purpose if covers(purpose.value)]
        if len(covered) == 1 and not self.purpose.data:
            self.purpose.data = covered[0]

    def request(self, uscc: str, requested_by: str) -> IssueRequest:
        """The request as the form tells it."""
        return IssueRequest(
            uscc=uscc,
            years=str(self.years.data),
            purpose=str(self.purpose.data),
            requested_by=requested_by,
            language=str(self.language.data or Language.ZH.value),
            showing=str(self.showing.data or Showing.RECORDS.value),
            once=str(self.once.data) if self.once.data else None,
        )
