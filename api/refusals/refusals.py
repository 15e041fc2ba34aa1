"""Refusals are raised in English where they are found out, and said in Chinese where a caller reads Chinese."""

from __future__ import annotations

from api.language import Language
from api.refusals.chinese import CHINESE
from api.refusals.phrases import Phrases
from plant.errors import AssetloopError, Rejected

_TITLES = {
    400: ("The request is wrong", "请求有误"),
    401: ("Sign in first", "请先登录"),
    403: ("Not allowed", "无权操作"),
    404: ("Not found", "未找到"),
    405: ("No such method here", "不支持此方法"),
    408: ("Too slow", "请求超时"),
    409: ("The present state forbids it", "当前状态不允许此操作"),
    412: ("Changed meanwhile", "内容已被他人更改"),
    413: ("Too large", "内容过大"),
    415: ("Unknown form of content", "不支持的内容格式"),
    422: ("The request breaks a rule of its document", "请求不符合接口规则"),
    428: ("Say which revision you read", "请说明所依据的版本"),
    429: ("Too many requests", "请求过于频繁"),
    503: ("Ask again later", "请稍后再试"),
}
_OTHERWISE = ("Something failed here", "服务出错")
_PHRASES = Phrases(CHINESE)


def title_of(language: Language, status: int) -> str:
    """Return the title of a kind of failure.

    >>> title_of(Language.ZH, 404), title_of(Language.EN, 599)
    ('未找到', 'Something failed here')
    """
    english, chinese = _TITLES.get(status, _OTHERWISE)
    return chinese if language is Language.ZH else english


def refusal(language: Language, detail: str) -> str:
    """Say a refusal in a language; what has no words in it stays English.

    >>> refusal(Language.ZH, "there is no work order WO-000009")
    '没有工单 WO-000009'
    >>> refusal(Language.EN, "there is no work order WO-000009")
    'there is no work order WO-000009'
    """
    return _PHRASES.said(detail) if language is Language.ZH else detail


def told(language: Language, error: AssetloopError) -> str:
    """Say an error to a person: without the word that programs count by.

    >>> told(Language.ZH, Rejected("nothing_asked", "say what is looked for"))
    '请说明要搜索什么'
    """
    return refusal(language, error.detail if isinstance(error, Rejected) else str(error))
