"""What is refused about requests, people, tokens and things that are not there, in Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

OF_REQUESTS: Mapping[str, str] = {
    "sign in, or show a token: Authorization: Bearer api_…": "请登录，或出示令牌：Authorization: Bearer api_…",
    "another site's page may not change anything here": "其他网站的页面不得在此更改任何内容",
    "this host name is not served here; ASSETLOOP_ALLOWED_HOSTS names those that are": (
        "此主机名未在此提供服务；可用的主机名见 ASSETLOOP_ALLOWED_HOSTS"
    ),
    "nothing answers {} {}": "没有可应答 {} {} 的接口",
    "nothing answers {} {}; see {}/openapi.json": "没有可应答 {} {} 的接口；请参阅 {}/openapi.json",
    "{} is not for this path; it takes {}": "此路径不支持 {}；支持的方法：{}",
    "at most {} bytes are taken here": "此处最多接收 {} 字节",
    "at most {} bytes are read, unpacked too; send it in parts": "最多读取 {} 字节（解压后亦然）；请分批发送",
    "Content-Encoding {}: send it as is, or with gzip": "不支持 Content-Encoding {}：请原样或以 gzip 发送",
    "the body ends before its gzip does": "请求正文的 gzip 数据不完整",
    "the body is no gzip: {}": "请求正文不是 gzip：{}",
    "the body did not come in time": "请求正文未及时到达",
    "the body was not there after {} s": "{} 秒内未收到请求正文",
    "There was an error parsing the body": "请求正文无法解析",
    "the body is no JSON: {}": "请求正文不是 JSON：{}",
    "no parameter of this; it takes {}": "没有此参数；可用参数：{}",
    "no parameter of this; it takes none": "没有此参数；此接口没有参数",
    "this cursor is of another list or other filters; begin again without one": (
        "此游标属于其他列表或其他筛选条件；请不带游标重新开始"
    ),
    "an Idempotency-Key has 1 to 200 printable characters without spaces": (
        "Idempotency-Key 须为 1 至 200 个可打印字符，不含空格"
    ),
    "this Idempotency-Key was used for another request; take a new one for each": (
        "此 Idempotency-Key 已用于另一请求；每个请求请使用新的键"
    ),
    "a request under this Idempotency-Key is under way, or was cut off: look at what became of it": (
        "使用此 Idempotency-Key 的请求正在处理，或曾被中断：请查看其结果"
    ),
    "that was done under this Idempotency-Key; what it answered is told once": (
        "此 Idempotency-Key 对应的操作已完成；其结果只告知一次"
    ),
    "Last-Event-ID takes the id of an event as it came": "Last-Event-ID 须为收到的事件编号原文",
    "scores and readings are of one asset: name site and asset": "评分和读数按单台设备提供：请指定 site 和 asset",
    "site and asset go together": "site 和 asset 须同时给出",
    "{} follow already; come again later": "已有 {} 个订阅者；请稍后再试",
    'If-Match takes the ETag of what was read, as "3"': 'If-Match 须为所读内容的 ETag，例如 "3"',
    "say in If-Match which revision you read: its ETag, so that no edit is lost": (
        "请在 If-Match 中说明所依据的版本（其 ETag），以免丢失他人的更改"
    ),
    "{} was changed by somebody else meanwhile; look at both and decide": "{}已被他人更改；请比较两个版本后决定",
    "{} is not there any more; look at both and decide": "{}已不存在；请比较后决定",
    "there is no such thing here": "此处没有该对象",
    # what an administrator keeps running
    "there is no job {}; one that succeeds leaves the queue": "没有作业 {}；成功的作业会离开队列",
    "job {} has not failed; only such a one is run again": "作业 {} 并未失败；只有失败的作业可以重新运行",
    "another job waits already to do what job {} does": "已有另一作业在等待执行与作业 {} 相同的操作",
    "no logins are kept here: ASSETLOOP_BROKER_ACCOUNTS names no folder": (
        "此处不管理终端账号：ASSETLOOP_BROKER_ACCOUNTS 未指定文件夹"
    ),
    "{} is no asset; write it as SITE/TAG": "{} 不是设备；请写作 站点/标签",
    "say on which topic it comes": "请说明载荷来自哪个主题",
    "there is a login {} already; remove it first": "已有账号 {}；请先撤销",
    "there is no login {}; `assetloop device logins` lists them": ("没有账号 {}；可用 `assetloop device logins` 列出"),
    "{} is no topic filter": "{} 不是主题过滤器",
    "{} reaches topics of others; name the asset, the node or a plant's own topic": (
        "{} 会涉及他人的主题；请指定设备、节点或现场自有主题"
    ),
    "{}: a login is letters, digits, . _ -, at most 64, and none of the product's": (
        "{}：账号由字母、数字和 . _ - 组成，最多 64 个字符，且不得与产品自用账号相同"
    ),
    "the team {}": "班组 {} ",
    "job plan {}": "作业计划 {} ",
    "how {} is reached": "{} 的联系方式",
    "what reaches you": "您的通知设置",
    "plan {} of {}": "{1} 的计划 {0} ",
    "{} of class {}": "类别 {1} 的 {0} ",
    "trade {}": "工种 {} ",
    "there is no mapping: ASSETLOOP_MAPPING names no file": "没有映射：ASSETLOOP_MAPPING 未指定文件",
    "the mapping {} cannot be read: {}": "映射 {} 无法读取：{}",
    "say the payload as `payload` or as `payload_base64`": "请用 `payload` 或 `payload_base64` 之一给出载荷",
    "`payload_base64` is no base64": "`payload_base64` 不是 base64",
    "say for what it speaks: asset, node, gateway, control room or topic": (
        "请说明它代表什么：设备、节点、网关、控制室或主题"
    ),
    "the way {} {}": "途径 {}：{}",
    "there is no way {}; the ways are {}": "没有途径 {}；现有途径：{}",
    "goes to each person's own address: name one": "发往各人自己的地址：请指定人员",
    "goes to one receiver: name no person": "发往单一接收方：不要指定人员",
    "something failed here; the log of this process says what": "服务内部出错；详情见本进程的日志",
    "`to` must be later than `from`": "`to` 须晚于 `from`",
    "by day at most {} days": "按天查询最多 {} 天",
    "a series is thinned to 3 points or more": "曲线至少要有 3 个点",
    "a workbook has at most {} rows here; ask for less, or for CSV or Parquet": (
        "此处工作簿最多 {} 行；请缩小范围，或改用 CSV 或 Parquet"
    ),
    "a file has at most {} MiB here": "此处文件最大 {} MiB",
    "a file that is sent has at most {} MiB": "上传的文件最大 {} MiB",
    "an instant lies between {} and {}": "时间须在 {} 年至 {} 年之间",
    "write a day as 2026-03-01": "日期请写作 2026-03-01",
    "write an instant as RFC 3339 with its offset: 2026-03-01T08:00:00Z, and + in an address as %2B": (
        "时间请按 RFC 3339 写并带时区偏移：2026-03-01T08:00:00Z；地址中的 + 写作 %2B"
    ),
    "{} is no number": "{} 不是数字",
    "{} is not one of {}": "{} 不在 {} 之中",
    "{} is none of {}": "{} 不在 {} 之中",
    "{} has not answered in time": "{} 未及时应答",
    "the database is away": "数据库不可用",
    # what pydantic says of a document
    "Field required": "缺少此项",
    "Extra inputs are not permitted": "没有此项",
    "Input should be {}": "应为 {}",
    "Input should be a valid string": "应为文本",
    "Input should be a valid integer": "应为整数",
    "Input should be a valid integer, unable to parse string as an integer": "应为整数",
    "Input should be a valid number": "应为数字",
    "Input should be a valid number, unable to parse string as a number": "应为数字",
    "Input should be a finite number": "应为有限的数字",
    "Input should be a valid decimal": "应为十进制数",
    "Input should be a valid boolean": "应为 true 或 false",
    "Input should be a valid boolean, unable to interpret input": "应为 true 或 false",
    "Input should be a valid list": "应为列表",
    "Input should be a valid dictionary": "应为对象",
    "Input should be a valid dictionary or object to extract fields from": "应为对象",
    "Input should be greater than {}": "应大于 {}",
    "Input should be greater than or equal to {}": "应不小于 {}",
    "Input should be less than {}": "应小于 {}",
    "Input should be less than or equal to {}": "应不大于 {}",
    "String should have at least {} character": "至少 {} 个字符",
    "String should have at least {} characters": "至少 {} 个字符",
    "String should have at most {} characters": "最多 {} 个字符",
    "String should match pattern {}": "应符合格式 {}",
    "List should have at least {} item after validation, not {}": "至少 {} 项，现有 {} 项",
    "List should have at most {} items after validation, not {}": "最多 {} 项，现有 {} 项",
    "Input should be a valid UUID, {}": "应为 UUID：{}",
    "Input should have timezone info": "时间须带时区",
    "Value error, {}": "{}",
    # people, rights, tokens
    "{} may not {}": "{} 无权执行此操作：{}",
    "{} may not {} at {}": "{0} 在 {2} 无权执行此操作：{1}",
    "{} may not {} at every site": "{0} 无权在所有站点执行此操作：{1}",
    "show your password again, for the act {}: what signs is confirmed each time": (
        "请为操作 {} 再次输入密码：凡签署均须逐次确认"
    ),
    "only a person can sign, and not by a token": "只有本人可以签署，令牌不能签署",
    "only a person can sign": "只有本人可以签署",
    "that is not your password, or too many were wrong; try again later": "密码不正确，或错误次数过多；请稍后再试",
    "this confirmation was used or has expired; show your password again": "此次确认已使用或已过期；请再次输入密码",
    "there is no such person": "没有此人",
    "this link was used or has expired; ask your administrator for another": (
        "此链接已使用或已过期；请向管理员索取新链接"
    ),
    "{} is {} and gets no password": "{} 的状态为 {}，不设密码",
    "a telephone number has 3 to 30 digits, blanks and hyphens, and may begin with +": (
        "电话号码为 3 至 30 位数字、空格和连字符，可以 + 开头"
    ),
    "nobody could administer any more; make somebody else an administrator first": (
        "这样将无人可以管理；请先指定另一位管理员"
    ),
    "nobody signs in as {}": "没有以 {} 登录的人员",
    "there is nobody who signs in as {}": "没有以 {} 登录的人员",
    "somebody signs in as {} already": "已有人以 {} 登录",
    "that is not one mail address": "这不是一个邮件地址",
    "it is not one mail address": "这不是一个邮件地址",
    "the name to sign in with holds no space": "登录名不含空格",
    "there is no time zone {}; one is Asia/Shanghai": "没有时区 {}；例如 Asia/Shanghai",
    "there is no {} here; the languages are en and zh": "没有语言 {}；可用 en 和 zh",
    "{} does not administer every site of {}": "{} 不管理 {} 的所有站点",
    "{} has 1 to {} characters": "{} 须为 1 至 {} 个字符",
    "{} is not {} there": "{} 在那里不是 {}",
    "no mail is configured here; an administrator makes a link": "此处未配置邮件；请由管理员生成链接",
    "one click is for the demo's people, on the machine that runs it": "一键登录只供演示人员在运行演示的机器上使用",
    "a PIN has {} to {} digits": "PIN 为 {} 至 {} 位数字",
    "a password has {} to {} characters": "密码为 {} 至 {} 个字符",
    "this PIN is easily guessed": "此 PIN 容易被猜到",
    "this password is easily guessed; take a few words that do not belong together": (
        "此密码容易被猜到；请用几个互不相关的词"
    ),
    "too many sign in at this moment; try again": "此刻登录人数过多；请重试",
    "it gave no token: {}": "对方未给出令牌：{}",
    "it named nobody": "对方未指明人员",
    "its token does not hold: {}": "其令牌无效：{}",
    "no provider is configured": "未配置身份提供方",
    "no role was given to you": "您没有任何角色",
    "the provider calls itself {}, not {}": "身份提供方自称 {}，而非 {}",
    "the provider does not answer: {}": "身份提供方无应答：{}",
    "only who came in by the provider shows there again who they are": "只有经身份提供方登录者才能在那里再次证明身份",
    "somebody else signed in there": "在那里登录的是另一人",
    "the provider does not say when the credential was shown (auth_time)": "身份提供方未说明何时出示凭据（auth_time）",
    "the provider did not ask for the credential again": "身份提供方未再次要求凭据",
    "this sign-in was begun in another browser": "此次登录是在另一浏览器中开始的",
    "this sign-in was used or took too long": "此次登录已使用或耗时过长",
    "you are disabled here": "您在此已被停用",
    "a token has a name of 1 to 100 characters and lasts 1 to {} days": "令牌名称为 1 至 100 个字符，有效期 1 至 {} 天",
    "a token is a person's, or a machine's with a role: say one of both": "令牌属于某人，或属于带角色的机器：请二选一",
    "a token issues no tokens": "令牌不能签发令牌",
    "{} is disabled": "{} 已停用",
    "only a person who is signed in has tokens of their own": "只有已登录的人员才有自己的令牌",
    "only people of the register have wishes of their own": "只有登记在册的人员才有自己的偏好",
    "there is no token {}": "没有令牌 {}",
    "there is no device token {}": "没有终端令牌 {}",
    "there is no team {}": "没有班组 {}",
    # telemetry over HTTP
    "beyond the rate limit of this device; send less, or later": "超出此终端的速率限制；请减少发送或稍后再发",
    "other values are stored for these instants; yours are kept beside them": (
        "这些时刻已存有其他数值；您的数值另行保留"
    ),
    "show a device token: Authorization: Bearer dev_…": "请出示终端令牌：Authorization: Bearer dev_…",
    "telemetry is not taken here; ask the process that `assetloop serve` runs": (
        "此处不接收遥测；请发往 `assetloop serve` 运行的进程"
    ),
    "this token is a gateway's: name the asset, as ?asset=P-101": "此令牌属于网关：请指明设备，如 ?asset=P-101",
    "this token opens asset {} alone": "此令牌只用于设备 {}",
    "it was not stored in time; send it again": "未及时存储；请重新发送",
    "too much waits to be stored; send it again later": "等待存储的数据过多；请稍后重新发送",
    # things that are not there
    "there is no work order {}": "没有工单 {}",
    "there is no closed order {}": "没有已关闭的工单 {}",
    "there is no alert {}": "没有报警 {}",
    "there is no site {}": "没有站点 {}",
    "there is no class {}": "没有类别 {}",
    "there is no asset {} here": "此处没有设备 {}",
    "there is no asset {} at site {}": "站点 {1} 没有设备 {0}",
    "there is no part {} at site {}": "站点 {1} 没有备件 {0}",
    "there is no trade {} at site {}": "站点 {1} 没有工种 {0}",
    "asset {} has no signal {}": "设备 {} 没有信号 {}",
    "{} has no signal {}": "{} 没有信号 {}",
    "there is no model {}": "没有模型 {}",
    "there is no proposal {}": "没有重新训练建议 {}",
    "there is no lesson {}": "没有经验 {}",
    "there is no message {}": "没有消息 {}",
    "there is no project {}": "没有项目 {}",
    "there is no design-change request {}": "没有设计变更请求 {}",
    "there is no attachment {} on this order": "此工单没有附件 {}",
    "there is no job plan {}{}": "没有作业指导书 {}{}",
    "there is no maintenance plan {}": "没有计划维护 {}",
    "there is no such import": "没有此次导入",
    "{}: there is no such text": "{}：没有此文本",
    "{}: {} must hold {}": "{}：{} 必须含有 {}",
    "nothing is held in quarantine under {}": "隔离区中没有编号 {} 的内容",
}
