"""``[double_publicity]``: a department may upload the double-publicity form, and the import writes the drops itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from creditreport.catalog.part import Part
from creditreport.catalog.words import Vocabulary
from creditreport.doublepublicity import form

if TYPE_CHECKING:
    from creditreport.catalog.manifest import Manifest

# Our key, and the form's column that it must be read from: the import's checks speak of these columns.
_READ_FROM = {
    "uscc": form.CODE,
    "entity_name": form.NAME,
    "decided_on": form.DECIDED,
    "document_number": form.NUMBER,
    "violation_type": form.VIOLATION,
    "penalty_types": form.TYPES,
    "penalty_content": form.CONTENT,
    "fine_yuan": form.FINE,
    "confiscated_yuan": form.CONFISCATED,
    "publicity_until": form.PUBLIC_UNTIL,
    "authority": form.AUTHORITY,
}
_KEY = {form.NUMBER, form.CODE}
_IN_WAN_YUAN = ("fine_yuan", "confiscated_yuan")


class DoublePublicity(Part):
    """``units``: the organs, as the form names them, whose decisions may be uploaded for this domain."""

    units: tuple[str, ...] = Field(min_length=1)


def upload_problems(manifest: Manifest, _vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """What stands against writing drops of the form for this manifest: key and sentence."""
    if manifest.double_publicity is None:
        return
    source = manifest.source
    if source.driver != "files":
        yield "double_publicity", "只有 files 驱动的来源可以上传双公示表 / only a files source can take uploads"
        return
    if source.pattern.count("*") != 1 or any(sign in source.pattern for sign in "?["):
        yield "source.pattern", "上传要求文件名只有一个 * （写入日期） / uploads need exactly one * for the date"
    if not source.pattern.endswith((".csv", ".xlsx")):
        yield "source.pattern", "上传要求文件名以 .csv 或 .xlsx 结尾 / uploads need a name ending in .csv or .xlsx"
    if not source.as_of.file:
        yield "source.as_of", "上传的数据时间就是文件日期 / for uploads the date of the file tells how old the data are"
    for key, column in _READ_FROM.items():
        rules = manifest.fields.get(key, ())
        if [rule.column for rule in rules] != [column] or any(rule.present is not None for rule in rules):
            yield f"fields.{key}", f"上传双公示表要求“{key}”只读自列 {column} / uploads need “{key}” read from {column}"
        elif key in _IN_WAN_YUAN and rules[0].unit != "wan_yuan":
            yield f"fields.{key}.unit", "双公示表的金额以万元计 / the form's amounts are in 万元"
    if set(manifest.key) != _KEY:
        yield "key", f"上传双公示表要求主键为 {form.NUMBER}、{form.CODE} / uploads need this key"
    read = {rule.column for rules in manifest.fields.values() for rule in rules if rule.column}
    read |= {*manifest.key, *manifest.concerns.columns}
    read |= {condition.column for skip in manifest.skip for condition in skip.when}
    read |= {source.take.column} if source.take else set()
    if unknown := [column for column in form.COLUMNS if column not in read | set(manifest.ignore)]:
        yield "ignore", f"清单没有说明双公示表的列：{'、'.join(unknown)} / columns of the form that it does not know"
    if extra := sorted(read - set(form.COLUMNS)):
        yield "fields", f"双公示表没有的列：{'、'.join(extra)} / columns that the form does not have"
