using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>Who is at work, how it came about and what for: what entries say of a commit beside its records.</summary>
internal sealed record AuditContext
{
    /// <summary>The node at its own tasks.</summary>
    public static AuditContext System { get; } = new()
    {
        Actor = new AuditActor { Kind = AuditActorKind.System, Name = "node" },
    };

    /// <summary>Who does it. Never changed once it is here: entries share it.</summary>
    public required AuditActor Actor { get; init; }

    /// <summary>The rpc, such as <c>exchange.v1.RecordService/GetRecord</c>, or the node's own task.</summary>
    public string Method { get; init; } = "";

    /// <summary>What for, as the caller said.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>A partner's node.</summary>
    public static AuditContext Partner(string node, string method) => new()
    {
        Actor = new AuditActor { Kind = AuditActorKind.Partner, Name = node },
        Method = method,
    };
}
