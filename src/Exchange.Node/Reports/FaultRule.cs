namespace Exchange.Node.Reports;

/// <summary>Who is at fault for a reason, seen from whoever found it.</summary>
internal enum FaultRule
{
    /// <summary>The side that found it: something of its own failed.</summary>
    Finder,

    /// <summary>The other side: it sent what can't be taken.</summary>
    Other,

    /// <summary>What is between the two.</summary>
    Line,

    /// <summary>The agreement that the two hold.</summary>
    Agreement,
}
