"""The form of ``[source]`` with ``driver = "rest"``: rows from a department's JSON interface.

Whatever could make half an answer look like a whole one has a key of its own: the sign of success, the total, how
pages follow each other. ``domains/README.md`` explains each to an operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from creditreport.catalog.part import AsOf, Part, Take
from creditreport.catalog.words import Vocabulary

if TYPE_CHECKING:
    from creditreport.catalog.manifest import Manifest

# RFC 6901: "" is the whole document, "/data/list" a member of a member.
Pointer = Annotated[str, Field(pattern=r"^(/.*)?$")]
_AUTH_KEYS: dict[str, tuple[str, ...]] = {
    "none": (),
    "bearer": ("token",),
    "basic": ("username", "password"),
    "header": ("header", "secret"),
    "hmac": ("key", "secret"),
}
_HMAC_HEADERS = ("key_header", "timestamp_header", "signature_header")


class Ask(Part):
    """The name of the parameter by which the source is asked about one business.

    ``uscc`` carries the unified code; the source is asked once for each code that the business has or had.
    """

    uscc: str = Field(min_length=1)


class Sign(Part):
    """The value at a place of the answer by which the source says that all is well."""

    at: Pointer
    equals: StrictBool | StrictInt | StrictStr


class Paging(Part):
    """How pages follow each other.

    ``page``: the parameter ``parameter`` counts from ``first``. ``cursor``: ``next`` points to the cursor that goes
    into ``parameter``. ``link``: the address of the next page stands in the ``Link`` header (RFC 8288), or where
    ``next`` points. ``size`` is the parameter for ``page_size``.
    """

    by: Literal["page", "cursor", "link"]
    parameter: str | None = None
    first: int = Field(default=1, ge=0)
    next: Pointer | None = None
    size: str | None = None
    page_size: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> Paging:
        if (self.parameter is None) != (self.by == "link"):
            raise ValueError("parameter is needed for page and cursor, and is not for link")
        if self.by == "cursor" and self.next is None:
            raise ValueError("cursor needs next: where the answer has the next cursor")
        if self.by == "page" and self.next is not None:
            raise ValueError("next is for cursor and link")
        if "first" in self.model_fields_set and self.by != "page":
            raise ValueError("first is for page")
        if (self.size is None) != (self.page_size is None):
            raise ValueError("size and page_size belong together")
        return self


class Auth(Part):
    """How the source knows us. Secrets are references (``env:NAME``, ``file:PATH``)."""

    kind: Literal["none", "bearer", "basic", "header", "hmac"] = "none"
    token: str | None = None
    username: str | None = None
    password: str | None = None
    header: str | None = None
    key: str | None = None
    secret: str | None = None
    key_header: str = "X-App-Key"
    timestamp_header: str = "X-Timestamp"
    signature_header: str = "X-Signature"

    @model_validator(mode="after")
    def _keys_of_the_kind(self) -> Auth:
        needed = _AUTH_KEYS[self.kind]
        missing = [key for key in needed if getattr(self, key) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        allowed = {"kind", *needed, *(_HMAC_HEADERS if self.kind == "hmac" else ())}
        surplus = sorted(self.model_fields_set - allowed)
        if surplus:
            raise ValueError(f"{self.kind} has no {', '.join(surplus)}")
        return self


class RestSource(Part):
    """Rows from a JSON interface, asked about one business (``ask``) or read as a whole."""

    driver: Literal["rest"]
    url: str
    method: Literal["GET", "POST"] = "GET"
    ask: Ask | None = None
    rows: Pointer
    optional: tuple[str, ...] = ()
    success: Sign | None = None
    total: Pointer | None = None
    echo: Pointer | None = None
    empty_ok: bool = False
    paging: Paging | None = None
    max_pages: int = Field(default=100, ge=1)
    response_limit_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    auth: Auth = Auth()
    ca_file: str | None = None
    take: Take | None = None
    as_of: AsOf

    @model_validator(mode="after")
    def _fits(self) -> RestSource:
        if self.as_of.file or self.as_of.query is not None:
            raise ValueError("as_of of an interface is live, pointer or column")
        if self.empty_ok and self.success is None:
            raise ValueError("empty_ok needs success: nothing found must be said, not only left out")
        if self.echo is not None and self.ask is None:
            raise ValueError("echo repeats what was asked, so it needs ask")
        if self.paging is not None and self.paging.by == "link" and self.paging.next is None and self.total is None:
            raise ValueError("paging by the Link header needs total: a lost header would look like the last page")
        return self


def rest_problems(manifest: Manifest, _vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """What is wrong with a source of this form beside the rest of the manifest: key and sentence."""
    source = manifest.source
    if not isinstance(source, RestSource) or source.ask is None:
        return
    if manifest.role == "register":
        yield "source.ask", "登记库须整表读取 / the register must be read as a whole"
