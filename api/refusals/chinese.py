"""Refusals in Simplified Chinese, by what they are in English; `{}` stands for a value."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "there is no work order {}": "没有工单 {}",
    "sign in, or show a token: Authorization: Bearer api_…": "请登录，或出示令牌：Authorization: Bearer api_…",
    "another site's page may not change anything here": "其他网站的页面不得在此更改任何内容",
    "nothing answers {} {}": "没有可应答 {} {} 的接口",
    "nothing answers {} {}; see /api/v1/openapi.json": "没有可应答 {} {} 的接口；请参阅 /api/v1/openapi.json",
    "{} is not for this path; it takes {}": "此路径不支持 {}；支持的方法：{}",
    "at most {} bytes are taken here": "此处最多接收 {} 字节",
    "the body did not come in time": "请求正文未及时到达",
    "the body is no JSON: {}": "请求正文不是 JSON：{}",
    "query.{}: no parameter of this; it takes {}": "参数 {} 不存在；可用参数：{}",
    "query.{}: no parameter of this; it takes none": "参数 {} 不存在；此接口没有参数",
    "this cursor is of another list or other filters; begin again without one": (
        "此游标属于其他列表或其他筛选条件；请不带游标重新开始"
    ),
    "an Idempotency-Key has 1 to 200 printable characters without spaces": (
        "Idempotency-Key 须为 1 至 200 个可打印字符，不含空格"
    ),
    "this Idempotency-Key was used for another request; take a new one for each": (
        "此 Idempotency-Key 已用于另一请求；每个请求请使用新的键"
    ),
    "a request under this Idempotency-Key is under way, or was cut off: look at what became of it": (
        "使用此 Idempotency-Key 的请求正在处理，或曾被中断：请查看其结果"
    ),
    "that was done under this Idempotency-Key; what it answered is told once": (
        "此 Idempotency-Key 对应的操作已完成；其结果只告知一次"
    ),
    "Last-Event-ID takes the id of an event as it came": "Last-Event-ID 须为收到的事件编号原文",
    "scores and readings are of one asset: name site and asset": "评分和读数按单台设备提供：请指定 site 和 asset",
    "there is no site {}": "没有站点 {}",
    "there is no asset {} at site {}": "站点 {1} 没有设备 {0}",
    "asset {} has no signal {}": "设备 {} 没有信号 {}",
    "{} may not {}": "{} 无权执行此操作：{}",
    "say in If-Match which revision you read: the ETag of the order, so that no edit is lost": (
        "请在 If-Match 中说明所依据的版本（工单的 ETag），以免丢失他人的更改"
    ),
    "there is no such thing here": "此处没有该对象",
    "something failed here; the log of this process says what": "服务内部出错；详情见本进程的日志",
}
