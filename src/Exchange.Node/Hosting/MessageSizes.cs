namespace Exchange.Node.Hosting;

/// <summary>
/// How large messages get. Each bound follows from the one before: a page and one record more still fit into a message.
/// </summary>
internal static class MessageSizes
{
    /// <summary>
    /// The largest message that a node takes, which is also what gRPC clients take unless told otherwise.
    /// </summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>A page of a list ends with the record with which it holds so much.</summary>
    public const int PageBytes = 2 << 20;

    /// <summary>The most that a record may have, payload and envelope together.</summary>
    public const int RecordBytes = 1 << 20;
}
