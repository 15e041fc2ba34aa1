"""What a page says of its connection, and of what was typed while it was away."""

from __future__ import annotations

CONNECTION_TEXTS: dict[str, tuple[str, str]] = {
    "connection_away": (
        "The console has not been reached since {at}. What you type and press is kept, and sent once it is back.",
        "自 {at} 起无法连接控制台。您输入的内容和所做的操作会被保留，恢复连接后自动发送。",
    ),
    "connection_back": ("The console is back.", "已恢复与控制台的连接。"),
    "connection_stale": (
        "The console was started anew, without this page. What you typed is kept; presses since {at} are not done.",
        "控制台已重新启动，此页面已失效。您输入的内容已保留；自 {at} 以来的操作未执行。",
    ),
    "connection_stale_do": ("Load the page", "重新加载页面"),
    "connection_signed_out": (
        "Your session has ended. What you typed is kept in this tab: sign in, and it is in its place.",
        "您的会话已结束。您输入的内容保留在此标签页中：重新登录后会恢复到原处。",
    ),
    "connection_signed_out_do": ("Sign in", "登录"),
    "connection_loaded_again": (
        "This page was loaded again at {at}: the console was started again, or the page was away too long.",
        "此页面已于 {at} 重新加载：控制台已重新启动，或页面离线时间过长。",
    ),
    "waiting_offline": (
        "While the console is away: what you keep here waits on this device, and goes once when it is back.",
        "控制台不可用期间：您在此保存的内容会留在本设备上，恢复连接后自动发送一次。",
    ),
    "waiting_waiting": ("Waits to be sent: {count}", "等待发送：{count}"),
    "waiting_refused": ("Not taken: {why}", "未被接受：{why}"),
    "waiting_again": ("Send again", "重新发送"),
    "waiting_forget": ("Throw it away", "丢弃"),
    "waiting_keep": ("Keep until it can be sent", "保存待发送"),
    "connection_draft_back": ("What you typed here before is back.", "您之前在此输入的内容已恢复。"),
    "connection_draft_forget": ("Throw it away", "丢弃"),
}
