using Exchange.Store;

namespace Exchange.Node.Subjects;

/// <summary>A record of an erased person that is held apart.</summary>
/// <param name="Key">The record.</param>
/// <param name="Until">The last day on which it is kept, in Asia/Shanghai.</param>
/// <param name="Provision">The law that says so.</param>
internal sealed record RetainedRecord(RecordKey Key, DateOnly Until, string Provision);
