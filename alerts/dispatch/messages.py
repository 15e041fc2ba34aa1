"""What a notice says: the JSON document for programs, and the text for people in their language."""

from __future__ import annotations

from typing import Any

from plant.clock import iso
from plant.notices.notice import PostedNotice
from plant.orders.code_words import CODE_WORDS


def notice_document(posted: PostedNotice, *, step: int) -> dict[str, Any]:
    """Write a revision of a notice as JSON. What is sent again is the same."""
    notice = posted.notice
    return {
        "type": f"notice.{_event(posted)}",
        "timestamp": iso(posted.changed_at),
        "data": {
            "notice_id": posted.notice_id,
            "revision": posted.revision,
            "step": step,
            "subject": notice.subject.value,
            "subject_id": notice.subject_id,
            "site": notice.site,
            "area": notice.area,
            "areas": [one for one in notice.each_area if one],
            "team": notice.team,
            "severity": notice.severity.value,
            "priority": notice.priority,
            "critical": notice.critical,
            "title": {"en": notice.title.en, "zh": notice.title.zh},
            "lines": [{"en": line.en, "zh": line.zh} for line in notice.lines],
            "link": notice.link,
            "evidence": dict(notice.evidence),
            "raised_at": iso(posted.raised_at),
            "changed_at": iso(posted.changed_at),
            "acknowledged_at": iso(posted.acknowledged_at) if posted.acknowledged_at else None,
            "acknowledged_by": posted.acknowledged_by,
            "ended_at": iso(posted.ended_at) if posted.ended_at else None,
        },
    }


def _event(posted: PostedNotice) -> str:
    if posted.ended_at is not None:
        return "ended"
    if posted.acknowledged_at is not None:
        return "acknowledged"
    return "raised" if posted.revision == 1 else "changed"


def title_of(document: dict[str, Any], language: str) -> str:
    """Say in one line how bad it is and what it is; in both languages where none is chosen.

    >>> title_of({"data": {"severity": "MAJOR", "title": {"en": "P-1 leaks", "zh": "P-1 泄漏"}}}, "zh")
    '【严重】P-1 泄漏'
    """
    data = document["data"]
    _, severity = CODE_WORDS[f"severity_{data['severity']}"]
    over_en, over_zh = (", over", "，已结束") if data.get("ended_at") else ("", "")
    in_english = f"[{data['severity']}{over_en}] {data['title']['en']}"
    in_chinese = f"【{severity}{over_zh}】{data['title']['zh']}"
    return {"en": in_english, "zh": in_chinese}.get(language, f"{in_english} / {in_chinese}")


def text_of(document: dict[str, Any], language: str) -> str:
    """Write what a person reads below the title."""
    data = document["data"]
    languages = (language,) if language else ("en", "zh")
    said = [line[one] for one in languages for line in data["lines"]]
    links = [link for link in (data["link"], (data.get("answer") or {}).get("link")) if link]
    return "\n".join([*said, *links]) or title_of(document, language)
