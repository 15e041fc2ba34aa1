"""How a claim's file says things, in English and in Chinese."""

from __future__ import annotations

from lifecycle.handover.reminding import GATE_NAMES
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, FAILURE_MODES, Names
from plant.orders.code_words import CODE_WORDS

_PHRASES: dict[str, tuple[str, str]] = {
    "title": ("Warranty claim for {order}", "质保索赔：{order}"),
    "draft": ("This claim was not made yet.", "该索赔尚未提出。"),
    "claim": ("Claim", "索赔"),
    "guarantor": ("Guarantor", "质保方"),
    "warranty": ("Warranty", "质保期"),
    "from_to": ("{starts} to {ends}", "{starts} 至 {ends}"),
    "terms": ("Terms", "条款"),
    "failed_at": ("Failed at", "失效时间"),
    "state": ("State", "状态"),
    "amount": ("Amount", "金额"),
    "claim_open": ("Open", "待答复"),
    "claim_accepted": ("Accepted", "已接受"),
    "claim_rejected": ("Rejected", "已拒绝"),
    "claim_settled": ("Settled", "已结清"),
    "machine": ("Machine", "设备"),
    "asset": ("Asset", "设备位号"),
    "asset_class": ("Class", "设备类型"),
    "serial": ("Serial number", "序列号"),
    "manufacturer": ("Manufacturer", "制造商"),
    "model": ("Model", "型号"),
    "installed": ("Installed", "安装时间"),
    "order": ("Work order", "工单"),
    "work": ("What is wrong", "问题"),
    "raised": ("Raised", "创建时间"),
    "severity": ("Severity", "严重程度"),
    "reporter_words": ("Words of who reported it", "报告人描述"),
    "closing": ("Closed with", "关闭代码"),
    "failure_mode": ("Failure mode", "失效模式"),
    "cause": ("Failure cause", "失效原因"),
    "action": ("Maintenance activity", "维修活动"),
    "outcome": ("Outcome", "结论"),
    "restored_at": ("Restored at", "恢复时间"),
    "note": ("Note", "备注"),
    "history": ("History", "过程记录"),
    "comments": ("Comments", "评论"),
    "spent": ("Labour, parts and cost", "人工、备件与费用"),
    "total": ("Total", "合计"),
    "hours": ("{hours} h", "{hours} 小时"),
    "unpriced_hours": ("{hours} h have no price and are not in it", "{hours} 小时无单价，未计入"),
    "unpriced_parts": ("{count} issues of parts have no price and are not in it", "{count} 次领料无单价，未计入"),
    "downtime": ("Downtime", "停机"),
    "still_stands": ("still stands", "仍在停机"),
    "alert": ("Alert", "报警"),
    "onset": ("Began", "开始时间"),
    "raised_at": ("Raised at", "报警时间"),
    "findings": ("Findings", "诊断次数"),
    "model_version": ("Model", "模型"),
    "score": ("Score (1 is worst)", "评分（1 为最差）"),
    "signals": ("Signals around the failure", "失效前后的信号"),
    "signals_hint": (
        "{since} to {until}; {count} readings as they were stored, in signals.csv",
        "{since} 至 {until}；共 {count} 条原始读数，见 signals.csv",
    ),
    "signals_cut": ("There were more; the file holds the first {count}.", "读数更多，文件仅含前 {count} 条。"),
    "no_signals": ("No reading of that time is stored.", "该时段没有存储的读数。"),
    "share": ("{share} % of what deviates", "占偏差的 {share} %"),
    "limits": ("Limits as they were handed over", "移交时的限值"),
    "no_limits": ("No signed manifest names a limit of it.", "已签署的清单中没有其限值。"),
    "handover": ("Handover", "移交"),
    "no_handover": ("No signed handover is known.", "没有已签署的移交记录。"),
    "certificate": ("Certificate of handover", "移交证书"),
    "project": ("Project", "项目"),
    "manifest_sha256": ("SHA-256 of the manifest", "清单的 SHA-256"),
    "manifest": ("What was handed over", "移交内容"),
    "gates": ("Gates", "关口"),
    "gate_passed": ("passed by {who}, {at}", "{who} 通过，{at}"),
    "gate_waived": ("waived by {who}, {at}: {note}", "{who} 豁免，{at}：{note}"),
    "signed_by": ("Signed by {who} for {side}, {at}", "{who} 代表{side}签署，{at}"),
    "voided": ("voided {at}: {because}", "{at} 失效：{because}"),
    "side_engineering": ("engineering", "工程部门"),
    "side_operations": ("operations", "运行部门"),
    "side_supervisor": ("the supervisor", "监督方"),
    "ledger": ("Ledger", "台账"),
    "ledger_hint": (
        "ledger.json proves each entry under a signed head; docs/ledger.md checks it without this program.",
        "ledger.json 证明各条目包含在签名头中；按 docs/ledger.md 即可独立核验，无需本程序。",
    ),
    "entry": ("Entry {seq}", "条目 {seq}"),
    "entry_unsigned": ("Entry {seq} is under no signed head yet", "条目 {seq} 尚未包含在签名头中"),
    "files": ("Files", "文件"),
    "files_hint": (
        "MANIFEST holds the SHA-256 of every file beside it: sha256sum -c MANIFEST",
        "MANIFEST 含其余各文件的 SHA-256：sha256sum -c MANIFEST",
    ),
    "not_enclosed": ("{name}: too large to be enclosed, SHA-256 {sha256}", "{name}：文件过大未附，SHA-256 {sha256}"),
    "times": ("Times are UTC.", "时间均为 UTC。"),
}


def claim_phrase(language: str, key: str, /, **values: object) -> str:
    """Say something in a language, `en` or `zh`.

    >>> claim_phrase("zh", "from_to", starts="2026-06-01", ends="2028-05-31")
    '2026-06-01 至 2028-05-31'
    """
    english, chinese = _PHRASES[key]
    return (chinese if language == "zh" else english).format(**values)


_CODES: dict[str, Names] = {
    **CODE_WORDS,
    **{f"mode_{code}": names for code, names in FAILURE_MODES.items()},
    **{f"cause_{code}": names for code, names in FAILURE_CAUSES.items()},
    **{f"action_{code}": names for code, names in ACTIVITIES.items()},
    **{f"gate_{gate.value}": names for gate, names in GATE_NAMES.items()},
}


def claim_word(language: str, kind: str, code: str) -> str:
    """Return the word for a code in a language, `en` or `zh`; one that we have no word for stands for itself.

    >>> claim_word("zh", "state", "APPR"), claim_word("en", "action", "replace"), claim_word("en", "event", "shelved")
    ('已批准', 'Replace', 'shelved')
    """
    english, chinese = _CODES.get(f"{kind}_{code}", (code, code))
    return chinese if language == "zh" else english
