namespace Exchange.Node.Figures;

/// <summary>What came of a return home.</summary>
internal enum ReturnOutcome : byte
{
    /// <summary>Isn't known.</summary>
    Unknown,

    /// <summary>Was placed again.</summary>
    Replaced,

    /// <summary>Wants to be placed again, and wasn't.</summary>
    Waiting,

    /// <summary>Doesn't want to leave again.</summary>
    NoWish,
}
