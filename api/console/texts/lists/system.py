"""The texts about what keeps the product running."""

from __future__ import annotations

SYSTEM_TEXTS: dict[str, tuple[str, str]] = {
    "nav_system": ("System", "系统"),
    "system": ("System", "系统"),
    "system_hint": (
        "Jobs, whom notices are for, who may speak to the broker, and how the plant's own topics are read.",
        "作业、通知方案、可接入消息代理的终端，以及现场自有主题的读取方式。",
    ),
    "jobs": ("Jobs", "作业"),
    "jobs_hint": (
        "What waits for a worker and what has failed. What succeeds leaves the list.",
        "等待执行与已失败的作业；成功的作业会从列表中移除。",
    ),
    "no_jobs": ("Nothing waits, and nothing has failed.", "没有等待或失败的作业。"),
    "job": ("Job", "作业"),
    "job_tries": ("Tries", "尝试次数"),
    "job_since": ("Since", "自"),
    "job_waiting": ("waiting", "等待"),
    "job_running": ("running", "执行中"),
    "job_failed": ("failed", "失败"),
    "job_cancelled": ("cancelled", "已取消"),
    "notice_rules": ("Whom notices are for", "通知方案"),
    "notice_rules_hint": (
        "As the file says that ASSETLOOP_NOTIFY names; without one every notice goes out on MQTT.",
        "以 ASSETLOOP_NOTIFY 指定的文件为准；未指定时所有通知经 MQTT 发出。",
    ),
    "what_became_of_it": ("What went out, and what did not", "已发出与未送达的通知"),
    "way_each": ("to each person's own address", "发往各人自己的地址"),
    "way_one": ("to one receiver", "发往单一接收方"),
    "try_way": ("Try it", "试发"),
    "way_is_tried": (
        "A trial is on its way; the page Notices says what became of it.",
        "测试消息已发出；结果见“通知”页面。",
    ),
    "plan_for_all": ("for every notice", "适用于所有通知"),
    "plan_after": ("after {minutes} min: {way}", "{minutes} 分钟后：{way}"),
    "device_logins": ("Logins at the broker", "消息代理账号"),
    "device_logins_hint": (
        "Each device and gateway has its own login, which opens its own topics alone.",
        "每个终端和网关各有账号，只能访问自己的主题。",
    ),
    "login": ("Login, which is also the client id", "账号（同时为客户端标识）"),
    "login_asset": ("Asset it speaks for, as demo/P-101", "所代表的设备，例如 demo/P-101"),
    "login_add": ("Add a login", "添加账号"),
    "login_shown": (
        "This password is shown once. What is kept of it cannot be turned back.",
        "此密码只显示一次，保存的内容无法还原。",
    ),
    "login_revoke": ("Revoke", "撤销"),
    "login_revoke_hint": ("It may do nothing any more, at once.", "立即失效，不能再进行任何操作。"),
    "device_tokens": ("Tokens with which devices send over HTTP", "终端 HTTP 令牌"),
    "device_tokens_hint": (
        "Each opens one asset, or a whole site for a gateway.",
        "每个令牌对应一台设备；网关的令牌对应整个站点。",
    ),
    "device_token_issue": ("Issue a token", "签发令牌"),
    "device_token_name": ("Who holds it, for people", "持有者名称"),
    "device_token_opens": (
        "What it opens, as demo/P-101, or demo for all of the site",
        "适用范围，如 demo/P-101，或 demo 表示整个站点",
    ),
    "device_token_used": ("Used last", "最近使用"),
    "by_password": ("by password", "密码"),
    "by_certificate": ("by certificate", "证书"),
    "mapping": ("Mapping", "映射"),
    "mapping_hint": (
        "How the plant's own topics are read. Try a payload: nothing of it is stored.",
        "现场自有主题的读取方式。可试读一条载荷，不会存储任何内容。",
    ),
    "no_mapping": ("There is none: ASSETLOOP_MAPPING names no file.", "没有映射：ASSETLOOP_MAPPING 未指定文件。"),
    "payload": ("Payload", "载荷"),
    "try_payload": ("Try it", "试读"),
    "read_by": ("Read as {name}", "按 {name} 格式读取"),
    "read_by_none": ("No format reads this topic.", "没有格式读取此主题。"),
}
