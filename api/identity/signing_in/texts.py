"""The texts of signing in and of people, in English and Simplified Chinese."""

from __future__ import annotations

from api.language import Language

IDENTITY_TEXTS: dict[str, tuple[str, str]] = {
    "login_title": ("Sign in", "登录"),
    "login_name": ("Name to sign in with", "登录名"),
    "login_password": ("Password", "密码"),
    "login_enter": ("Sign in", "登录"),
    "login_shared": ("This is a shared terminal", "这是共用工作站"),
    "login_wrong": ("Name or password is not right.", "登录名或密码不正确。"),
    "login_slowed": (
        "Too many wrong guesses. Try again in {seconds} s.",
        "错误次数过多，请在 {seconds} 秒后重试。",
    ),
    "forgotten_title": ("Forgot your password?", "忘记密码？"),
    "forgotten_hint": (
        "Say as whom you sign in. A link that sets another password goes to the mail address that is kept for you.",
        "请输入登录名。用于重设密码的链接会发送到您登记的邮箱。",
    ),
    "forgotten_send": ("Send me a link", "发送链接"),
    "forgotten_asked": (
        "If somebody with a password and a mail address signs in so, a link is on its way, good once, for an hour.",
        "如果该登录名已设密码并登记了邮箱，链接即将送达，仅可使用一次，一小时内有效。",
    ),
    "forgotten_ask": (
        "Forgot your password? Your administrator makes you a link.",
        "忘记密码？请联系管理员获取链接。",
    ),
    "forgotten_subject": ("assetloop: set another password", "assetloop：重设密码"),
    "forgotten_mail": (
        """{name}, somebody asked for a link with which you set another password. It is good once, until {until}:

{link}

If it was not you, do nothing: your password stays.""",
        """{name}，有人请求重设您的密码。以下链接仅可使用一次，有效期至 {until}：

{link}

如非本人操作，请忽略此邮件，密码不会改变。""",
    ),
    "attempt_forgotten": ("asked for a link", "请求重设链接"),
    "confirm_hint": (
        "Show your password again: this is good for this one act.",
        "请再次输入密码，仅对本次操作有效。",
    ),
    "confirm_at_provider": (
        "What signs is confirmed each time: your identity provider asks you again, then sign here.",
        "签字每次都须确认：身份提供方将再次验证您的身份，然后在此签字。",
    ),
    "confirm_shown": (
        "Your identity provider has just confirmed who you are. Sign within two minutes.",
        "身份提供方刚刚确认了您的身份。请在两分钟内签字。",
    ),
    "confirm_one_click": (
        "Of the demo: no password is asked, and the record says so.",
        "演示人员：无需密码，记录中会注明。",
    ),
    "reach": ("Ways to reach you", "联系方式"),
    "reach_hint": (
        "To your mail address goes the link that resets your password.",
        "重设密码的链接会发送到您的邮箱。",
    ),
    "reach_mail": ("Mail address", "邮箱"),
    "reach_phone": ("Telephone", "电话"),
    "reach_time_zone": ("Time zone, as Asia/Shanghai", "时区，例如 Asia/Shanghai"),
    "reach_language": ("Language", "语言"),
    "reach_as_browser": ("As the browser asks", "随浏览器"),
    "reach_keep": ("Keep", "保存"),
    "reach_kept": ("Kept.", "已保存。"),
    "login_provider": ("Sign in with {name}", "通过 {name} 登录"),
    "login_provider_failed": ("The provider did not let you in: {why}", "身份提供方未允许登录：{why}"),
    "login_demo": ("The demo's people", "演示人员"),
    "login_demo_hint": (
        "One click, on this machine alone. Each sees what their role is for.",
        "一键登录，仅限本机。每人只看到其角色所需的内容。",
    ),
    "login_first": (
        "Nobody is entered yet? `assetloop person link` prints a link for the administrator.",
        "尚无人员？运行 assetloop person link 可获取管理员链接。",
    ),
    "database_away": (
        "The database is away. This page opens by itself once it is back.",
        "数据库暂时无法访问，恢复后页面会自动打开。",
    ),
    "page_missing": ("There is no such page.", "没有此页面。"),
    "page_missing_hint": (
        "It may have been renamed, or what it was about is at a site that you do not see.",
        "它可能已更名，或者其内容属于您无权查看的站点。",
    ),
    "page_refused": ("Your role does not open this page.", "您的角色无权访问此页面。"),
    "nav_back": ("To the overview", "返回总览"),
    "welcome_title": ("Set your password", "设置密码"),
    "welcome_hint": ("For {name}, who signs in as {sign_in}.", "{name}，登录名为 {sign_in}。"),
    "welcome_set": ("Set password and sign in", "设置密码并登录"),
    "welcome_over": (
        "This link was used or has expired. Ask your administrator for another.",
        "此链接已使用或已过期，请向管理员索取新链接。",
    ),
    "password_rule": ("At least {least} characters; a few words are best.", "至少 {least} 个字符，建议使用几个词。"),
    "password_bad": ("This password is too short or easily guessed.", "密码过短或过于简单。"),
    "role_operations": ("Operations", "运行"),
    "role_maintenance": ("Maintenance", "检修"),
    "role_engineering": ("Engineering", "工程"),
    "role_supervisor": ("Supervisor", "主管"),
    "role_administrator": ("Administrator", "管理员"),
    "role_device": ("Device", "终端"),
    "everywhere": ("every site", "所有站点"),
    "nav_people": ("People", "人员"),
    "account": ("Your account", "我的账户"),
    "signed_in_as": ("Signed in as {name}", "当前用户：{name}"),
    "forbidden": ("Your role does not allow this: {what}", "您的角色无权执行此操作：{what}"),
    "your_session_ended": ("Your session has ended.", "您的会话已结束。"),
    "approved_by_supervisor": ("A supervisor approves it first.", "需先由主管批准。"),
    "no_step_of_yours": ("Your role has nothing to do here now.", "您的角色目前在此无需操作。"),
    "by_typed": ("typed, not proved", "手工填写，未经验证"),
    "your_roles": ("Your roles", "您的角色"),
    "no_roles": ("You have no role yet; an administrator gives it.", "您尚无角色，请联系管理员。"),
    "change_password": ("Change password", "修改密码"),
    "password_now": ("Password now", "当前密码"),
    "password_new": ("New password", "新密码"),
    "password_changed": ("Changed. Sign in again with it.", "已修改，请使用新密码重新登录。"),
    "pin": ("PIN for shared terminals", "共用工作站 PIN 码"),
    "pin_hint": (
        "6 to 12 digits. It changes the person at a shared terminal.",
        "6 至 12 位数字，用于在共用工作站切换人员。",
    ),
    "pin_set": ("Set PIN", "设置 PIN"),
    "pin_is_set": ("The PIN is set.", "PIN 已设置。"),
    "pin_change": ("Change person", "切换人员"),
    "sign_out": ("Sign out", "退出"),
    "tokens": ("API tokens", "API 令牌"),
    "tokens_hint": (
        "A token acts in your name, never beyond your rights. It is shown once.",
        "令牌以您的名义操作，不超出您的权限，仅显示一次。",
    ),
    "token_name": ("What it is for", "用途"),
    "token_issue": ("Issue a token", "签发令牌"),
    "token_shown": ("Copy it now, it is not shown again:", "请立即复制，之后不再显示："),
    "token_revoke": ("Revoke", "吊销"),
    "token_revoked": ("revoked", "已吊销"),
    "token_expires": ("until {day}", "有效期至 {day}"),
    "token_used": ("last used", "最近使用"),
    "token_never": ("never used", "从未使用"),
    "no_tokens": ("No token is issued.", "尚未签发令牌。"),
    "people": ("People", "人员"),
    "people_hint": (
        "Who may do what, at which site. Who leaves is disabled; what they did keeps their name.",
        "谁可以在哪个站点做什么。离职人员停用而不删除，其操作记录保留姓名。",
    ),
    "person_add": ("Add a person", "添加人员"),
    "person_name": ("Name", "姓名"),
    "person_role": ("Role", "角色"),
    "person_everywhere": ("Every site", "所有站点"),
    "person_link": ("Make a link", "生成链接"),
    "person_link_shown": (
        "Valid once, for a day. Hand it over by a way you trust:",
        "链接仅可使用一次，一天内有效，请通过可信方式转交：",
    ),
    "person_disable": ("Disable", "停用"),
    "person_enable": ("Enable", "启用"),
    "person_disabled": ("disabled", "已停用"),
    "person_grant": ("Give a role", "授予角色"),
    "person_withdraw": ("Take a role back", "收回角色"),
    "demo_person": ("of the demo", "演示"),
    "teams": ("Teams", "班组"),
    "no_teams": ("No team is made yet: assetloop person team", "尚未建立班组：assetloop person team"),
    "answers_engineering": ("answers for engineering", "代表工程部门答复"),
    "on_call": ("on call", "值班"),
    "attempts": ("Attempts to sign in", "登录尝试"),
    "attempt_succeeded": ("signed in", "成功"),
    "attempt_wrong": ("wrong", "错误"),
    "attempt_disabled": ("disabled", "已停用"),
    "attempt_slowed": ("slowed down", "已限速"),
    "missing_field": ("Fill in what is missing", "请填写必填项"),
}


def identity_text(language: Language, key: str, /, **values: object) -> str:
    """Return a text with its values filled in.

    >>> identity_text(Language.ZH, "login_title")
    '登录'
    """
    english, chinese = IDENTITY_TEXTS[key]
    return (chinese if language is Language.ZH else english).format(**values)
