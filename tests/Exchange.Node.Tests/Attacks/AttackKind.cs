namespace Exchange.Node.Tests.Attacks;

/// <summary>What an attacker does to a request.</summary>
public enum AttackKind
{
    /// <summary>Well formed, with any fields and any of the words that the node knows.</summary>
    FieldMix,

    /// <summary>Any bytes.</summary>
    Garbage,

    /// <summary>A well-formed message that ends too early.</summary>
    Truncated,

    /// <summary>A well-formed message in which some bits were turned over.</summary>
    FlippedBits,

    /// <summary>Numbers and lengths of more bytes than a number can have, and lengths of gigabytes.</summary>
    OversizedVarint,

    /// <summary>Groups, messages and Anys in each other, deeper than any parser goes.</summary>
    DeepNesting,

    InvalidUtf8,

    UnknownEnum,

    /// <summary>Texts and bytes of up to a megabyte, and messages beyond what a node takes.</summary>
    GiantString,

    /// <summary>Negative, largest and overflowing numbers, times and dates.</summary>
    ExtremeNumber,

    /// <summary>A field in the form of another type.</summary>
    WrongWireType,

    /// <summary>Fields that the contract doesn't have.</summary>
    UnknownField,

    /// <summary>Thousands of elements in one list.</summary>
    ManyElements,

    /// <summary>A frame whose length or compression isn't true, and more frames or fewer than the rpc has.</summary>
    BrokenFrame,

    /// <summary>Metadata that gRPC doesn't have: timeouts, encodings, content types.</summary>
    BrokenHeader,

    /// <summary>JSON over HTTP/1.1 with any fields and words.</summary>
    JsonMix,

    /// <summary>JSON that isn't any, or isn't the message's, and is nested deep.</summary>
    JsonGarbage,
}
