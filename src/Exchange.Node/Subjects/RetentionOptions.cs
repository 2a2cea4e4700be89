namespace Exchange.Node.Subjects;

/// <summary>
/// The section <c>Retention</c> of the configuration: what an erasure must hold apart, because law says for how long it
/// is kept (Personal Information Protection Law, article 47, last paragraph).
/// </summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    private const string AccountingArchives =
        "会计档案管理办法 (Ministry of Finance and State Archives, order 79 of 2015), 附表: 会计凭证 30 年";

    /// <summary>
    /// The schedule, one entry for each kind: Kind, Years (counted from the end of the calendar year that the record
    /// belongs to: that of a payment's state, that in which a loan is due, for any other kind that in which it was
    /// written last), Provision (the law, for the answer to the person). Default: the accounting vouchers
    /// <c>subsidy_payment</c> and <c>start_up_loan</c>, 30 years.
    /// </summary>
    public IReadOnlyList<RetentionRule>? Rules { get; set; }

    /// <summary>The schedule that holds.</summary>
    internal IReadOnlyList<RetentionRule> Schedule => Rules ??
    [
        new RetentionRule { Kind = "subsidy_payment", Years = 30, Provision = AccountingArchives },
        new RetentionRule { Kind = "start_up_loan", Years = 30, Provision = AccountingArchives },
    ];
}

/// <summary>For how long records of a kind are kept.</summary>
internal sealed class RetentionRule
{
    /// <summary>The kind.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Calendar years after that to which the record belongs: 1 to 100.</summary>
    public int Years { get; set; }

    /// <summary>The law that says so.</summary>
    public string Provision { get; set; } = "";
}
