"""Every text of the console, in English and Simplified Chinese."""

from __future__ import annotations

from enum import StrEnum

from starlette.requests import HTTPConnection

from api.console.texts.models import MODEL_TEXTS
from api.console.texts.work import WORK_TEXTS
from plant.iso14224 import FAILURE_MODES

LANGUAGE_COOKIE = "assetloop_language"


class Language(StrEnum):
    """The languages the console speaks."""

    EN = "en"
    ZH = "zh"

    @property
    def tag(self) -> str:
        """Return the tag for the page's `lang` attribute."""
        return {"en": "en", "zh": "zh-CN"}[self.value]

    @property
    def endonym(self) -> str:
        """Return the language's name in itself."""
        return {"en": "English", "zh": "中文"}[self.value]


def language_of(connection: HTTPConnection) -> Language:
    """Read the language a browser chose here, else the first it accepts that we speak."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    return accepted(connection.headers.get("accept-language", ""))


def accepted(header: str) -> Language:
    """Return the best of our languages by an Accept-Language header; English where it names none.

    >>> accepted("fr, zh-CN;q=0.8, en;q=0.5").value, accepted("en-GB, zh;q=0.1").value, accepted("zh;q=0").value
    ('zh', 'en', 'en')
    """
    weighed = [(_weight(part), part.split(";")[0].strip().lower().partition("-")[0]) for part in header.split(",")]
    ours = [(weight, name) for weight, name in weighed if weight > 0 and name in set(Language)]
    return Language(max(ours, key=lambda one: one[0])[1]) if ours else Language.EN


def _weight(part: str) -> float:
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


def text(language: Language, key: str, /, **values: object) -> str:
    """Return a text with its values filled in.

    >>> text(Language.ZH, "nav_alerts"), text(Language.EN, "unacknowledged", count=2)
    ('报警', '2 not acknowledged')
    """
    english, chinese = TEXTS[key]
    return (chinese if language is Language.ZH else english).format(**values)


def word(language: Language, kind: str, code: str) -> str:
    """Return the word for a code, for instance a state; a code we have no word for stands for itself."""
    key = f"{kind}_{code}"
    return text(language, key) if key in TEXTS else code


def named(language: Language, name: str, name_zh: str) -> str:
    """Choose between a thing's two names.

    >>> named(Language.ZH, "Pump A", "泵A"), named(Language.ZH, "Pump A", "")
    ('泵A', 'Pump A')
    """
    return name_zh if language is Language.ZH and name_zh else name


TEXTS: dict[str, tuple[str, str]] = {
    "nav_overview": ("Overview", "总览"),
    "nav_orders": ("Work orders", "工单"),
    "nav_alerts": ("Alerts", "报警"),
    "nav_telemetry": ("Telemetry", "遥测"),
    "nav_quarantine": ("Quarantine", "隔离区"),
    "theme": ("Light or dark", "浅色或深色"),
    "logout": ("Log out", "退出"),
    "skip": ("Skip to content", "跳到正文"),
    "away": (
        "The database is away. This page shows what was last known and goes on by itself.",
        "数据库暂时无法访问。页面显示最后已知的数据，恢复后会自动更新。",
    ),
    "away_first": (
        "The database is away. This page fills by itself once it is back.",
        "数据库暂时无法访问，恢复后页面会自动显示。",
    ),
    "loading": ("Reading the plant …", "正在读取工厂数据……"),
    "login_title": ("Log in", "登录"),
    "login_hint": ("This console asks for its access token.", "访问此控制台需要访问令牌。"),
    "login_token": ("Access token", "访问令牌"),
    "login_enter": ("Enter", "进入"),
    "login_wrong": ("That is not the token.", "令牌不正确。"),
    # Overview
    "overview": ("Plant overview", "工厂总览"),
    "condition": ("Condition", "设备状态"),
    "healthy": ("healthy", "正常"),
    "just_now": ("just now", "刚刚"),
    "open_alerts": ("Open alerts", "未关闭报警"),
    "open_orders": ("Open work orders", "未关闭工单"),
    "unacknowledged": ("{count} not acknowledged", "{count} 条未确认"),
    "all_acknowledged": ("all acknowledged", "全部已确认"),
    "none_open": ("nothing waits", "无待处理"),
    "freshness": ("Newest reading", "最新数据"),
    "ago": ("{age} ago", "{age}前"),
    "no_readings": ("no readings yet", "尚无数据"),
    "silent_assets": ("{count} assets silent", "{count} 台设备无数据"),
    "all_reporting": ("every asset reports", "所有设备均在上报"),
    "quarantined_day": ("Quarantined, 24 h", "隔离数据（24 小时）"),
    "payloads_held": ("payloads put aside", "条数据被隔离"),
    "attention": ("Needs attention", "需要关注"),
    "all_quiet": ("All quiet. No work order is open.", "一切正常，没有未关闭的工单。"),
    "no_assets": ("No asset is registered yet.", "尚未登记任何设备。"),
    "no_assets_hint": (
        "Bring a register in with: assetloop register import plant.toml",
        "用以下命令导入设备登记表：assetloop register import plant.toml",
    ),
    "score": ("Anomaly score", "异常评分"),
    "score_hint": (
        "Anomaly score {score}: 0 at rest, 0.5 alarm line, 1 worst",
        "异常评分 {score}：0 为正常，0.5 为报警线，1 为最差",
    ),
    "no_value": ("–", "–"),
    "silent_for": ("silent for {age}", "已 {age}无数据"),
    # Health
    "health_good": ("Healthy", "正常"),
    "health_watch": ("Watch", "关注"),
    "health_alarm": ("Alarm", "报警"),
    "health_unknown": ("Not judged", "未评估"),
    "health_no_model": ("No model yet", "尚无模型"),
    "health_learning": ("Learning again", "重新学习"),
    "health_silent": ("Silent", "无数据"),
    "health_off": ("Not in service", "未投用"),
    # Work orders
    "orders": ("Work orders", "工单"),
    "show_open": ("Open", "未关闭"),
    "show_all": ("All", "全部"),
    "no_orders": ("No work order is open.", "没有未关闭的工单。"),
    "no_orders_all": ("No work order has been raised yet.", "尚未产生任何工单。"),
    "order": ("Order", "工单号"),
    "asset": ("Asset", "设备"),
    "finding": ("Finding", "诊断"),
    "priority": ("Priority", "优先级"),
    "state": ("State", "状态"),
    "raised": ("Raised", "创建时间"),
    "due": ("Requested finish", "要求完成"),
    "acknowledged": ("Acknowledged", "已确认"),
    "not_acknowledged": ("Not acknowledged", "未确认"),
    "acknowledged_by": ("Acknowledged by {actor}", "由 {actor} 确认"),
    "acknowledge": ("Acknowledge", "确认"),
    "acknowledge_hint": (
        "Say that you have seen it. Your name goes into the record.",
        "表示您已知悉，您的姓名将写入记录。",
    ),
    "your_name": ("Your name", "您的姓名"),
    "name_needed": ("Enter your name", "请输入姓名"),
    "cancel": ("Cancel", "取消"),
    "evidence": ("Evidence", "依据"),
    "contributing": ("Contributing signals", "贡献信号"),
    "around_window": ("Around the window", "异常时段前后"),
    "no_series": ("No readings are stored for this window.", "该时段没有存储的数据。"),
    "model_version": ("Model version", "模型版本"),
    "worst_score": ("Score when last sent", "最近发送时的评分"),
    "onset": ("Onset", "开始时间"),
    "window": ("Window", "时段"),
    "remaining_life": ("Remaining life", "剩余寿命"),
    "life_untold": ("Not told yet", "尚未估计"),
    "life_reached": ("The limit is reached", "已达到限值"),
    "life_unknown": ("Unknown: {why}", "未知：{why}"),
    "life_too_short": ("too little data", "数据不足"),
    "life_no_trend": ("wear has no trend", "磨损没有趋势"),
    "life_far": ("too far ahead", "距离尚远"),
    "life_limit": ("{said}; wear limit {limit} alarm lines", "{said}；磨损限值为 {limit} 倍报警线"),
    "life_known": ("About {likely} ({low} to {high}, {part} sure)", "约 {likely}（{low} 至 {high}，置信度 {part}）"),
    "life_open": ("About {likely} ({low} or more, {part} sure)", "约 {likely}（至少 {low}，置信度 {part}）"),
    "data_quality": ("Data quality", "数据质量"),
    "quality_samples": ("{value} samples", "{value} 个样本"),
    "quality_missing": ("{value} missing", "缺失 {value}"),
    "failure_mode": ("Failure mode", "失效模式"),
    "history": ("History", "历史"),
    "published": ("sent to engineering", "已发送至工程部门"),
    "back_orders": ("All work orders", "所有工单"),
    "not_there": ("There is no such thing here: {what}", "不存在：{what}"),
    "alarm_onset": ("onset", "开始时间"),
    # Alerts
    "alerts": ("Alerts", "报警"),
    "no_alerts": ("No alert is open.", "没有未关闭的报警。"),
    "no_alerts_all": ("No alert has been raised yet.", "尚未产生任何报警。"),
    "severity": ("Severity", "严重程度"),
    "kind": ("Kind", "类型"),
    "times": ("Times", "次数"),
    # Quarantine
    "quarantine": ("Quarantine", "隔离区"),
    "quarantine_hint": (
        "Payloads that could not be stored, each with its reason. What is held can be looked at.",
        "无法入库的数据及其原因，均可随时查看。",
    ),
    "strangers": ("Assets that wait to be approved", "等待批准的设备"),
    "strangers_hint": (
        "The register does not know them. Approve one, and what it said is stored, in order and once.",
        "登记表中没有这些设备。批准后，其已发送的数据将按顺序入库，且仅一次。",
    ),
    "messages": ("Messages", "消息"),
    "held_messages": ("{count} held", "{count} 条"),
    "being_stored": ("Approved, being stored", "已批准，正在入库"),
    "replayed": ("{count} messages were replayed", "已重放 {count} 条消息"),
    "ambiguous": (
        "{count} assets are called so: let it call itself site/asset",
        "有 {count} 个同名设备：请让其以“站点/设备”自称",
    ),
    "approve_asset": ("Approve", "批准"),
    "approve_title": ("Approve {asset}", "批准 {asset}"),
    "approve_says": (
        "{count} messages with {readings} readings are held of it, and are stored when you approve it.",
        "已为其保留 {count} 条消息，共 {readings} 个读数；批准后入库。",
    ),
    "approve_hint": ("The approval is kept in the ledger under your name.", "批准操作将以您的姓名记入台账。"),
    "site": ("Site", "站点"),
    "name_en": ("Name", "名称（英文）"),
    "name_zh": ("Name in Chinese", "名称（中文）"),
    "new_site": ("A new site", "新站点"),
    "new_class": ("A new class", "新类别"),
    "new_site_tag": ("Tag of the new site", "新站点的标签"),
    "new_class_tag": ("Tag of the new class", "新类别的标签"),
    "class_needed": ("Choose site and class", "请选择站点和类别"),
    "no_quarantine": ("Nothing is held.", "没有被隔离的数据。"),
    "reason": ("Reason", "原因"),
    "topic": ("Topic", "主题"),
    "first_seen": ("First seen", "首次出现"),
    "last_seen": ("Last seen", "最近出现"),
    "detail": ("Detail", "说明"),
    "bytes_kept": ("{kept} of {length} bytes kept", "保留 {kept} / {length} 字节"),
    "close": ("Close", "关闭"),
    # Telemetry
    "telemetry": ("Telemetry, last hour", "遥测（最近一小时）"),
    "telemetry_hint": (
        "What devices sent and what became of it: received is the sum of all others but late.",
        "终端发送的数据及其处理结果：“接收”等于除“迟到”外其余各项之和。",
    ),
    "no_telemetry": ("Nothing was received within the last hour.", "最近一小时没有收到数据。"),
    "device": ("Device", "终端"),
    "all_devices": ("All devices", "所有终端"),
    "count_received": ("Received", "接收"),
    "count_stored": ("Stored", "入库"),
    "count_duplicate": ("Duplicate", "重复"),
    "count_late": ("Late", "迟到"),
    "count_quarantined": ("Quarantined", "隔离"),
    "count_conflicting": ("Conflicting", "冲突"),
    "count_limited": ("Limited", "限流"),
    "slot_is": ("Ingest {slot}: {state}", "接入进程 {slot}：{state}"),
    "slot_listening": ("listening", "正在接收"),
    "slot_away": ("no connection to the broker", "未连接消息代理"),
    "slot_left": ("no process", "没有进程"),
    "slot_none": ("No ingest process has run yet", "尚未运行接入进程"),
    "spooled": ("Telemetry waits on disk", "数据暂存于磁盘"),
    "lost": ("{count} messages of QoS 0 were lost", "丢失 {count} 条 QoS 0 消息"),
    # Asset
    "session": ("Session", "会话"),
    "session_up": ("up", "已连接"),
    "session_down": ("down", "已断开"),
    "session_unknown": ("unknown", "未知"),
    "device_alive": ("alive", "在线"),
    "device_silent": ("silent", "静默"),
    "device_unknown": ("cannot be heard", "无法得知"),
    "device_never": ("never heard", "从未上报"),
    "sensors": ("Sensors", "传感器"),
    "sensors_fresh": ("fresh", "正常更新"),
    "sensors_stale": ("stale: {which}", "停止更新：{which}"),
    "sensors_bad": ("bad quality: {which}", "质量差：{which}"),
    "sensors_never": ("never heard", "从未上报"),
    "latest_values": ("Latest values", "最新值"),
    "signal": ("Signal", "信号"),
    "value": ("Value", "数值"),
    "limits": ("Design limits", "设计限值"),
    "measured": ("Measured", "测量时间"),
    "class": ("Class", "类别"),
    "model": ("Model", "模型"),
    "trained": ("trained", "训练于"),
    "no_model": ("none yet", "尚无"),
    "trends": ("Trends", "趋势"),
    "span_15m": ("15 min", "15 分钟"),
    "span_1h": ("1 h", "1 小时"),
    "span_6h": ("6 h", "6 小时"),
    "span_24h": ("24 h", "24 小时"),
    "setting": ("setting", "设定"),
    # Codes
    "state_WAPPR": ("Waiting for approval", "待批准"),
    "state_APPR": ("Approved", "已批准"),
    "state_WSCH": ("Waiting for schedule", "待排程"),
    "state_WMATL": ("Waiting for material", "待备件"),
    "state_WPCOND": ("Waiting for plant condition", "待停机条件"),
    "state_INPRG": ("In progress", "执行中"),
    "state_COMP": ("Completed", "已完工"),
    "state_CLOSE": ("Closed", "已关闭"),
    "state_CAN": ("Cancelled", "已取消"),
    "severity_CRITICAL": ("Critical", "紧急"),
    "severity_MAJOR": ("Major", "严重"),
    "severity_MINOR": ("Minor", "一般"),
    "severity_WARNING": ("Warning", "警告"),
    "severity_INDETERMINATE": ("Indeterminate", "未定"),
    "kind_condition": ("Condition deviates", "状态偏离"),
    "kind_wear": ("Slow wear", "缓慢劣化"),
    "kind_sensor_stuck": ("Sensor stuck", "传感器卡滞"),
    "kind_sensor_drift": ("Sensor drifts", "传感器漂移"),
    "kind_sensor_spikes": ("Sensor has spikes", "传感器尖峰干扰"),
    "kind_sensor_dropout": ("Sensor silent", "传感器无数据"),
    "kind_unseen_regime": ("Regime not trained", "未训练过的工况"),
    "kind_limit": ("Design limit exceeded", "超出设计限值"),
    "kind_rate": ("Changes too fast", "变化过快"),
    "kind_silent": ("Says nothing", "设备无数据"),
    "alert_Normal": ("Normal", "正常"),
    "alert_Unacknowledged": ("Active, not acknowledged", "未恢复，未确认"),
    "alert_Acknowledged": ("Active, acknowledged", "未恢复，已确认"),
    "alert_RTN-Unacknowledged": ("Cleared, not acknowledged", "已恢复，未确认"),
    "alert_Shelved": ("Shelved", "已搁置"),
    "alert_Suppressed by design": ("Suppressed by design", "设计抑制"),
    "alert_Out of service": ("Out of service", "停用"),
    "reason_not_json": ("Not JSON", "不是 JSON"),
    "reason_no_numbers": ("No numbers", "没有数值"),
    "reason_not_a_number": ("Not a number", "不是数值"),
    "reason_too_large": ("Too large", "数据过大"),
    "reason_undecodable": ("Not decodable", "无法解码"),
    "reason_unknown_topic": ("Unknown topic", "未知主题"),
    "reason_unknown_asset": ("Unknown asset", "未知设备"),
    "reason_in_the_future": ("In the future", "时间在未来"),
    "reason_too_old": ("Too old", "时间过旧"),
    "reason_bad_time": ("Bad time", "时间无效"),
    "reason_bad_key": ("Bad signal name", "信号名无效"),
    "reason_too_many_signals": ("Too many signals", "信号过多"),
    "reason_retained_without_time": ("Retained, without time", "保留消息且无时间"),
    "reason_refused_by_database": ("Refused by the database", "被数据库拒绝"),
    "event_raised": ("Raised", "创建"),
    "event_joined": ("Another finding joined", "合并了新的诊断"),
    "event_worsened": ("Worsened", "恶化"),
    "event_acknowledged": ("Acknowledged", "已确认"),
    "seconds": ("{value} s", "{value} 秒"),
    "minutes": ("{value} min", "{value} 分钟"),
    "hours": ("{value} h", "{value} 小时"),
    "days": ("{value} d", "{value} 天"),
    **WORK_TEXTS,
    **MODEL_TEXTS,
    **{f"mode_{code}": names for code, names in FAILURE_MODES.items()},
}
