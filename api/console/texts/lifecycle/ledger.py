"""The texts of the page *Ledger*, in English and Simplified Chinese."""

from __future__ import annotations

from api.language import Plural

LEDGER_TEXTS: dict[str, tuple[str, str]] = {
    "nav_ledger": ("Ledger", "台账"),
    "ledger": ("Ledger", "台账"),
    "ledger_hint": (
        "What was done, each entry chained to the one before; nobody changes it unseen.",
        "所做的一切都逐条相链，任何改动都会被发现。",
    ),
    "ledger_entries": (Plural("{count} entry", "{count} entries"), "{count} 条"),
    "ledger_signed": ("signed up to {size}", "已签名至第 {size} 条"),
    "ledger_unsigned": ("not signed yet", "尚未签名"),
    "ledger_cosigned": ("cosigned by a witness up to {size}", "见证方已联署至第 {size} 条"),
    "ledger_no_witness": ("no witness yet", "尚无见证方"),
    "ledger_verify": ("Verify", "校验"),
    "ledger_verified": (Plural("{count} entry verifies", "{count} entries verify"), "{count} 条全部通过校验"),
    "ledger_broken": ("Entry {first} was changed, moved or removed", "第 {first} 条被修改、移动或删除"),
    "ledger_newest": ("Newest entries", "最新条目"),
    "ledger_empty": ("The ledger has no entry yet.", "台账中尚无条目。"),
    "ledger_head": ("Signed head", "签名头"),
    "ledger_older": ("Older entries", "更早的条目"),
}
