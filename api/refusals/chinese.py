"""Refusals in Simplified Chinese, by what they are in English; `{}` is a value, which may be a refusal itself."""

from __future__ import annotations

from collections.abc import Mapping

from api.refusals.of_projects import OF_PROJECTS
from api.refusals.of_requests import OF_REQUESTS
from api.refusals.of_work import OF_WORK
from plant.people.rights import Right

RIGHTS: Mapping[Right, str] = {
    Right.SEE: "查看",
    Right.ACKNOWLEDGE: "确认",
    Right.REPORT_FAILURES: "报告故障",
    Right.CHANGE_SERVICE_STATE: "更改服役状态",
    Right.SHELVE_ALERTS: "搁置报警",
    Right.SUPPRESS_BY_DESIGN: "设计抑制",
    Right.APPROVE_ORDERS: "批准工单",
    Right.COMMENT_ON_ORDERS: "评论工单",
    Right.WORK_ON_ORDERS: "处理工单",
    Right.CLOSE_ORDERS: "关闭工单",
    Right.ANSWER_FOR_ENGINEERING: "代表工程方答复",
    Right.SIGN_FOR_OPERATIONS: "代表运行方签署",
    Right.SIGN_FOR_ENGINEERING: "代表工程方签署",
    Right.DECIDE_ON_MODELS: "决定模型",
    Right.WITNESS_LEDGER: "见证台账",
    Right.SAY_WHAT_IS_NORMAL: "说明何为正常",
    Right.PLAN_PROJECTS: "规划项目",
    Right.WORK_ON_PROJECTS: "处理项目",
    Right.WAIVE_GATES: "豁免关口",
    Right.SEE_INGEST: "查看采集情况",
    Right.REGISTER_ASSETS: "登记设备",
    Right.MANAGE_DEVICES: "管理终端",
    Right.MANAGE_PEOPLE: "管理人员",
    Right.CLAIM_WARRANTY: "保修索赔",
    Right.SEE_METRICS: "查看指标",
    Right.SEND_TELEMETRY: "发送遥测",
}
CHINESE: Mapping[str, str] = {
    **OF_REQUESTS,
    **OF_WORK,
    **OF_PROJECTS,
    **{right.phrase: chinese for right, chinese in RIGHTS.items()},
}
