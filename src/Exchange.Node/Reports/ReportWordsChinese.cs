using Exchange.V1;

namespace Exchange.Node.Reports;

/// <summary>The words of a report in Chinese.</summary>
internal static class ReportWordsChinese
{
    private static readonly Dictionary<ErrorReason, (string What, string Advice)> Reasons = new()
    {
        [ErrorReason.PeerUnreachable] = ("连不上对方，或线路中断。", ""),
        [ErrorReason.SessionSuperseded] = ("会话未结束时对方重新呼叫。", ""),
        [ErrorReason.AgreementMismatch] = ("双方持有的协议版本不同。", ""),
        [ErrorReason.AgreementNotInForce] = ("协议尚未生效或已经到期。", "请双方启用一份现行有效的协议。"),
        [ErrorReason.PeerUnknown] = ("一方没有把另一方配置为合作节点。", "请双方都添加对方为合作节点。"),
        [ErrorReason.ContractUnsupported] = ("双方软件版本相差太大。", "请升级版本较旧的节点。"),
        [ErrorReason.MethodUnknown] = ("一方软件不支持该调用。", "请升级版本较旧的节点。"),
        [ErrorReason.ServiceUnknown] = ("一方软件不支持该服务。", "请升级版本较旧的节点。"),
        [ErrorReason.StoreUnavailable] = ("数据库没有应答。", "请检查责任方节点的磁盘和数据库。"),
        [ErrorReason.NodeStopping] = ("节点正在停机。", "请确认节点已重新启动。"),
        [ErrorReason.Internal] = ("节点出现故障。", ""),
        [ErrorReason.SyncProtocol] = ("收到不符合规程的消息。", ""),
        [ErrorReason.ResumeTokenExpired] = ("对方离线时间太长。", ""),
        [ErrorReason.ReceiptChainBroken] = ("双方持有的回执不同。", "请在双方节点上用 exchange receipts 核对。"),
        [ErrorReason.ReceiptForged] = ("回执缺少有效签名。", "请核对双方公钥与协议所载是否一致。"),
        [ErrorReason.ReceiptMismatch] = ("双方统计的数量不同。", ""),
        [ErrorReason.ReceiptInvalid] = ("回执无法读取。", ""),
    };

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["worker"] = "劳动者",
        ["vacancy"] = "岗位",
        ["employer"] = "用人单位",
        ["household"] = "家庭",
        ["division"] = "行政区划",
        ["placement_event"] = "就业事件",
    };

    public static ReportWords Create() => new()
    {
        Title = "{0} {1} 交换日报",
        NoPartners = "没有配置任何合作节点。",
        Well = "{0}：一切正常。",
        Attention = "{0}：需要处理。",
        Moved = "收到 {0} 条{1}；发出 {2} 条{3}。",
        Sessions = "会话 {0} 次，失败 {1} 次。",
        NoSessions = "当天没有会话。",
        DigestsAgree = "双方数据一致。",
        DigestsDiffer = "双方数据不一致！请再运行一次 exchange sync {0}；仍不一致时，请双方节点的维护人员核对日志。",
        ReceiptSigned = "回执第 {0} 号双方均已签名。",
        ReceiptOwed = "上一次会话的回执尚未由双方签名，下一次会话会补上。",
        Withheld = "按协议未发出 {0} 条记录。",
        Quarantined = "待处理：{1} 发来的 {0} 条变更无法入库，已隔离，请派人核对。",
        Retractions = "待确认：{1} 尚未确认已删除 {0} 条记录，其中 {2} 条已逾期。",
        Partial = "待处理：恢复备份后由 {1} 归还的 {0} 条记录可能不完整，请用 exchange review partial list 核对。",
        Reviews = "待核对：{0} 项身份证号码问题，请用 exchange review identity list 查看。",
        Outage = "已预告停机：{0}，{1} 至 {2}：{3}",
        UpgradeBefore = "请在 {1} 之前升级 {0}：自该日起 {2} 拒绝与它同步（{0} 只支持同步规程版本 {3}，届时至少需要 {4}）。",
        OwnCertificateEnds = "本节点的证书于 {0} 到期：请执行 exchange certificate roll。",
        CredentialEnds = "凭证 {0} 于 {1} 到期：请用 exchange access create 为该系统换发。",
        CertificateEnds = "{0} 的证书于 {1} 到期：请通知对方更换。",
        LacksNextCertificate = "本节点正在更换证书，{0} 尚未收到新证书。",
        UpgradeNow = "请立即升级 {0}：自 {1} 起 {2} 已拒绝与它同步（{0} 只支持同步规程版本 {3}，至少需要 {4}）。",
        LastSuccess = "双方上次完全同步：{0}。",
        NeverSuccess = "双方从未完全同步过。",
        Failed = "失败 {0} 次，最近一次 {1}：{2}责任：{3}。",
        WhatToDo = "怎么办：{0}",
        NextRun = "下次同步：{0}。",
        TheyCall = "下次同步：等 {0} 呼叫本节点。",
        Refused = "对方机器有应答，但对方节点没有运行。",
        OtherReason = "{0}。",
        Brackets = "（{0}）",
        Comma = "、",
        Faults = new Dictionary<FaultSide, string>
        {
            [FaultSide.Unspecified] = "无，停机已预告",
            [FaultSide.Ours] = "我方",
            [FaultSide.Theirs] = "对方",
            [FaultSide.Line] = "线路",
            [FaultSide.Agreement] = "协议",
        },
        Advice = new Dictionary<FaultSide, string>
        {
            [FaultSide.Ours] = "查看本节点日志，并联系本节点的维护人员。",
            [FaultSide.Theirs] = "联系对方节点的维护人员，告知时间和原因。",
            [FaultSide.Line] = "暂时不用处理，系统会自动重试；超过一天仍不通，请检查两个节点之间的网络。",
            [FaultSide.Agreement] = "请双方启用同一份协议。",
        },
        Reasons = Reasons,
        Kinds = Kinds,
    };
}
