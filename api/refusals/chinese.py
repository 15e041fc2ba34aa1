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
    "there is no such thing here": "此处没有该对象",
    "something failed here; the log of this process says what": "服务内部出错；详情见本进程的日志",
}
