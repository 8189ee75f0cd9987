"""``/guide``: for everybody, signed in or not."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from pydantic import BaseModel

from creditreport.guide.content import read_guide, said
from creditreport.guide.fields import guide_fields
from creditreport.guide.search import read_search
from creditreport.web.context import moment, reading, service
from creditreport.web.language import language

blueprint = Blueprint("guide", __name__)


@blueprint.get("/guide")
def show() -> str:
    """The whole guide, or (``?q=``) the fields, steps, points and questions that hold every word."""
    settings, search = service().settings, read_search(request.args.get("q", ""))
    guide = read_guide(settings.templates_dir)
    names = {
        "authority": settings.issuing_authority,
        "portal": settings.issuer_portal,
        "domain": settings.official_domain,
    }
    with reading() as session:
        fields = guide_fields(session, service().catalog, moment().date())

    def say(entry: BaseModel, what: str = "") -> str:
        return said(entry, what, language(), names)

    def points(title: str, texts: tuple[str, ...]) -> list[str]:
        filled = [text.format(**names) for text in texts]
        return filled if search.finds(title) else [text for text in filled if search.finds(title, text)]

    parts = [(p.id, say(p, "title"), points(say(p, "title"), getattr(p, f"points_{language()}"))) for p in guide.part]
    return render_template(
        "guide/guide.html",
        guide=guide,
        search=search,
        say=say,
        fields=[one for one in fields if search.finds(one.title, one.title_en, one.unit)],
        who=[say(one) for one in guide.who if search.finds(say(one))],
        steps=[one for one in guide.step if search.finds(say(one, "title"), say(one))],
        parts=[part for part in parts if part[2]],
        questions=[one for one in guide.question if search.finds(say(one), say(one, "answer"))],
        total=len(fields),
    )
