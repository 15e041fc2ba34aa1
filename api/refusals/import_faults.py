"""What is wrong with a row of an imported file, and the mend, in Simplified Chinese; `{}` stands for a value."""

from __future__ import annotations

from collections.abc import Mapping

from api.language import Language
from api.refusals.phrases import Phrases

FAULTS: Mapping[str, str] = {
    # Tag lists and cells.
    "the row has no tag": "该行没有位号",
    "give it one, or delete the row": "请填写位号，或删除该行",
    "{} is of the site {}": "{} 属于站点 {}",
    "import it with --site {}": "请以 --site {} 导入",
    "{}, column {}: {}": "{}，列 {}：{}",
    "write a number, or n/a": "请填写数字或 n/a",
    "write a day as 2026-03-01": "请按 2026-03-01 的格式填写日期",
    "{} is no number": "{} 不是数字",
    "{} may be {} or {}; write one of them": "{} 可能是 {} 或 {}；请写明其一",
    "{} is no amount": "{} 不是数量",
    "{} is no range": "{} 不是范围",
    "write it as 0…100 °C": "请写作 0…100 °C",
    "columns that the mapping does not know were left out: {}": "映射中没有的列已忽略：{}",
    "columns of the mapping that are not in the file: {}": "映射中有而文件中没有的列：{}",
    "hidden sheets were not read: {}": "未读取隐藏的工作表：{}",
    "totals and headings without a tag were left out: {}": "没有位号的合计行和标题行已忽略：{}",
    # COBie.
    "there is no sheet {}": "缺少工作表 {}",
    "add it; the rows that name it cannot be taken": "请补充；引用它的行无法导入",
    "add it, or say --site": "请补充，或以 --site 指定站点",
    "the sheet is none of COBie's and was not read": "该工作表不属于 COBie，未读取",
    "rename it {}": "请改名为 {}",
    "give it the name of the standard, or delete it": "请使用标准中的名称，或删除它",
    "no column is called {}": "没有名为 {} 的列",
    "write {} in row 1": "请在第 1 行写入 {}",
    "sheet {}: columns of no COBie name were left out: {}": "工作表 {}：名称不属于 COBie 的列已忽略：{}",
    "sheet {} has {} rows, for which the register has no place": "工作表 {} 有 {} 行，登记表中没有对应内容",
    "sheet {} is hidden and was read": "工作表 {} 是隐藏的，已读取",
    "an attribute has no Name or no SheetName": "属性缺少 Name 或 SheetName",
    "fill them in": "请填写",
    "attribute {} is of the sheet {}, for which the register keeps none": "属性 {} 属于工作表 {}，登记表不保存此类属性",
    "move it to Component, Type or Facility": "请移至 Component、Type 或 Facility",
    "signal {} cannot be read: {}": "信号 {} 无法读取：{}",
    "write AllowedValues as low..high": "AllowedValues 请写作 下限..上限",
    "a document has no Name": "文档缺少 Name",
    "a job has no Name": "作业缺少 Name",
    "give it one": "请填写",
    "the attribute document of job {} is damaged": "作业 {} 的属性 document 已损坏",
    "the attribute maintenance_plans of {} is damaged": "{} 的属性 maintenance_plans 已损坏",
    "export it again, or delete the attribute": "请重新导出，或删除该属性",
    "job {}: how often it comes again, {}, is not understood": "作业 {}：无法理解其周期 {}",
    "write Frequency as a number and FrequencyUnit as day, week, month, year or hour": (
        "Frequency 请填写数字，FrequencyUnit 请填写 day、week、month、year 或 hour"
    ),
    "job {}, column Start: {}": "作业 {}，列 Start：{}",
    "write a day as 2026-03-01, or a number with its TaskStartUnit": (
        "请填写 2026-03-01 格式的日期，或数字及 TaskStartUnit"
    ),
    "job {}: {}": "作业 {}：{}",
    "write its Duration as a number": "Duration 请填写数字",
    "job {} comes again by running hours, which {} do not count": "作业 {} 按运行小时重复，而 {} 没有运行小时信号",
    "give them a signal in h, or say it in days": "请增加单位为 h 的信号，或改用天数",
    # Models and packages.
    "#{} {} has neither tag nor name": "#{} {} 既没有位号也没有名称",
    "give it a Tag in the model, or name the property that holds it in the mapping file": (
        "请在模型中填写 Tag，或在映射文件中指明保存位号的属性"
    ),
    "document {} has no title or no file": "文档 {} 没有标题或文件",
    "ask the maker for it": "请向制造商索取",
    "{} does not say where its machine stands": "{} 未说明设备安装在何处",
    "name the asset in the package (a specific asset id called tag), or send it as a package of its own": (
        "请在包内写明位号（名为 tag 的 specificAssetId），或单独打包"
    ),
    # Judged against the register.
    "{} is no tag": "{} 不是有效位号",
    "{}: write one of 1 to {} characters": "{}：请填写 1 至 {} 个字符",
    "{} {} is described twice": "{0} {1} 出现了两次",
    "{} {} is described twice ({})": "{0} {1} 出现了两次（{2}）",
    "leave one of the two rows, or make them agree": "请只保留一行，或使两行一致",
    "asset {} is of the type {}, which nobody defines": "设备 {} 的类型 {} 未定义",
    "describe {} among the types (in COBie: sheet Type), or import its class first": (
        "请在类型中说明 {}（COBie 为工作表 Type），或先导入该类别"
    ),
    "was {} meant? Else describe {} among the types (in COBie: sheet Type), or import its class first": (
        "是否指 {}？否则请在类型中说明 {}（COBie 为工作表 Type），或先导入该类别"
    ),
    "asset {} has no class": "设备 {} 没有类别",
    "say its class, or one for all (--class)": "请填写类别，或为全部设备指定类别（--class）",
    "{} is {} in another Unicode form": "{} 与 {} 仅 Unicode 形式不同",
    "write {}": "请写作 {}",
    "{} names the asset {}, which is neither here nor in the register": "{} 引用的设备 {} 既不在文件中也不在登记表中",
    "was {} meant? Else describe it": "是否指 {}？否则请补充说明",
    "describe it": "请补充说明",
    "{} is of the type {}, which nobody defines": "{} 的类型 {} 未定义",
    "describe the type": "请说明该类型",
    "{} has more than {} characters": "{} 超过 {} 个字符",
    "shorten it, or file it as a document": "请缩短，或作为文档归档",
    "{} has a limit that is no number": "{} 的限值不是数字",
    "write a number, or leave it empty": "请填写数字或留空",
    "{}: low {} is not below high {}": "{}：下限 {} 不低于上限 {}",
    "exchange them": "请互换",
    "write the unit so, or leave it empty": "请按此书写单位或留空",
    "part {} has an amount that cannot be": "备件 {} 的数量无效",
    "write numbers from 0 to 999999": "请填写 0 至 999999 的数字",
    "job {} is for the type {}, which nobody defines": "作业 {} 所属类型 {} 未定义",
    "GlobalId {} is that of {} already": "GlobalId {} 已属于 {}",
    "give each its own, or import the files as models of their own": "请各用其 GlobalId，或作为不同模型分别导入",
    "GlobalId {} was {} and is {} now: retire or merge {}": "GlobalId {0} 原属 {1}，现属 {2}：请停用或合并 {3}",
    "GlobalIds {} differ only in letter case: they are two": "GlobalId {} 仅大小写不同：视为两个",
    "asset {} look alike": "设备 {} 看起来相似",
    "class {} look alike": "类别 {} 看起来相似",
    "{} is a part of {}, which is neither here nor in the register": "{} 的上级 {} 既不在文件中也不在登记表中",
    "{} would be a part of itself, by way of {}": "{} 会经由 {} 成为自身的一部分",
    "mend the parent": "请更正上级",
    "what is fed must not come back: {}": "供给关系不得循环：{}",
    "{} feeding {} was left out": "已忽略 {} 对 {} 的供给",
    "{} feeds {}": "{} 供给 {}",
    "name another asset, or describe it": "请指明其他设备，或补充说明",
    "signal {} has the limits of DR-{}, which engineering accepted for its kind of machine": (
        "信号 {} 采用 DR-{} 的限值，由工程部为该型设备批准"
    ),
    "job plan {} was changed by DR-{}, and the file says otherwise": "作业计划 {} 已由 DR-{} 更改，与文件内容不一致",
    "take the steps of the register into the file, or replace it on purpose by assetloop order plans import": (
        "请将登记表中的步骤写入文件，或以 assetloop order plans import 有意替换"
    ),
    "{} was not retired: {}": "{} 未停用：{}",
    "{} work orders stand open at {}; close or cancel them first": "{1} 有 {0} 张未完成的工单；请先关闭或取消",
    "then import again": "然后重新导入",
    "signal {}": "信号 {}",
    "asset {}": "设备 {}",
}
"""The Chinese of each fault and note; a value that is one of them itself is said in Chinese too."""

_PHRASES = Phrases(FAULTS)


def fault_in(language: Language, text: str) -> str:
    """Say a fault, a mend or a note in a language; what has no words in it stays English.

    >>> fault_in(Language.ZH, "P-1, column High: 'much' is no number")
    "P-1，列 High：'much' 不是数字"
    """
    return _PHRASES.said(text) if language is Language.ZH else text
