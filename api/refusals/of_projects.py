"""What is refused about the register, imports, projects, handover and reviews, in Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

OF_PROJECTS: Mapping[str, str] = {
    # the register
    "a name has at most {} characters": "名称最多 {} 个字符",
    "a tag has 1 to {} characters": "标签为 1 至 {} 个字符",
    "the register has asset {} at site {} already": "登记表中站点 {1} 已有设备 {0}",
    "the register has asset {} at site {}; what it says is stored": "登记表中站点 {1} 有设备 {0}；其数据会存储",
    "the register has no class {}; {} or ask for a new class by that tag": (
        "登记表没有类别 {}；{}，或申请以该标签新建类别"
    ),
    "{} is in the register by now; what was held of it is being stored": "{} 现已登记；其保留的数据正在存储",
    "both assets have to be in view; `assetloop register restore` brings one back": (
        "两台设备都须可见；可用 `assetloop register restore` 恢复"
    ),
    "{} and {} are one signal already": "{} 和 {} 已是同一信号",
    "{} cannot be merged into itself": "{} 不能与自身合并",
    "{} is in view, or was merged into another asset": "{} 可见，或已并入另一设备",
    "{} is out of view already": "{} 已不可见",
    "{} work orders stand open at {}; close or cancel them first": "{1} 有 {0} 个未完成的工单；请先关闭或取消",
    "a signal is merged into another of its own asset: leave into_site out": (
        "信号只能并入本设备的另一信号：请勿填写 into_site"
    ),
    "{} is not after {}": "{} 不晚于 {}",
    # files that come in
    "the file is about the site {}, not {}": "该文件属于站点 {}，而非 {}",
    "{} was {} before": "{} 此前已为 {}",
    "the model wants more than {} MiB of memory; export it in parts": "该模型需要超过 {} MiB 内存；请分部分导出",
    "the package holds {} models; it holds one": "该包含 {} 个模型；应只有一个",
    "the package unfolds to more than {} times its size; it is no model": "该包解压后超过其大小的 {} 倍；不是模型",
    "the reader of building models ended: {}": "建筑模型读取进程已结束：{}",
    "the file does not say its schema; it is no building model": "该文件未说明其架构；不是建筑模型",
    "the file ends in the middle of a statement; it was not copied whole": "该文件在语句中途结束；复制不完整",
    "the file holds a statement that does not end; save the model again": "该文件含未结束的语句；请重新保存模型",
    "the file is damaged: {}": "该文件已损坏：{}",
    "the file is damaged: {} of {} statements say nothing": "该文件已损坏：{1} 条语句中有 {0} 条无内容",
    "the model is of the schema {}; IFC2X3, IFC4 and IFC4X3 are read": (
        "该模型的架构为 {}；可读取 IFC2X3、IFC4 和 IFC4X3"
    ),
    "the model unfolds to more than {} MiB": "该模型解压后超过 {} MiB",
    "{} has {} facilities; say the site (--site)": "{} 有 {} 个设施；请指明站点（--site）",
    "{}, {}: {} is longer than a cell can hold": "{}，{}：{} 超出单元格可容纳的长度",
    "the package cannot be read: {}": "无法读取该包：{}",
    "the package declares entities or a document type, which it has no use for": "该包声明了不需要的实体或文档类型",
    "the package does not say where the machine stands; say it: --asset TAG": (
        "该包未说明机器所在位置；请指明：--asset TAG"
    ),
    "the package holds no submodel of version 3 of the Asset Administration Shell": "该包没有资产管理壳第 3 版的子模型",
    "the package is damaged: {}": "该包已损坏：{}",
    "the package is of {} assets; --asset can name but one": "该包含 {} 台设备；--asset 只能指明一台",
    "the package lacks a part that it names: {}": "该包缺少其所列的部分：{}",
    "the package names no site; say it: --site TAG": "该包未指明站点；请指明：--site TAG",
    "the package unfolds to {} MiB in {} parts": "该包解压后为 {} MiB，共 {} 个部分",
    "{} has more than {} MiB": "{} 超过 {} MiB",
    "{} begins as a zip file and is damaged: {}": "{} 以 zip 开头且已损坏：{}",
    "{} cannot be read: {}": "无法读取 {}：{}",
    "{} is no range": "{} 不是范围",
    "a pattern has at most {} characters": "格式最多 {} 个字符",
    "{}: {} {} is no number of characters": "{}：{} {} 不是字符数",
    "{} is no amount": "{} 不是金额",
    "{} may be {} or {}; write one of them": "{} 可以是 {} 或 {}；请写其中之一",
    "two columns are called {}; rename one of them": "有两列都叫 {}；请重命名其中一列",
    "{} declares entities or a document type in {}": "{} 在 {} 中声明了实体或文档类型",
    "{} has macros, which are not opened; save it as .xlsx without them": "{} 含宏，不予打开；请另存为不含宏的 .xlsx",
    "{} is a binary workbook; save it as .xlsx": "{} 是二进制工作簿；请另存为 .xlsx",
    "{} is a zip file and no workbook; save it as .xlsx": "{} 是 zip 文件而非工作簿；请另存为 .xlsx",
    "{} is no workbook, or damaged: {}": "{} 不是工作簿，或已损坏：{}",
    "{} of the workbook is damaged: {}": "工作簿的 {} 已损坏：{}",
    "{} takes values from other files; break the links (Data, Edit Links) and save it again": (
        "{} 引用其他文件的数值；请断开链接（数据，编辑链接）后重新保存"
    ),
    "{} unfolds to {} MiB, which no tag list needs": "{} 解压后为 {} MiB，位号表不需要这么大",
    "{}: {} reaches to row {}, column {}; delete what is far out": "{}：{} 延伸到第 {} 行第 {} 列；请删除远处的内容",
    "no table can be read from {}: {}": "无法从 {} 读取表格：{}",
    "{} is a building model by what it holds; call it .ifc": "{} 的内容是建筑模型；请命名为 .ifc",
    "{} is a maker's package by what it holds; call it .aasx": "{} 的内容是制造商资料包；请命名为 .aasx",
    "{} is a zip file by what it holds; if it is a workbook, call it .xlsx": (
        "{} 的内容是 zip 文件；若是工作簿，请命名为 .xlsx"
    ),
    "{} is an old binary workbook, or has a password; save it as .xlsx without one": (
        "{} 是旧式二进制工作簿或设有密码；请另存为无密码的 .xlsx"
    ),
    "{} is called a workbook and is {}; save it as .xlsx": "{} 名为工作簿而实为 {}；请另存为 .xlsx",
    "{} is damaged: {}": "{} 已损坏：{}",
    "{} is no text: it is {}": "{} 不是文本：而是 {}",
    "{} is {} by what it holds": "{} 的内容是 {}",
    "{} cannot be written: {}": "无法写入 {}：{}",
    "{} has no sheet {}; it has {}": "{} 没有工作表 {}；有 {}",
    "{}: no column is mapped to tag": "{}：没有列对应位号",
    "{}: by the mapping tags stand under {}, which no row of it has as a head; choose another mapping, or none": (
        "{}：按映射，位号在列 {} 下，但文件中没有这一列；请另选映射，或不选"
    ),
    "no mapping of columns is called {} at {}": "站点 {1} 没有名为 {0} 的列映射",
    "a mapping of columns is called {} at {} already; say that it is to be replaced": (
        "站点 {1} 已有名为 {0} 的列映射；请说明是否替换"
    ),
    "the name of a mapping is one line without a slash": "映射名称只能为一行，且不含斜杠",
    "no column is mapped to tag; a mapping says where the tags stand": "没有列对应位号；映射须指明位号所在的列",
    "{}: no visible sheet has a row with a head for tags, as Tag or 位号; say which by --mapping": (
        "{}：可见的工作表都没有位号表头（如 Tag 或 位号）；请用 --mapping 指明"
    ),
    "{}: {} may be tag lists; say which (--sheet)": "{}：{} 都可能是位号表；请指明（--sheet）",
    "{}: {}; say which (--site)": "{}：{}；请指明站点（--site）",
    "{} cannot become {}; say how by gain and offset, without units": "{} 不能换算为 {}；请用增益和偏移说明，不写单位",
    "{} is no known unit{}; {}, or use a gain": "{} 不是已知单位{}；{}，或使用增益",
    "{} is not converted; {}, or use a gain": "{} 不作换算；{}，或使用增益",
    "{} is not proportional to {}; convert it in the device": "{} 与 {} 不成比例；请在终端内换算",
    # costs and schedules
    "a table of costs has at most {} MiB": "费用表最大 {} MiB",
    "no table can be read from it: {}": "无法从中读取表格：{}",
    "the head is neither {} nor {}": "表头既不是 {} 也不是 {}",
    "the head is neither {} nor {}; it lacks {}": "表头既不是 {} 也不是 {}；缺少 {}",
    "a calendar has more than {} days that are exceptions": "一个日历的例外日超过 {} 天",
    "{}: say which class it is as IFCPUMP=pump": "{}：请按 IFCPUMP=pump 的形式说明它属于哪个类别",
    "{} {} is there twice": "{} {} 出现两次",
    "row {}, {}: {}": "第 {} 行，{}：{}",
    "a schedule has at most {} MiB": "进度计划最大 {} MiB",
    "more than one milestone is called {}": "有多个里程碑都叫 {}",
    "no XML, no XER, and no table with the heads key, name, planned, forecast, actual": (
        "不是 XML 或 XER，也没有表头为 key、name、planned、forecast、actual 的表格"
    ),
    "that is a workbook or a project file itself; save it as XML, XER or CSV": (
        "这是工作簿或项目文件本身；请另存为 XML、XER 或 CSV"
    ),
    "the file is empty": "文件为空",
    "the schedule holds no milestone": "进度计划中没有里程碑",
    "{}: {} is no date; write 2026-03-01": "{}：{} 不是日期；请写作 2026-03-01",
    "the XML is a {}, not a Project": "该 XML 是 {}，而非 Project",
    "the file declares entities or a document type, which a schedule has no use for": (
        "该文件声明了进度计划不需要的实体或文档类型"
    ),
    "the XER has no table TASK": "该 XER 没有 TASK 表",
    # handover
    "the gate {} comes first": "须先通过关口 {}",
    "the gate {} is passed already": "关口 {} 已通过",
    "a waiver has a reason of {} characters or more": "豁免须有不少于 {} 个字符的理由",
    "say what was found, in {} characters or more": "请用不少于 {} 个字符说明查验结果",
    "the gate {} is never waived": "关口 {} 不得豁免",
    "the gate {} is not signed for {}": "关口 {} 不由 {} 签署",
    "the gate {} is signed: the signer shows the password again": "关口 {} 须签署：签署者须再次输入密码",
    "what is handed over has changed since you looked at it; look again before you sign": (
        "您查看后移交内容已有变化；请重新查看后再签署"
    ),
    "{} has signed for {}": "{} 已为 {} 签署",
    "{} has signed for {}: two people sign, for two sides": "{} 已为 {} 签署：须由两人分别代表两方签署",
    "{} things are wanting for {}: {}": "{1} 尚缺 {0} 项：{2}",
    "a project's tag has 1 to 60 letters, digits, dots and hyphens": "项目标签为 1 至 60 个字母、数字、点和连字符",
    "a punch is A, which blocks, or B": "尾项为 A（阻碍移交）或 B",
    "the {} has 1 to {} characters": "{} 须为 1 至 {} 个字符",
    "there is no open punch {} in {}": "{1} 没有未关闭的尾项 {0}",
    "there is no open punch {} of category B in {}": "{1} 没有未关闭的 B 类尾项 {0}",
    "{} is no class of VDI 2770; they are {}": "{} 不是 VDI 2770 的类别；类别为 {}",
    "no topic of the file is a punch of {}": "该文件没有属于 {} 尾项的主题",
    "project {} has no punch": "项目 {} 没有尾项",
    "a part's number has 1 to 100 characters": "备件号为 1 至 100 个字符",
    "a quantity is above 0 and at most {}": "数量须大于 0 且不超过 {}",
    "a quantity is above 0 and at most 1,000,000": "数量须大于 0 且不超过 1,000,000",
    "a training is recorded once it was held; {} is still to come": "培训举行后方可记录；{} 尚未到来",
    "the training of {} on {} of {} is recorded already": "{0} 于 {2} 就 {1} 的培训已记录",
    "there is a project {} already": "已有项目 {}",
    "version {} of {} is there already; another content is another version": (
        "{1} 的版本 {0} 已存在；内容不同须用另一版本"
    ),
    "{} has no requirements": "{} 没有移交要求",
    "requirements are signed for {}": "移交要求由 {} 签署",
    "the file asks for nothing": "该文件未提出任何要求",
    "the requirements are others than those you looked at; look again before you sign": (
        "移交要求与您查看的不同；请重新查看后再签署"
    ),
    "version {} is signed for {}, or by {}: two people sign, for two sides": (
        "版本 {} 已为 {} 签署，或已由 {} 签署：须由两人分别代表两方签署"
    ),
    "{} has no requirements of version {}": "{} 没有版本 {} 的移交要求",
    "an IDS file has at most {} MiB": "IDS 文件最大 {} MiB",
    "in {} there should be {}, and there is {}": "{} 中应为 {}，实为 {}",
    "no parameter is required, so that there is nothing for an IDS to say": "未要求任何参数，因此 IDS 无内容",
    "the IDS holds no specification": "该 IDS 没有规范项",
    "the file declares entities or a document type, which an IDS has no use for": (
        "该文件声明了 IDS 不需要的实体或文档类型"
    ),
    "the file is no IDS: it begins with {}": "该文件不是 IDS：以 {} 开头",
    "the specification {} names no version of IFC, as IFC4": "规范项 {} 未指明 IFC 版本（如 IFC4）",
    "{} has no {}": "{} 没有 {}",
    "{}: {} is no facet of the standard": "{}：{} 不是标准中的要素",
    "{}: {} {} is no number": "{}：{} {} 不是数字",
    # design feedback
    "a BCF file has at most {} bytes": "BCF 文件最大 {} 字节",
    "a topic of a BCF file has at most {} bytes": "BCF 文件的主题最大 {} 字节",
    "a topic's Guid is none": "主题的 Guid 无效",
    "the BCF file unfolds to more than is read": "BCF 文件解压后过大",
    "the file holds no topic": "该文件没有主题",
    "this is no BCF file: {}": "这不是 BCF 文件：{}",
    "{} holds no topic": "{} 没有主题",
    "{} is not the XML it should be": "{} 不是应有的 XML",
    "no topic of the file is a request of ours": "该文件没有属于本系统请求的主题",
    "a limit is a number": "限值须为数字",
    "low {} is not below high {}": "下限 {} 不低于上限 {}",
    "no machine of the request has a signal {}": "该请求涉及的机器都没有信号 {}",
    "say what changes: a limit, the job plan, the spare list or a requirement": (
        "请说明要改什么：限值、作业指导书、备件清单或移交要求"
    ),
    "{}: that is so already": "{}：已是如此",
    "job plan {} is for {}, the request is about {}": "作业指导书 {} 用于 {}，而请求涉及 {}",
    "job plan {} is at version {} by now; look at its steps again": "作业指导书 {} 现为版本 {}；请重新查看其步骤",
    "job plan {} has no step {}": "作业指导书 {} 没有步骤 {}",
    "a job plan has 1 to {} steps, not {}": "作业指导书有 1 至 {} 个步骤，不能是 {} 个",
    "site {} has no part {}; give its name to make one": "站点 {} 没有备件 {}；请给出名称以新建",
    "there is no job plan {}; give its name to make one": "没有作业指导书 {}；请给出名称以新建",
    "a quantity is from 0 to 1,000,000": "数量为 0 至 1,000,000",
    # warranties and claims
    "no machine stands at {}; install one first": "{} 没有机器；请先安装",
    "{} is of no failure within a warranty": "{} 不属于保修期内的故障",
    "say why they reject it, in {} characters or more": "请用不少于 {} 个字符说明对方拒绝的理由",
    "say by which amount it is settled; 0 where nothing was paid": "请说明结算金额；未支付则为 0",
    "an amount is a number from 0 to below {}": "金额为 0 至 {} 以下的数字",
    "a note has at most {} characters": "备注最多 {} 个字符",
    "{} is of no failure within a warranty: the machine has none that holds then, or the order is about no failure, "
    "was cancelled, or was closed as none": (
        "{} 不属于保修期内的故障：机器当时无有效保修，或工单与故障无关、已取消，或结论为无故障"
    ),
    "{} is claimed already": "{} 已索赔",
    "{} is not claimed": "{} 未索赔",
    "the claim of {} is {}; {} cannot follow": "{} 的索赔状态为 {}；不能转为 {}",
    "the claim of {} was changed by somebody else; look again": "{} 的索赔已被他人更改；请重新查看",
    "{}: a warranty that begins on {} cannot end before it": "{}：自 {} 开始的保修不能早于该日结束",
    "{}: guarantor and terms have at most {} characters": "{}：保修方和条款最多 {} 个字符",
    "{}: asset {} is described twice": "{}：设备 {} 被描述两次",
    "the request {} was {} before": "请求 {} 此前已为 {}",
    # reviews
    "there is no open decision {} in {}": "{1} 没有未完成的决定 {0}",
    "there is no goal {} in this project": "此项目没有目标 {}",
    "a newer goal for {} was proposed; agree to that one": "已提出 {} 的新目标；请同意该目标",
    "a target is 0 or more, and availability is a share from 0 to 1": "目标值不小于 0；可用率为 0 至 1 的比例",
    "only a person can agree to a goal": "只有本人可以同意目标",
    "{} has agreed already: two people agree, for two sides": "{} 已同意：须由两人分别代表两方同意",
    "{} has agreed to this goal already": "{} 已同意此目标",
    "name the part where it is about parts, and only there": "仅在涉及备件时指明备件",
    "no check {} is recommended to {}": "没有向 {1} 建议检查 {0}",
    "recommendation {} was decided by {}": "建议 {} 已由 {} 决定",
    "somebody else decides on a recommendation than who made it": "建议须由提出者以外的人决定",
    "the project has no asset of class {}": "该项目没有类别为 {} 的设备",
    "there is no recommendation {} in {}": "{1} 没有建议 {0}",
    "what a design counts with is 0 or more": "设计取值不小于 0",
    "{} signs for neither side at {}": "{} 在 {} 不代表任何一方签署",
    "a review begins before it ends": "评审的开始须早于结束",
    "review {} of {} was held just now": "{1} 的评审 {0} 刚刚举行",
    "there is no review {} of {}": "{1} 没有评审 {0}",
    # the ledger
    "no head of {} is signed yet; that is done every hour, and by `assetloop ledger head`": (
        "{} 的台账头尚未签署；每小时签署一次，也可用 `assetloop ledger head`"
    ),
    "that is not the head that was signed last; ask for it again": "这不是最近签署的台账头；请重新获取",
}
