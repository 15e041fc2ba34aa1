"""Remaining life is said in both languages, with its interval, or why it is unknown."""

from __future__ import annotations

import pytest

from api.console.components.remaining_life import in_words
from api.language import Language

DAY_S = 86_400.0
KNOWN = {"outlook": "known", "likely_s": 12 * DAY_S, "low_s": 8 * DAY_S, "high_s": 20 * DAY_S, "coverage": 0.8}


@pytest.mark.parametrize(
    ("left", "english", "chinese"),
    [
        (None, "Not told yet", "尚未估计"),
        (KNOWN, "About 12 d (8 d to 20 d, 80 % sure)", "约 12 天（8 天 至 20 天，置信度 80 %）"),
        ({**KNOWN, "high_s": None}, "About 12 d (8 d or more, 80 % sure)", "约 12 天（至少 8 天，置信度 80 %）"),
        ({"outlook": "reached", "likely_s": 0}, "The limit is reached", "已达到限值"),
        (
            {**KNOWN, "wear_limit": 2.5},
            "About 12 d (8 d to 20 d, 80 % sure); wear limit 2.5 alarm lines",
            "约 12 天（8 天 至 20 天，置信度 80 %）；磨损限值为 2.5 倍报警线",
        ),
        ({"outlook": "too_short", "likely_s": None, "wear_limit": 2.0}, "Unknown: too little data", "未知：数据不足"),
        ({"outlook": "too_short", "likely_s": None}, "Unknown: too little data", "未知：数据不足"),
        ({"outlook": "no_trend", "likely_s": None}, "Unknown: wear has no trend", "未知：磨损没有趋势"),
        ({"outlook": "far", "likely_s": None}, "Unknown: too far ahead", "未知：距离尚远"),
    ],
)
def test_it_is_said_in_both_languages(left: dict[str, object] | None, english: str, chinese: str) -> None:
    assert (in_words(Language.EN, left), in_words(Language.ZH, left)) == (english, chinese)
