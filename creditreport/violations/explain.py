"""Explaining a decision: the numbered steps as they were asked, with the values that each compared (pure).

What is told comes from the very steps that decide (``steps.py``); nothing of the rules is repeated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord
from creditreport.violations.screen import Screened
from creditreport.violations.steps import DUPLICATE, STEPS, Case, Step

# What each step asks, in Chinese and English.
QUESTIONS: Mapping[Reason, tuple[str, str]] = {
    Reason.NOT_THIS_ENTITY: ("是否另一主体的记录", "is it another business's record"),
    Reason.DOMAIN_NOT_IMPLEMENTED: (
        "领域在出具之日是否尚未实施",
        "is the domain not yet implemented on the day of issue",
    ),
    Reason.CATEGORY_NOT_COVERED: ("该类记录是否不在规则集范围内", "is the kind not covered by the rule set"),
    Reason.OUT_OF_TERRITORY: ("是否非本市机关作出", "was it decided outside this city"),
    Reason.SEALED: ("是否封存", "is it sealed"),
    Reason.UNDISCLOSABLE: ("是否依法不得公开", "may it not be disclosed"),
    Reason.EXEMPT_FROM_PENALTY: ("是否不予处罚", "was the conduct exempt from penalty"),
    Reason.NOT_EFFECTIVE: ("是否尚未生效", "has it no effect yet"),
    Reason.REVOKED: ("是否已撤销", "was it revoked"),
    Reason.UNDER_REVIEW: ("是否已确认违法", "was it held unlawful"),
    Reason.SUPERSEDED: ("是否已由后续有效决定变更", "does a later decision that stands supersede it"),
    Reason.REPAIRED: ("是否已完成信用修复", "is the credit repair complete"),
    Reason.LIST_REMOVED: ("是否已移出名单", "was it removed from the list"),
    Reason.SHIELDED: ("是否因重整计划暂不展示", "is it shielded by a reorganisation plan"),
    Reason.NOT_PUBLICISED: ("是否未经公示", "was it never made public"),
    Reason.PUBLICITY_ENDED: ("公示期是否已届满", "has its publicity ended"),
    Reason.SUMMARY_PROCEDURE: ("是否适用简易程序", "was it decided by summary procedure"),
    Reason.WARNING_ONLY: ("是否仅为警告或通报批评", "is it no more than a warning or public criticism"),
    Reason.OUTSIDE_WINDOW: ("是否在查询期间之外", "is it outside the window"),
    Reason.DUPLICATE: ("是否已列入编号在前的领域", "is it listed in a lower-numbered domain already"),
}
# The names of what is compared, as a person reads them.
WORDS: Mapping[str, tuple[str, str]] = {
    "uscc": ("记录的代码", "code of the record"),
    "own_codes": ("本主体的代码", "codes of the business"),
    "effective_from": ("领域实施日期", "domain in force from"),
    "issued_on": ("出具日期", "issued on"),
    "kind": ("记录种类", "kind"),
    "covered_kinds": ("规则集所列种类", "kinds covered"),
    "local": ("本市作出", "of this city"),
    "sealed": ("封存", "sealed"),
    "undisclosable": ("不得公开", "undisclosable"),
    "disposition": ("处理结果", "disposition"),
    "effect": ("效力", "effect"),
    "superseded_by": ("变更它的决定", "superseded by"),
    "repair": ("信用修复", "repair"),
    "repaired_on": ("修复日期", "repaired on"),
    "continuing": ("持续状态", "continuing state"),
    "removed_on": ("移出日期", "removed on"),
    "shielded": ("重整保护", "shielded"),
    "publicised": ("已公示", "publicised"),
    "publicity_until": ("公示截止日期", "publicity until"),
    "procedure": ("程序", "procedure"),
    "penalty_types": ("处罚种类", "types of penalty"),
    "first_days": ("起算日期", "counted from"),
    "window_start": ("期间起", "window from"),
    "window_end": ("期间止", "window to"),
    "document_number": ("文号", "document number"),
    "authority": ("作出机关", "authority"),
    "listed_in": ("已列入的领域编号", "listed in domain number"),
    "domain_number": ("本领域编号", "this domain's number"),
}
# What is found among the other records rather than stated by this one.
_FOUND = frozenset({"superseded_by", "listed_in"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One step as it was asked of one record. ``applies`` is false when the rule set has turned the step off."""

    step: Step
    looked: tuple[Any, ...]
    applies: bool
    excludes: bool

    @property
    def compared(self) -> dict[str, Any]:
        """What the step looked at, by name."""
        return dict(zip(self.step.names, self.looked, strict=True))


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step: what it compared, as JSON values, and whether it excluded the record.

    ``applies`` is false for a step that the rule set has turned off: whatever it compared excludes nothing.
    """

    step: int
    reason: Reason
    compared: Mapping[str, Any]
    applies: bool
    excludes: bool

    def as_json(self) -> dict[str, Any]:
        """As in ``screen --explain --json``."""
        zh, en = QUESTIONS[self.reason]
        return {
            "step": self.step,
            "reason": self.reason.value,
            "question": {"zh": zh, "en": en},
            "compared": dict(self.compared),
            "applies": self.applies,
            "excludes": self.excludes,
        }


def explain(screened: Screened, position: int) -> list[ExplainedStep]:
    """The steps that the record at ``position`` went through: to the one that excluded it, or all twenty."""
    case = screened.cases[position]
    asked = list(asked_in_order(case))
    if not asked[-1].excludes:
        asked.append(ask(DUPLICATE, case))
    records = [one.record for one in screened.decisions]
    return [_explained(one, records) for one in asked]


def ask(step: Step, case: Case) -> Asked:
    """One step, asked of one record under its rule set."""
    looked = step.look(case)
    applies = case.ruleset.applies(step.reason)
    return Asked(step, looked, applies, applies and step.excludes(*looked))


def asked_in_order(case: Case) -> Iterator[Asked]:
    """Steps 1 to 19 as they are asked of a record, up to the first that excludes it."""
    for step in STEPS:
        asked = ask(step, case)
        yield asked
        if asked.excludes:
            return


def _explained(asked: Asked, records: Sequence[ViolationRecord]) -> ExplainedStep:
    compared = asked.compared
    if (later := compared.get("superseded_by")) is not None:
        # A record is named by its document; one without a number by its id.
        compared["superseded_by"] = records[later].document_number or records[later].record_id
    told = {name: _plain(value) for name, value in compared.items()}
    return ExplainedStep(asked.step.number, asked.step.reason, told, asked.applies, asked.excludes)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def told(step: ExplainedStep, language: str) -> str:
    """One line for a person: the number, the question, what was compared, and what follows."""
    english = language == "en"
    values = [f"{WORDS[name][english]} {_said(name, value, english)}" for name, value in step.compared.items()]
    outcome = _outcome(step, english)
    question = QUESTIONS[step.reason][english] + ("?" if english else "？")
    return f"{step.step:>2}  {question}  {('; ' if english else '；').join(values)}  → {outcome}"


def _outcome(step: ExplainedStep, english: bool) -> str:
    if step.excludes:
        return f"excluded here: {step.reason}" if english else f"在此排除：{step.reason}"
    if not step.applies:
        return "this rule set does not ask; goes on" if english else "本规则集不适用此步，继续"
    return "goes on" if english else "继续"


def _said(name: str, value: Any, english: bool) -> str:
    if value is None and name in _FOUND:
        return "none" if english else "无"
    if value is None or value == "":
        return "not stated" if english else "未载明"
    if isinstance(value, bool):
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if isinstance(value, list):
        return (", " if english else "、").join(map(str, value)) or ("none" if english else "无")
    return str(value)
