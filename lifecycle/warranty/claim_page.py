"""A claim as a page to print, with the certificate of the machine's handover as another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import Protocol

from lifecycle.review.page import printed_page
from lifecycle.warranty.claim_evidence import ClaimEvidence, HandoverProof
from lifecycle.warranty.claim_wording import claim_phrase, claim_word
from plant.escaped import escaped
from plant.orders.spending import money
from plant.work_order import Booking

Row = tuple[str, str]
Word = Callable[[str, str], str]


class Say(Protocol):
    """Says a phrase in the page's language."""

    def __call__(self, key: str, /, **values: object) -> str:
        """Return it with its values filled in."""


def claim_page(evidence: ClaimEvidence, language: str, names: Iterable[str]) -> str:
    """Write the page in a language, `en` or `zh`; `names` are the files beside it."""
    say: Say = partial(claim_phrase, language)
    word: Word = partial(claim_word, language)
    sections = (
        ("claim", _claim(evidence, say)),
        ("machine", _machine(evidence, say)),
        ("order", _order(evidence, say, word)),
        ("closing", _closing(evidence, say, word)),
        ("alert", _alert(evidence, say, word)),
        ("limits", _limits(evidence, say)),
        ("spent", _spent(evidence, say)),
        ("downtime", _downtime(evidence, say)),
        ("history", _history(evidence, word)),
        ("comments", ((f"{_at(one.at)} {one.by}", one.said) for one in evidence.comments)),
    )
    body = "".join(_section(say(key), rows) for key, rows in sections)
    hint = f'<p class="muted">{_html(say("times"))}</p>'
    draft = "" if evidence.claim else f'<p class="draft">{_html(say("draft"))}</p>'
    whole = (
        f"{hint}{draft}{body}{_signals(evidence, say)}{_handover(evidence.handover, say, word)}{_ledger(evidence, say)}"
        f"{_files(say, names)}"
    )
    return printed_page(_html(say("title", order=evidence.order.number)), whole, language)


def certificate_page(handover: HandoverProof, language: str) -> str:
    """Write the certificate of a handover, with all that was handed over by its name."""
    say: Say = partial(claim_phrase, language)
    word: Word = partial(claim_word, language)
    body = _handover(handover, say, word) + _section(say("gates"), _gates(handover, say, word))
    body += _section(say("manifest"), sorted(handover.manifest.items()))
    return printed_page(_html(say("certificate")), body, language)


def _claim(evidence: ClaimEvidence, say: Say) -> Iterator[Row]:
    warranty, claim = evidence.warranty, evidence.claim
    yield say("guarantor"), warranty.guarantor or "–"
    yield say("warranty"), say("from_to", starts=warranty.starts, ends=warranty.ends)
    if warranty.terms:
        yield say("terms"), warranty.terms
    yield say("failed_at"), _at(evidence.failed_at)
    if claim is not None:
        yield say("state"), say(f"claim_{claim.state.value}")
        yield say("amount"), money(claim.amount, claim.currency) or "–"
    for one in evidence.steps:
        said = " · ".join(filter(None, (say(f"claim_{one.state.value}"), money(one.amount), one.note)))
        yield f"{_at(one.at)} {one.by}", said


def _machine(evidence: ClaimEvidence, say: Say) -> Iterator[Row]:
    order, machine = evidence.order, evidence.machine
    yield say("asset"), f"{order.site} / {order.asset}"
    yield say("asset_class"), order.asset_class
    if machine is not None:
        for key, value in (
            ("serial", machine.serial),
            ("manufacturer", machine.manufacturer),
            ("model", machine.model),
        ):
            yield say(key), value or "–"
        yield say("installed"), _at(machine.installed_from)


def _order(evidence: ClaimEvidence, say: Say, word: Word) -> Iterator[Row]:
    order = evidence.order
    yield say("order"), order.number
    yield say("work"), order.title
    yield say("failure_mode"), f"{word('mode', order.failure_mode)} ({order.failure_mode})"
    yield say("severity"), word("severity", order.severity.value)
    yield say("state"), word("state", order.state.value)
    yield say("raised"), _at(order.created_at)
    if order.words:
        yield say("reporter_words"), order.words


def _closing(evidence: ClaimEvidence, say: Say, word: Word) -> Iterator[Row]:
    closing = evidence.closing
    if closing is None:
        return
    yield say("outcome"), word("outcome", closing.outcome.value)
    for key, kind, code in (
        ("failure_mode", "mode", closing.failure_mode),
        ("cause", "cause", closing.cause),
        ("action", "action", closing.action.value),
    ):
        yield say(key), f"{word(kind, code)} ({code})"
    if closing.failed_at is not None:
        yield say("failed_at"), _at(closing.failed_at)
    yield say("restored_at"), _at(closing.restored_at)
    if closing.note:
        yield say("note"), closing.note


