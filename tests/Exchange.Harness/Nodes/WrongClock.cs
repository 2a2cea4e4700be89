namespace Exchange.Harness.Nodes;

/// <summary>A clock that runs well and shows another time than it is.</summary>
internal sealed class WrongClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
