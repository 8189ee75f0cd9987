"""A chart as SVG within the page: colours by class from the page's design, title and description for screen readers.

Names of units are Chinese in every language and are marked so, for the voice that reads them.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from creditreport.statistics.charts import Box, Chart, Mark

# Markup.format escapes what it fills in.
_BOX = Markup('<rect class="{one.part}" x="{one.x:g}" y="{one.y:g}" width="{one.width:g}" height="{one.height:g}"/>')
_LABEL = Markup(
    '<text class="{one.part}" x="{one.x:g}" y="{one.y:g}" text-anchor="{one.anchor}"{lang}>{one.text}</text>'
)
_CHINESE = re.compile("[\u4e00-\u9fff]")


def svg(chart: Chart) -> Markup:
    """The drawing; it grows and shrinks with its place, and needs neither script nor style of its own."""
    begin = Markup(
        '<svg class="chart" viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="{key}-title {key}-what">'
        '<title id="{key}-title">{title}</title><desc id="{key}-what"{lang}>{what}</desc><g font-size="{size:g}">'
    ).format(
        width=chart.width,
        height=chart.height,
        key=chart.key,
        title=chart.title,
        what=chart.description,
        size=chart.size,
        lang=_lang(chart.description),
    )
    return begin + Markup("").join(_mark(mark) for mark in chart.marks) + Markup("</g></svg>")


def _mark(mark: Mark) -> Markup:
    if isinstance(mark, Box):
        return _BOX.format(one=mark)
    return _LABEL.format(one=mark, lang=_lang(mark.text))


def _lang(text: str) -> Markup:
    return Markup(' lang="zh-Hans-CN"') if _CHINESE.search(text) else Markup()
