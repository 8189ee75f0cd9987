"""The sentences of the interface's description, ``中文 | English`` each."""

from __future__ import annotations

TITLE = "核验接口 | Verification interface"
ABOUT = (
    "供招标平台、银行等的程序核验经营主体专用信用报告：按核验码，或按 PDF 原件；一次一项或多项。不登记也可核验；"
    "登记的程序（密钥、权限）一次可核验更多，可用 Idempotency-Key，可取得签名的结果。"
    "时间均带时区；错误均为 problem+json，detail 随 Accept-Language 为中文或英文。 | "
    "For programs of tender platforms and banks: verifies special-purpose credit reports by their code, or by the PDF "
    "itself, one or many at a time. Nobody needs to register for that; registered programs (with a secret and scopes) "
    "may send more at once, use an Idempotency-Key, and have the answer signed. Moments carry their zone; every error "
    "is a problem+json whose detail is Chinese or English by Accept-Language."
)
TAGS = {
    "verification": "核验报告 | Verifying reports",
    "program": "登记的程序 | Registered programs",
    "signature": "签名的结果 | Signed answers",
}
BEARER = (
    "程序的密钥（crk_…），由本机关登记时给出，只显示一次。verify：每次至多 20 项；verify:batch：每次至多 200 项，"
    "正文至多 64 MB。 | The program's secret (crk_…), given once when the authority registers it. "
    "verify: up to 20 at once; verify:batch: up to 200 at once, in a body of up to 64 MB."
)
CODE = (
    "20 位核验码；大小写、空格、连字符不论，也可写整个网址。"
    " | The code of 20 characters; case, spaces and hyphens do not matter, and a whole address will do."
)
SIGNED = (
    "为 true 时答复是 JWS（也可用 Accept: application/jose）；须出示密钥。"
    " | True for an answer that is a JWS (Accept: application/jose says the same); needs a secret."
)
IDEMPOTENCY_KEY = (
    "同一程序在 24 小时内用同一个键发送同样的内容，得到一字不差的同一答复；只保留成功的答复。须出示密钥。"
    " | The same program gets the same answer word for word when it sends the same content with the same key within "
    "24 hours; only answers 200 are kept. Needs a secret."
)
BODY = (
    "核验码的列表，或名为 files 的文件部分。不出示密钥时一次至多 20 项，正文至多 10 MB。文件只用来核验，不保存。"
    " | A list of codes, or the files as parts named files. Without a secret up to 20 at once, in a body of up to "
    "10 MB. Files are checked and not kept."
)
BARE = "也可只发列表 | The bare list means the same"
OPERATIONS = {
    "verifyCode": (
        "核验一个核验码 | Verify one code",
        "格式正确的核验码都答复 200，是否有效看 status；输错（校验位不符）的是 404。签名的答复与多项核验的形式相同。"
        " | A well-formed code is answered with 200 whatever it is worth, which status tells; one that cannot be a "
        "code with 404. A signed answer has the form of an answer for many.",
    ),
    "verifyMany": (
        "核验多个核验码或文件 | Verify many codes or files",
        "逐项给出结果，顺序与发来的相同；一项不通过不影响其他项。查不到的核验码每个都计数，过多则须等待（429，Retry-After）。"
        " | One verdict for each, in the order in which they were sent; none disturbs another. Each code that is not "
        "there is counted; who asks for too many has to wait (429, Retry-After).",
    ),
    "showClient": (
        "查看密钥 | What the secret is worth",
        "所属程序、权限、每分钟请求数和到期日。 | Its program, scopes, requests a minute and last day.",
    ),
    "listKeys": (
        "签名公钥 | The keys of signed answers",
        "按 JWS 头的 kid 选取；已吊销的密钥不在其中。请同时核对证书链通向本机关的根证书。"
        " | Choose by the kid of the JWS header; keys that were withdrawn are not among them. Check too that the chain "
        "ends in the authority's root.",
    ),
}
GOOD_ONE = "核验结果 | The verdict"
GOOD_MANY = "逐项的核验结果 | The verdicts"
GOOD_CLIENT = "密钥所属的程序 | The program"
GOOD_KEYS = "JWK 集 | The JWK set"
REPLAYED = "答复是先前保留的 | The answer was kept from before"
RETRY_AFTER = "几秒后再试 | Seconds to wait"
JWS = (
    "JWS 紧凑格式（RFC 7515），ES256 或 RS256；内容的形式是 SignedResults，x5c 带有证书链，可长期存档。"
    " | A compact JWS (RFC 7515), ES256 or RS256; what it says has the form SignedResults, with the chain in x5c, so "
    "that it can be filed for years."
)
STATUSES = {
    400: "请求无法读取 | The request cannot be read",
    401: "须出示密钥，或密钥无效 | A secret is needed, or it does not count",
    403: "密钥没有此权限 | The secret lacks the scope",
    404: "核验码输入有误 | The code was mistyped",
    409: "同一请求正在办理 | The same request is being worked on",
    413: "正文过大 | The body is too large",
    415: "正文的类型不对 | The body is of another type",
    422: "请求的内容不对 | What is asked is not right",
    429: "须等待 | To wait",
    500: "系统出错 | Something went wrong here",
    503: "暂不可用 | Not available now",
}
