"""A review as one HTML page that is read in a browser and printed; no script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape

from lifecycle.review.document import ReviewDocument, ReviewLine, ReviewSection
from lifecycle.review.wording import phrase
from plant.clock import in_zone
from plant.escaped import escaped
from plant.notices.notice import Bilingual

_STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: #18222e; background: #fff; line-height: 1.45;
  font: 15px system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; }
p { margin: .15rem 0; } .muted { color: #5a6777; } .draft { font-weight: 650; color: #b46a00; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
td { padding: .35rem .5rem .35rem .6rem; border-top: 1px solid #dfe4ea; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 45%; font-weight: 600; border-left: 3px solid transparent; }
tr.good td:first-child { border-left-color: #2b8a60; } tr.warning td:first-child { border-left-color: #b46a00; }
tr.alarm td:first-child { border-left-color: #c62f37; }
@media (max-width: 40rem) { td { display: block; } td:first-child { width: auto; }
  td + td { border-top: 0; padding-top: 0; } }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  td, tr td:first-child { -webkit-print-color-adjust: exact; print-color-adjust: exact; } @page { margin: 18mm 15mm; } }
"""


def html_page(review: ReviewDocument, language: str, zone: str = "UTC") -> str:
    """Write a review in one language, `en` or `zh`; its times are those of `zone`, the site's."""

    def say(said: Bilingual) -> str:
        return escape(escaped(said.in_language(language)))

    span = phrase("period", since=in_zone(review.since, zone), until=in_zone(review.until, zone))
    title = say(phrase("review", name=review.name))
    if review.number is None:
        held = f'<p class="draft">{say(phrase("review_draft"))}</p>'
    else:
        number, by = phrase("review_number", number=review.number), phrase("held_by", who=review.held_by)
        held = f"<p>{say(number)}, {say(by)}</p>"
    where = escape(escaped(f"{review.project} · {review.site}"))
    sections = "".join(_section(one, say(one.title), say(phrase("nothing")), language) for one in review.sections)
    return printed_page(title, f'<p class="muted">{where} · {say(span)}</p>{held}{sections}', language)


def printed_page(title: str, body: str, language: str) -> str:
    """Write a page under its title; both are HTML already."""
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>\n"
    )


def _section(section: ReviewSection, title: str, nothing: str, language: str) -> str:
    if not section.lines:
        return f'<h2>{title}</h2><p class="muted">{nothing}</p>'
    lines = "".join(_line(one, language) for one in section.lines)
    return f"<h2>{title}</h2><table>{lines}</table>"


def _line(line: ReviewLine, language: str) -> str:
    what, detail = (escape(escaped(one.in_language(language))) for one in (line.what, line.detail))
    return f'<tr class="{line.tone}"><td>{what}</td><td>{detail}</td></tr>'
