"""What is refused about alerts, orders, notices, answers, lessons and models, in Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

OF_WORK: Mapping[str, str] = {
    # alerts
    "a remark has at most {} characters": "备注最多 {} 个字符",
    "a remark holds no control characters": "备注不含控制字符",
    "name 1 to {} alerts at once": "一次请指定 1 至 {} 条报警",
    "say why the alerts are shelved": "请说明搁置这些报警的原因",
    "say why the alert is shelved": "请说明搁置此报警的原因",
    "this alert is shelved for more than 0 and at most {} h": "报警搁置时间须大于 0 且不超过 {} 小时",
    "this alert of {} is not shelved": "{} 的此报警未被搁置",
    "this alert of {} is over: there is nothing to shelve": "{} 的此报警已结束：无需搁置",
    "say why what is found there is suppressed": "请说明抑制该处诊断的原因",
    "what is found at {} is not suppressed": "{} 的诊断未被抑制",
    "what is found at {} is suppressed already": "{} 的诊断已被抑制",
    "{} is not out of service": "{} 未停用",
    "{} is out of service already": "{} 已停用",
    # engineering's answers and notices
    "a question is open on {}; operations answer it first": "{} 有未答复的问题；请运行方先答复",
    "no question of engineering's is open on {}": "{} 没有工程方未决的问题",
    "the token is that of another order or team": "该令牌属于另一工单或班组",
    "this link or token was used before; each is good for one answer": "此链接或令牌已使用过；每个只能答复一次",
    "who accepts says on which day it is planned; nobody else does": "接受时须说明计划日期；其他答复无须说明",
    "work order {} does not wait for an answer of the team {}": "工单 {} 不等待班组 {} 的答复",
    "work order {} is {}; it needs no answer any more": "工单 {} 的状态为 {}；不再需要答复",
    "{} has passed": "{} 已过",
    "{} is not of the team {}": "{} 不属于班组 {}",
    "this is no link or token of ours": "这不是本系统的链接或令牌",
    "this link or token is over; ask for a new message, or answer in the console": (
        "此链接或令牌已过期；请索取新消息，或在控制台答复"
    ),
    "the mail server does not take the mail; ASSETLOOP_MAIL names it": "邮件服务器不接收邮件；其地址见 ASSETLOOP_MAIL",
    "a roster has at most {} events": "值班表最多 {} 个事件",
    "this is no roster in iCalendar: {}": "这不是 iCalendar 值班表：{}",
    "the roster {} cannot be read: {}": "无法读取值班表 {}：{}",
    "it was never fetched": "从未取得",
    "{} are no hours; write Mon-Fri 07:00-19:00": "{} 不是时段；请写作 Mon-Fri 07:00-19:00",
    "{} is no time zone, as Asia/Shanghai": "{} 不是时区（如 Asia/Shanghai）",
    "only a message that has ended badly is sent again": "只有发送失败的消息才能重发",
    "the way {} is closed: open it first": "途径 {} 已关闭：请先开启",
    "the way {} is not closed": "途径 {} 未关闭",
    # lessons and search
    "a lesson names at most {} signals": "一条经验最多指明 {} 个信号",
    "a lesson says each thing in at most {} characters": "经验的每一项最多 {} 个字符",
    "say what was seen, and what helped": "请说明看到了什么，以及什么有效",
    "{} still stands open: a lesson is kept when it has been closed": "{} 尚未关闭：关闭后才能记录经验",
    "this lesson was changed by somebody else; read it again": "此经验已被他人更改；请重新读取",
    "this order has taught its lesson already: change that one": "此工单已有经验：请修改该条",
    "a question has at most {} characters": "搜索内容最多 {} 个字符",
    "say what is looked for": "请说明要搜索什么",
    # orders
    "the store of attachments does not give the file: {}": "附件存储未给出文件：{}",
    "the store of attachments refuses the file: {}": "附件存储拒绝该文件：{}",
    "work order {} has this very file already": "工单 {} 已有此文件",
    "work order {} has {} files; that is enough for one order": "工单 {} 已有 {} 个文件；不能再添加",
    "a cost and its currency go together": "费用和币种须同时给出",
    "book hours, or a cost with its currency, or both": "请登记工时，或带币种的费用，或两者",
    "booking {} was reversed before, or is a reversal itself": "登记 {} 已被冲销，或本身即为冲销",
    "hours and cost are positive numbers, here of at most {}": "工时和费用须为正数，且不超过 {}",
    "there is no booking {} on work order {}": "工单 {1} 没有登记 {0}",
    "work order {} is {}; nothing can be booked on it any more": "工单 {} 的状态为 {}；不能再登记",
    "{} is no currency code of ISO 4217, as EUR or CNY": "{} 不是 ISO 4217 币种代码（如 EUR 或 CNY）",
    "{} lies ahead": "{} 尚未到来",
    "{} would have worked more than 24 hours on {}": "{} 在 {} 的工时将超过 24 小时",
    "maintenance plans of {} use it; let them rest first": "{} 的维护计划正在使用它；请先停用这些计划",
    "job plan {} is for class {}, not for {}": "作业指导书 {} 用于类别 {}，不用于 {}",
    "task {} of work order {} proposes no order, or it was decided": "工单 {1} 的任务 {0} 未建议工单，或已决定",
    "tasks {} of work order {} are not answered: answer or skip them first": (
        "工单 {1} 的任务 {0} 尚未填写：请先填写或跳过"
    ),
    "work order {} follows job plan {} already": "工单 {} 已采用作业指导书 {}",
    "work order {} has no task {}": "工单 {} 没有任务 {}",
    "work order {} has {} tasks; that is enough for one order": "工单 {} 已有 {} 个任务；不能再添加",
    "{} stands open for {} at {}: work on that one": "{2} 的 {1} 已有未完成的工单 {0}：请处理该工单",
    "a machine that failed is no {}; leave failed_at out": "发生故障的机器不属于 {}；请勿填写 failed_at",
    "an order is closed with its codes: outcome, failure mode, cause and action": (
        "关闭工单须填写代码：结论、故障模式、原因和措施"
    ),
    "failed_at lies after restored_at": "failed_at 晚于 restored_at",
    "{} {} lies in the future": "{} {} 在将来",
    "{} lies in the future": "{} 在将来",
    "a machine stood from an instant to a later one, neither of them in the future": (
        "停机须从某一时刻到更晚的时刻，且均不在将来"
    ),
    "{} is known to have stood at some of that time": "已知 {} 在其中部分时间停机",
    "{} is not known to stand, or only since later": "未知 {} 停机，或停机始于更晚",
    "a priority is 1 to 5, 1 the most urgent, not {}": "优先级为 1 至 5，1 最紧急，不能是 {}",
    "name what is to be another: title, priority, type or requested finish": (
        "请指明要修改的内容：标题、优先级、类型或要求完成时间"
    ),
    "work order {} is {}; it is not changed any more": "工单 {} 的状态为 {}；不能再修改",
    "work order {} was changed by somebody else; read it again": "工单 {} 已被他人更改；请重新读取",
    "work order {} was changed by {} at {}; look at both and decide": (
        "工单 {} 已由 {} 于 {} 更改；请对照两个版本后决定"
    ),
    "work orders were changed by somebody else; read them again": "工单已被他人更改；请重新读取",
    "{} may not work on orders at {}; give it to somebody who may": "{} 无权处理 {} 的工单；请交给有权者",
    "a file has at most {} bytes here; send a smaller one": "此处文件最大 {} 字节；请发送较小的文件",
    "{} does not hold what its name says; save it anew": "{} 的内容与其名称不符；请重新保存",
    "{} is empty": "{} 为空",
    "the same file is there twice; send it once": "同一文件出现两次；请只发送一次",
    "a file's name has 1 to {} characters, which can be seen": "文件名为 1 至 {} 个可见字符",
    "{}: files of these types are kept: {}": "{}：只保存以下类型的文件：{}",
    "say pass, fail or skipped": "请填写 pass、fail 或 skipped",
    "this task asks for no reading; say pass, fail or skipped": "此任务不要求读数；请填写 pass、fail 或 skipped",
    "this task wants a reading{}": "此任务要求读数{}",
    "{} is no reading of anything": "{} 不是有效读数",
    "{} has at most {} decimal places": "{} 最多 {} 位小数",
    "{} is more than 0 and at most {}": "{} 须大于 0 且不超过 {}",
    "say something: the {} is empty": "请填写内容：{} 为空",
    "the {} has {} characters; at most {} are kept": "{} 有 {} 个字符；最多保留 {} 个",
    "the {} holds the control character {}; leave it out": "{} 含控制字符 {}；请去掉",
    "part {} has no price: give it one, or say that it goes without": "备件 {} 没有价格：请定价，或说明不计价",
    "site {} has no currency: say it in its stores file, or go without a price": (
        "站点 {} 没有币种：请在其库存文件中说明，或不计价"
    ),
    "{} of {} are free in stock, not {}; order more or take fewer": "{1} 的可用库存为 {0}，不足 {2}；请补货或少领",
    "{} of {} are reserved for work order {}, not {}": "为工单 {2} 预留的 {1} 为 {0}，不足 {3}",
    # plans
    "{} is no rule as FREQ=WEEKLY;BYDAY=MO, with FREQ {}": "{} 不是形如 FREQ=WEEKLY;BYDAY=MO 的规则，FREQ 可为 {}",
    "{}: a plan repeats every 1 to 9999, not every {}": "{}：计划的重复间隔为 1 至 9999，不能是 {}",
    "{}: say the time of day by `begins`": "{}：请用 `begins` 说明一天中的时间",
    "plan {} of {} is never due by {}": "{1} 的计划 {0} 按 {2} 永不到期",
    "{} has a plan {} already; change it, or choose another tag": "{} 已有计划 {}；请修改该计划，或另选标签",
    "{} has no plan {}": "{} 没有计划 {}",
    # models
    "no equipment is installed at asset {}; register it first": "设备 {} 未安装装置；请先登记",
    "proposal {} is {} already, by {}": "重新训练建议 {0} 已由 {2} 处理为 {1}",
    "the machine of proposal {} is not installed any more; dismiss it": "建议 {} 所涉的机器已不再安装；请驳回",
    "{} waits for training already; accept again when that is done": "{} 已在等待训练；完成后请再次接受",
    "{} is still to come; say since when the state holds": "{} 尚未到来；请说明该状态自何时起",
    "a healthy interval needs instants with a time zone": "健康时段须用带时区的时间",
    "somebody has to declare the interval": "须有人声明该时段",
    "another process has replayed a part of this": "另一进程已重放其中一部分",
}
