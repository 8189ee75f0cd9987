"""Errors of signing in and of acting for a business."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

ACCOUNT_ERRORS: dict[str, ErrorKind] = {
    "NO_BUSINESS": ErrorKind(
        403,
        REFUSED,
        "您的账号目前不能代表任何经营主体办理。请由法定代表人登录，或请其为您开通经办授权。",
        "Your account may not act for any business now. Let the legal representative sign in, or ask them to authorise you as a handler.",
    ),
    "NOT_AUTHORISED": ErrorKind(
        403,
        REFUSED,
        "您目前不能代表该经营主体办理：授权不存在、已到期或已撤销。请与其法定代表人联系。",
        "You may not act for this business now: there is no authorisation, or it has expired or was revoked. Ask its legal representative.",
    ),
    "PURPOSE_NOT_AUTHORISED": ErrorKind(
        403,
        REFUSED,
        "您的经办授权不包括这一用途。请选择授权范围内的用途，或请法定代表人另行授权。",
        "Your authorisation does not cover this purpose. Choose one that it covers, or ask the legal representative for another authorisation.",
    ),
    "ONLY_REPRESENTATIVE": ErrorKind(
        403,
        REFUSED,
        "只有法定代表人（负责人、经营者）可以授权或查看经办人。请由其登录办理。",
        "Only the legal representative can authorise handlers or see them. Let them sign in.",
    ),
    "INVALID_AUTHORISATION": ErrorKind(
        422,
        REFUSED,
        "授权没有生效：{detail_zh}。请改正后再提交。",
        "No authorisation was made: {detail_en}. Correct it and send it again.",
    ),
    "INVITATION_OVER": ErrorKind(
        410,
        REFUSED,
        "这个邀请链接无效：已被接受、已撤销或已过七天。请对方重新邀请。",
        "This invitation is over: it was accepted or revoked, or is older than seven days. Ask the business for another.",
    ),
    "TOO_MANY_ATTEMPTS": ErrorKind(
        429,
        REFUSED,
        "登录失败次数过多，请在 {minutes} 分钟后再试。",
        "Too many failed sign-ins; try again in {minutes} minutes.",
    ),
    "WRONG_CODE": ErrorKind(
        401,
        REFUSED,
        "动态口令不正确或已用过。请等验证器显示下一个口令后再输入。",
        "The one-time code is wrong or was used. Wait for the next one in your authenticator and type that.",
    ),
    "WEAK_PASSWORD": ErrorKind(
        422,
        REFUSED,
        "密码至少 {shortest} 个字符，且不得包含账号。请另选一个。",
        "The password needs at least {shortest} characters and must not contain the account's name. Choose another.",
    ),
    "SETUP_OVER": ErrorKind(
        410,
        REFUSED,
        "这个设置链接无效：已用过或已过三天。请由管理员重新生成。",
        "This set-up link is over: it was used, or is older than three days. Ask an administrator for another.",
    ),
    "ACCOUNT_EXISTS": ErrorKind(
        409,
        REFUSED,
        "账号“{username}”已存在。请换一个账号名，或修改已有账号的角色。",
        "There is already an account “{username}”. Choose another name, or change the roles of that one.",
    ),
    "INVALID_ROLE": ErrorKind(
        422,
        WRONG_USE,
        "角色“{value}”不正确。可选：{known}；department_officer 须写明领域，如 department_officer:taxation。",
        "“{value}” is not a role. Choose from {known}; department_officer needs its domain, like department_officer:taxation.",
    ),
    "IDENTITY_UNAVAILABLE": ErrorKind(
        503,
        REFUSED,
        "统一身份认证服务目前没有应答，没有登录。请稍后再试。",
        "The identity service does not answer now; you are not signed in. Try again later.",
    ),
    "IDENTITY_REFUSED": ErrorKind(
        401,
        REFUSED,
        "统一身份认证没有完成（{reason}），没有登录。请回到首页重新登录；若反复出现，请联系客服。",
        "The identity service did not confirm who you are ({reason}); you are not signed in. Start again from the first page; if it happens again, tell the help desk.",
    ),
    "IDENTITY_INCOMPLETE": ErrorKind(
        502,
        REFUSED,
        "统一身份认证没有给出“{claim}”，没有登录。请联系客服，由管理员核对身份认证的设置。",
        "The identity service did not tell “{claim}”; you are not signed in. Tell the help desk: an administrator must check how the service is set up.",
    ),
    "IDENTITY_UNKNOWN_ROLE": ErrorKind(
        502,
        REFUSED,
        "统一身份认证给出的身份“{value}”（{claim}）未在设置中对应，没有登录。请联系客服，由管理员核对身份认证的设置。",
        "The identity service calls you “{value}” ({claim}), which the settings do not know; you are not signed in. Tell the help desk: an administrator must check the settings.",
    ),
    "ACCOUNT_DISABLED": ErrorKind(
        403,
        REFUSED,
        "该账号已停用，不能登录。请联系客服。",
        "This account was disabled and cannot sign in. Ask the help desk.",
    ),
    "NOT_STAFF": ErrorKind(
        403,
        REFUSED,
        "工作人员账号“{subject}”尚未开通，不能登录。请由管理员先行开通。",
        "There is no staff account “{subject}”; an administrator must make it first.",
    ),
}
