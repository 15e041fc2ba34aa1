"""The code lists with which a work order is closed, by the names of ISO 14224:2016.

Failure modes are those three-letter codes of tables B.6 to B.14 that fit rotating, electrical and mechanical
equipment and valves; failure causes are table B.3, maintenance activities table B.5. The Chinese names are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from plant.errors import Rejected

Names = tuple[str, str]
"""English and Chinese."""

FAILURE_MODES: Mapping[str, Names] = {
    "AIR": ("Abnormal instrument reading", "仪表读数异常"),
    "BRD": ("Breakdown", "损坏停机"),
    "DOP": ("Delayed operation", "动作迟缓"),
    "ELP": ("External leakage, process medium", "工艺介质外漏"),
    "ELU": ("External leakage, utility medium", "公用介质外漏"),
    "ERO": ("Erratic output", "输出不稳"),
    "FTC": ("Failure to close on demand", "拒关"),
    "FTF": ("Failure to function on demand", "拒动"),
    "FTO": ("Failure to open on demand", "拒开"),
    "FTR": ("Failure to regulate", "调节失效"),
    "FTS": ("Failure to start on demand", "启动失败"),
    "HIO": ("High output", "输出过高"),
    "IHT": ("Insufficient heat transfer", "换热不足"),
    "INL": ("Internal leakage", "内漏"),
    "LOO": ("Low output", "输出过低"),
    "NOI": ("Noise", "噪声"),
    "OHE": ("Overheating", "过热"),
    "PDE": ("Parameter deviation", "参数偏离"),
    "PLU": ("Plugged or choked", "堵塞"),
    "SER": ("Minor in-service problems", "轻微运行问题"),
    "SPO": ("Spurious operation", "误动作"),
    "STD": ("Structural deficiency", "结构缺陷"),
    "STP": ("Failure to stop on demand", "停机失败"),
    "UST": ("Spurious stop", "误停机"),
    "VIB": ("Vibration", "振动异常"),
    "OTH": ("Other", "其他"),
    "UNK": ("Unknown", "未知"),
}

FAILURE_CAUSES: Mapping[str, Names] = {
    "1.0": ("Design-related, general", "设计相关，一般"),
    "1.1": ("Improper capacity", "容量不当"),
    "1.2": ("Improper material", "材料不当"),
    "2.0": ("Fabrication or installation, general", "制造或安装，一般"),
    "2.1": ("Fabrication error", "制造错误"),
    "2.2": ("Installation error", "安装错误"),
    "3.0": ("Operation or maintenance, general", "运行或维护，一般"),
    "3.1": ("Off-design service", "超设计条件运行"),
    "3.2": ("Operating error", "操作错误"),
    "3.3": ("Maintenance error", "维护错误"),
    "3.4": ("Expected wear and tear", "正常磨损"),
    "4.0": ("Management, general", "管理，一般"),
    "4.1": ("Documentation error", "文件错误"),
    "4.2": ("Management error", "管理错误"),
    "5.0": ("Miscellaneous, general", "其他，一般"),
    "5.1": ("No cause found", "未找到原因"),
    "5.2": ("Common cause", "共因"),
    "5.3": ("Combined causes", "多种原因"),
    "5.4": ("Failure of another unit", "其他设备引起"),
    "5.5": ("Other", "其他"),
    "5.6": ("Unknown", "未知"),
}


class Activity(StrEnum):
    """What was done: the maintenance activities of table B.5."""

    REPLACE = "replace"
    REPAIR = "repair"
    MODIFY = "modify"
    ADJUST = "adjust"
    REFIT = "refit"
    CHECK = "check"
    SERVICE = "service"
    TEST = "test"
    INSPECTION = "inspection"
    OVERHAUL = "overhaul"
    COMBINATION = "combination"
    OTHER = "other"

    @property
    def renews(self) -> bool:
        """Say whether the machine's normal may be another one afterwards: something was replaced or adjusted.

        A repair, in the standard's words, restores what was there; checks and services leave it as it is.

        >>> [one.value for one in Activity if one.renews]
        ['replace', 'modify', 'adjust', 'refit', 'overhaul', 'combination']
        """
        return self in _RENEWING


_RENEWING = frozenset(
    {
        Activity.REPLACE,
        Activity.MODIFY,
        Activity.ADJUST,
        Activity.REFIT,
        Activity.OVERHAUL,
        Activity.COMBINATION,
    }
)

ACTIVITIES: Mapping[str, Names] = {
    Activity.REPLACE: ("Replace", "更换"),
    Activity.REPAIR: ("Repair", "修理"),
    Activity.MODIFY: ("Modify", "改造"),
    Activity.ADJUST: ("Adjust", "调整"),
    Activity.REFIT: ("Refit", "翻新"),
    Activity.CHECK: ("Check", "检查"),
    Activity.SERVICE: ("Service", "保养"),
    Activity.TEST: ("Test", "试验"),
    Activity.INSPECTION: ("Inspection", "检验"),
    Activity.OVERHAUL: ("Overhaul", "大修"),
    Activity.COMBINATION: ("Combination", "组合作业"),
    Activity.OTHER: ("Other", "其他"),
}


def known_failure_mode(code: str) -> str:
    """Return a failure mode's code.

    Raises:
        Rejected: the list has no such code.

    >>> known_failure_mode("VIB")
    'VIB'
    """
    return _known("failure_mode", code, FAILURE_MODES)


def known_cause(code: str) -> str:
    """Return a failure cause's number; raises `Rejected` where the list has no such number.

    >>> known_cause("3.4")
    '3.4'
    """
    return _known("cause", code, FAILURE_CAUSES)


def _known(what: str, code: str, codes: Mapping[str, Names]) -> str:
    if code not in codes:
        raise Rejected(f"unknown_{what}", f"{code!r} is not one of {', '.join(codes)}")
    return code
