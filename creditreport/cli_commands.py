"""All commands of the command line: the name, what a list says (its help text's first paragraph), the place."""

from __future__ import annotations

from creditreport.cli_lazy import Announced

COMMANDS: tuple[Announced, ...] = (
    Announced("accounts", "creditreport.accounts.commands:accounts", "登录账号 / sign-ins."),
    Announced(
        "api-clients",
        "creditreport.accounts.client_commands:api_clients",
        "程序（API 客户端）/ programs with a secret of their own.",
    ),
    Announced("audit", "creditreport.audit.commands:audit", "审计链 / the audit trail."),
    Announced(
        "backup",
        "creditreport.operations.commands:backup",
        "备份数据库和公钥材料，服务照常运行 / the store and the public half of the keys, while the service works.",
    ),
    Announced(
        "bidpack",
        "creditreport.bidpacks.commands:bidpack",
        "批量核验报告（PDF、ZIP、核验码表格）；全部可用时退出码为 0 / check a pack; exit 0 only if all are usable.",
    ),
    Announced(
        "bundle",
        "creditreport.reports.bundle_commands:bundle",
        "出具主体及其全部分支机构的报告 / reports of a business and all its branches in a ZIP; exit 1 if one has none.",
    ),
    Announced("db", "creditreport.migrations.commands:db", "数据库版本 / the store's version."),
    Announced("demo", "creditreport.demo.commands:demo", "演示数据与服务 / the demo's data and server."),
    Announced(
        "doctor",
        "creditreport.operations.commands:doctor",
        "检查数据库、队列、密钥、字库、时钟、来源、磁盘并告知怎么办 / is everything well, and if not, what to do?",
    ),
    Announced(
        "domains",
        "creditreport.catalog.commands:domains",
        "领域清单与数据来源 / the domains' manifests and their sources.",
    ),
    Announced(
        "edition",
        "creditreport.reports.commands:edition",
        "为已出具的报告制作另一文种 / a further edition of an issued report: same number, code and content.",
    ),
    Announced("entities", "creditreport.entities.commands:entities", "经营主体 / the business register."),
    Announced("issue", "creditreport.reports.commands:issue", "出具一份报告 / issue a report."),
    Announced(
        "issue-batch",
        "creditreport.reports.batch_commands:issue_batch",
        "按清单逐个出具报告 / issue a report for each line of a CSV: uscc, years, purpose (language, showing).",
    ),
    Announced("jobs", "creditreport.jobs.commands:jobs", "后台任务 / jobs: what waits, what failed, what is dead."),
    Announced("keys", "creditreport.signing.commands:keys", "签名密钥 / the keys that sign reports."),
    Announced("notices", "creditreport.notices.commands:notices", "通知 / notices to businesses."),
    Announced(
        "numbers",
        "creditreport.reports.commands:numbers",
        "每日编号台账 / each day's numbers: reserved, issued, abandoned; exit 1 when one is not accounted for.",
    ),
    Announced(
        "objections",
        "creditreport.objections.commands:objections",
        "异议与信用修复 / objections and requests for repair.",
    ),
    Announced(
        "precheck",
        "creditreport.precheck.commands:precheck_command",
        "预查 / what is known about a business, listed or not, and what would change it; exit 1 when not complete.",
    ),
    Announced("privacy", "creditreport.privacy.commands:privacy", "个人信息 / what is kept of persons."),
    Announced(
        "quarantine",
        "creditreport.quarantine.commands:quarantine",
        "不能确认的行，须由人核定 / rows that a person must settle.",
    ),
    Announced(
        "replay",
        "creditreport.replay.commands:replay_command",
        "重现报告 / make a report again from what was stored; exit 0: all that can be compared is identical, else 1.",
    ),
    Announced("reports", "creditreport.reports.commands:reports", "已出具的报告 / issued reports."),
    Announced(
        "requests", "creditreport.requests.commands:requests", "等候的申请 / requests that wait for their sources."
    ),
    Announced(
        "restore",
        "creditreport.operations.commands:restore",
        "把备份恢复到空数据库 / bring a backup back into an empty store; then run doctor and audit check.",
    ),
    Announced(
        "rules",
        "creditreport.rules.commands:rules",
        "规则集 / rule sets: which records a report lists, and what each rule rests on.",
    ),
    Announced(
        "screen",
        "creditreport.violations.commands:screen_command",
        '按规则逐条判定记录 / decide each record of a JSON request ("-" reads standard input).',
    ),
    Announced(
        "setup", "creditreport.setup:setup", "Settings, fonts, demo keys, database, translations; safe to repeat."
    ),
    Announced("staff", "creditreport.accounts.staff_commands:staff", "工作人员账号 / staff accounts."),
    Announced(
        "statistics",
        "creditreport.statistics.commands:statistics",
        "统计：出具、核验、未能出具、异议、部门时效 / figures of a period, by default the month up to today.",
    ),
    Announced("templates", "creditreport.lint:templates", "The pages' templates."),
    Announced(
        "verify",
        "creditreport.verification.commands:verify",
        "核验一个核验码或一份 PDF；有效时退出码为 0 / check a code or a PDF; exit 0 only when it is valid.",
    ),
    Announced(
        "work",
        "creditreport.jobs.commands:work",
        "做一轮后台工作（任务、等候的申请、通知、邮件、夜间同步）/ one round of all jobs that are due.",
    ),
    Announced(
        "workdays", "creditreport.rules.workdays:workdays", "工作日 / working days: where each year's come from."
    ),
)
