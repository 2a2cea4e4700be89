namespace Exchange.Node.Sync;

/// <summary>A moment as the loop read it, so that the session itself never asks for the time.</summary>
/// <param name="Wall">The wall clock: for people, receipts and days. May jump.</param>
/// <param name="Elapsed">Time since the session began, by a clock that never jumps: for intervals.</param>
internal readonly record struct SyncTime(DateTimeOffset Wall, TimeSpan Elapsed);
