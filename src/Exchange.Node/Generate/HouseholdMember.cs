using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>A worker and the head of the household, as ledgers list them side by side.</summary>
internal sealed record HouseholdMember(Worker Worker, string HeadName, string HeadIdNumber);
