"""An import told to a person, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from creditreport.doublepublicity.result import ImportResult

# How a reason is told in the summary; the sentence of each row stands in the rejection file.
REASONS = {
    "cells": "格数与表头不符 / cells and header differ",
    "missing": "必填项为空 / a required cell is empty",
    "too_long": "超过长度 / too long",
    "formula": "公式错误值 / a formula's error",
    "kind": "行政相对人类别 / kind of subject",
    "kind_code": "类别与代码不符 / kind and code differ",
    "code": "统一社会信用代码 / unified code",
    "unit": "不是本领域的单位 / not a unit of the domain",
    "unit_code": "单位代码 / code of the unit",
    "date": "日期 / date",
    "date_order": "日期先后 / order of dates",
    "money": "金额 / amount",
    "money_unit": "金额单位 / unit of the amount",
    "penalty_word": "处罚类别 / penalty type",
    "fine_amount": "处罚类别与金额不符 / types and amounts differ",
    "duplicate": "重复 / duplicate",
    "content": "内容自相矛盾或无法确定 / content cannot be read with certainty",
}
SKIPPED = {
    "natural_person": "自然人 / natural persons",
    "same_row_twice": "文件内重复的同一行 / the same row twice",
    "imported_before": "以前已导入的同一行 / rows that were there before",
}
# Of the late rows so many are told one by one; all of them stand in the JSON.
MOST_LATE = 20


def summary(result: ImportResult) -> Iterator[str]:
    """What was accepted, sent back and left out, by reason; how late the rows came; where the files are."""
    row, detail = result.row, result.row.detail
    if result.repeated:
        yield f"该文件已于 {row.at:%Y-%m-%d %H:%M} 导入，没有改变任何内容 / imported before, nothing was changed"
    yield (
        f"读取 read {row.rows_read}：接受 accepted {row.accepted}（其中更正 corrections {len(detail['replaced'])}），"
        f"退回 rejected {row.rejected}，略过 skipped {row.skipped}"
    )
    for word, count in sorted(detail["rejected_by_reason"].items()):
        yield f"  退回 / rejected: {REASONS[word]}: {count}"
    for word, count in sorted(detail["skipped_by_reason"].items()):
        yield f"  略过 / skipped: {SKIPPED.get(word, word)}: {count}"
    yield from _delays(result)
    yield f"数据文件 / drop: {row.drop_name}（{detail['drop_rows']} 行 / rows）"
    if result.rejection_file:
        yield f"退回文件 / rejections: {result.rejection_file}"
    elif row.rejected:
        yield "再次运行并加上 --rejected 文件名，可得到退回文件 / run it again with --rejected to get the rejections"


def _delays(result: ImportResult) -> Iterator[str]:
    delay = result.row.detail["delay"]
    if delay["longest"] is None:
        return
    yield (
        f"报送时长（工作日） / working days until sent: 最长 longest {delay['longest']}，"
        f"中位 median {delay['median']}，超过 {delay['limit']} 日 late {delay['late']}"
    )
    late = [one for one in result.row.detail["accepted_rows"] if one["late"]]
    for one in late[:MOST_LATE]:
        yield f"  第 {one['line']} 行 {one['document_number']}: {one['days']} 个工作日 / working days"
    if len(late) > MOST_LATE:
        yield f"  另有 {len(late) - MOST_LATE} 行，见 --json / and {len(late) - MOST_LATE} more, see --json"