def _alert(evidence: ClaimEvidence, say: Say, word: Word) -> Iterator[Row]:
    alert = evidence.alert
    if alert is not None:
        yield say("work"), word("kind", alert.kind)
        yield say("onset"), _at(alert.onset)
        yield say("raised_at"), _at(alert.raised_at)
        yield say("findings"), str(alert.count)
    said = evidence.order.evidence
    for key in ("score", "model_version"):
        if said.get(key) is not None:
            yield say(key), f"{said[key]:.3g}" if isinstance(said[key], float) else str(said[key])
    for one in said.get("signals") or ():
        yield str(one.get("signal")), say("share", share=round(100 * float(one.get("share") or 0)))


def _limits(evidence: ClaimEvidence, say: Say) -> Iterator[Row]:
    yield from sorted(evidence.limits.items())
    if not evidence.limits:
        yield "–", say("no_limits")


def _spent(evidence: ClaimEvidence, say: Say) -> Iterator[Row]:
    for one in evidence.spent.costs:
        yield say("total"), money(one.total, one.currency)
    if evidence.spent.hours:
        yield say("total"), say("hours", hours=f"{evidence.spent.hours.normalize():f}")
    if evidence.spent.unpriced_hours:
        yield "", say("unpriced_hours", hours=f"{evidence.spent.unpriced_hours.normalize():f}")
    if evidence.spent.unpriced_parts:
        yield "", say("unpriced_parts", count=evidence.spent.unpriced_parts)
    for booking in evidence.bookings:
        if booking.counts:
            yield f"{_at(booking.booked_at)} {booking.person or booking.booked_by}", _booked(booking, say)


def _booked(one: Booking, say: Say) -> str:
    hours = say("hours", hours=f"{one.hours.normalize():f}") if one.hours is not None else ""
    part = f"{one.quantity.normalize():f} × {one.part}" if one.quantity is not None else ""
    return " · ".join(filter(None, (one.trade or "", hours, part, money(one.cost, one.currency or ""), one.note)))


def _downtime(evidence: ClaimEvidence, say: Say) -> Iterator[Row]:
    for one in evidence.downtimes:
        until = _at(one.down_to) if one.down_to else say("still_stands")
        yield f"{_at(one.down_from)} – {until}", one.reason


def _history(evidence: ClaimEvidence, word: Word) -> Iterator[Row]:
    for one in evidence.events:
        note = str(one.document.get("note") or "")
        yield f"{_at(one.at)} {one.actor}", " · ".join(filter(None, (word("event", one.event), note)))


def _signals(evidence: ClaimEvidence, say: Say) -> str:
    title = f"<h2>{_html(say('signals'))}</h2>"
    if not evidence.readings:
        return f'{title}<p class="muted">{_html(say("no_signals"))}</p>'
    count = f"{len(evidence.readings):,}"
    hint = say("signals_hint", since=_at(evidence.since), until=_at(evidence.until), count=count)
    cut = f"<p>{_html(say('signals_cut', count=count))}</p>" if evidence.is_cut else ""
    picture = f'<img src="signals.png" alt="{_html(say("signals"))}" style="max-width: 100%">'
    return f'{title}<p class="muted">{_html(hint)}</p>{cut}{picture}'


def _handover(handover: HandoverProof | None, say: Say, word: Word) -> str:
    if handover is None:
        return _section(say("handover"), [("–", say("no_handover"))])
    head = [(say("project"), f"{handover.project} {handover.name}"), (say("manifest_sha256"), handover.manifest_sha256)]
    return _section(say("handover"), [*head, *_signatures(handover, say, word)])


def _signatures(handover: HandoverProof, say: Say, word: Word) -> Iterator[Row]:
    for one in handover.signatures:
        said = say("signed_by", who=one.signed_by, side=say(f"side_{one.side}"), at=_at(one.signed_at))
        if one.voided_at is not None:
            said = f"{said}; {say('voided', at=_at(one.voided_at), because=one.voided_because or '')}"
        yield word("gate", one.gate), said


def _gates(handover: HandoverProof, say: Say, word: Word) -> Iterator[Row]:
    for one in handover.gates:
        key = "gate_waived" if one.outcome == "waived" else "gate_passed"
        yield word("gate", one.gate), say(key, who=one.actor, at=_at(one.at), note=one.note)


def _ledger(evidence: ClaimEvidence, say: Say) -> str:
    rows = [(say("entry", seq=one["index"] + 1), str(one["entry"])) for one in evidence.ledger.proofs]
    rows += [("–", say("entry_unsigned", seq=one)) for one in evidence.ledger.unsigned]
    return f'{_section(say("ledger"), rows)}<p class="muted">{_html(say("ledger_hint"))}</p>'


def _files(say: Say, names: Iterable[str]) -> str:
    lines = "".join(f"<p>{_html(one)}</p>" for one in names)
    return f'<h2>{_html(say("files"))}</h2>{lines}<p class="muted">{_html(say("files_hint"))}</p>'


def _section(title: str, rows: Iterable[Row]) -> str:
    lines = "".join(f"<tr><td>{_html(name)}</td><td>{_html(value)}</td></tr>" for name, value in rows)
    return f"<h2>{_html(title)}</h2><table>{lines}</table>" if lines else ""


def _html(text: str) -> str:
    return escape(escaped(text, keeps_lines=True)).replace("\n", "<br>")


def _at(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"
