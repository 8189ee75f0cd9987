"""The sign-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Account and password, and where to go afterwards."""

    username = StringField(_("账号"), [InputRequired(_("请输入账号。")), Length(max=80)])
    password = PasswordField(_("密码"), [InputRequired(_("请输入密码。")), Length(max=200)])
    next = HiddenField()
