"""The shapes of what is sent and answered, as JSON Schema is made from them; tests hold the answers to them.

A description reads ``中文 | English``; whoever writes the schema down picks one (document.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from creditreport.accounts.models import Scope
from creditreport.api.batch import MOST
from creditreport.api.forms import LONGEST
from creditreport.reports.content import ListedRecord, Purpose
from creditreport.reports.ending.models import Ground
from creditreport.reports.models import Showing
from creditreport.verification.status import Mark, VerdictStatus

Code = Annotated[
    str, Field(min_length=1, max_length=LONGEST, description="核验码，或带核验码的网址 | A code, or an address with it")
]


class Window(BaseModel):
    """报告的查询期间 | The period that the report looked at."""

    start: date
    end: date


class Detail(BaseModel):
    """给人看的一句话 | A sentence for people."""

    zh: str
    en: str


class Step(BaseModel):
    """文件核验的一步 | One step of a file's check."""

    step: int = Field(ge=1, le=5)
    name: Literal["signature_intact", "covers_whole_file", "chain_trusted", "digest_matches_issued", "status_today"]
    ok: bool | None = Field(description="null 为没有可查的内容 | null when there was nothing to look at")


class Domain(BaseModel):
    """45 个领域之一 | One of the 45 fields."""

    number: int
    slug: str
    title: str
    title_en: str
    responsible_unit: str
    status: Literal["complete", "not_implemented"]
    listed: int | None = Field(description="所列条数；尚未实施为 null | Records listed; null before its date")
    data_as_of: datetime | None = Field(description="数据截至 | As of when its data are")


class Record(ListedRecord):
    """报告所列的一条记录；没有的栏目不出现 | One listed record; what it has not is left out."""

    domain: str = Field(description="所属领域的 slug | The slug of its field")


class Verdict(BaseModel):
    """核验结果 | What a code or a file is worth today."""

    status: VerdictStatus = Field(
        description="VALID 有效，EXPIRED 已过期，SUPERSEDED 已被替换，REVOKED 已撤销，UNKNOWN 查无此码，"
        "MISTYPED 输入有误，TAMPERED 已被改动，NOT_ISSUED_HERE 非本站出具"
        " | Only VALID is a yes; TAMPERED and NOT_ISSUED_HERE are said of files only"
    )
    number: str | None = Field(description="报告编号 | The report's number")
    entity_name: str | None = Field(description="主体名称 | The business")
    uscc: str | None = Field(description="统一社会信用代码 | Its unified social credit code")
    issued_at: datetime | None = Field(description="出具时间 | When it was issued")
    valid_until: date | None = Field(
        description="有效期的最后一天（北京时间） | The last day on which it is valid, in China"
    )
    window: Window | None
    status_since: datetime | None = Field(description="不再有效的起始时间 | Since when it is no longer valid")
    revoked_by: Ground | None = Field(
        description="由谁撤销：出证机关或主体自己 | Who revoked it: the authority, or the business itself"
    )
    listed: int | None = Field(
        description="所列记录条数；报告不是 VALID，或所列内容后来有变，为 null"
        " | Records listed; null unless VALID and nothing listed has changed since"
    )
    years: int | None = Field(description="查询年限 | How many years it looks back")
    purpose: Purpose | None = Field(description="用途 | What it is for")
    showing: Showing | None = Field(description="主体允许核验方看到什么 | What the business lets verifiers see")
    domains: list[Domain] | None
    records: list[Record] | None = Field(description="主体不公开时为 null | Null when the business does not show them")
    marks: list[Mark] = Field(description="须注意的情况 | What to know beside the status")
    sha256_matches: bool | None = Field(description="只对文件 | For files only: is it the issued one, byte for byte")
    detail: Detail | None
    steps: list[Step] = Field(default_factory=list, description="只对文件 | For files only")
    copy_of: Verdict | None = Field(
        default=None,
        description="文件没有签名、只是复制件时，上面核验码的核验结果"
        " | For a file without a signature that is a copy: what the code on it is worth",
    )


class Result(Verdict):
    """多项核验中的一项 | One of many."""

    asked: str = Field(description="发来的核验码或文件名 | The code or file name as it was sent")


class Results(BaseModel):
    """逐项的核验结果，顺序与发来的相同 | The verdicts, in the order in which they were asked for."""

    checked_at: datetime
    counts: dict[str, int] = Field(description="每种 status 的项数 | How many there are of each status")
    results: list[Result]


class SignedResults(Results):
    """签名答复的内容 | What a signed answer says."""

    iss: str = Field(description="本站网址 | The address of this service")
    iat: int = Field(description="签名时间（Unix 秒） | When it was signed, in Unix seconds")
    x5c: list[str] = Field(
        description="签名证书及其上级证书（DER，base64）| The signing certificate and those above it (DER, base64)"
    )


class Codes(BaseModel):
    """要核验的核验码 | The codes to verify."""

    model_config = ConfigDict(extra="forbid")
    codes: list[Code] = Field(min_length=1, max_length=MOST)


class Client(BaseModel):
    """密钥所属的程序 | The program that the secret belongs to."""

    name: str
    key_id: str
    scopes: list[Scope]
    per_minute: int
    expires_on: date


class Key(BaseModel):
    """签名公钥（RFC 7517） | A public key (RFC 7517)."""

    model_config = ConfigDict(extra="allow")
    kty: Literal["EC", "RSA"]
    kid: str = Field(description="证书的 SHA-256 | SHA-256 of its certificate")
    alg: Literal["ES256", "RS256"]
    use: Literal["sig"]
    x5c: list[str]


class Keys(BaseModel):
    """签名答复的公钥 | The keys of signed answers."""

    keys: list[Key]


class Problem(BaseModel):
    """错误（RFC 9457） | A problem (RFC 9457)."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str = Field(description="给人看的一句话，随 Accept-Language | A sentence for people, by Accept-Language")
    code: str = Field(description="给程序看的错误代码 | The error's code, for programs")
    request_id: str | None = Field(
        default=None, description="本次请求的编号，询问时请提供 | The request's name, to ask by"
    )
    retry_after: int | None = Field(default=None, description="几秒后再试 | Seconds to wait")


SHAPES: tuple[type[BaseModel], ...] = (Verdict, Results, SignedResults, Codes, Client, Keys, Problem)
