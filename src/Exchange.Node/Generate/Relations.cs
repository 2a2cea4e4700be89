using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>How the members of a household relate to its head, told from their ages.</summary>
internal static class Relations
{
    public const string Head = "户主";
    private const int MarriageAge = 22;
    private const string Spouse = "配偶";
    private const string Son = "子";
    private const string Daughter = "女";
    private const string Brother = "弟";
    private const string Sister = "妹";

    /// <summary>The relation of each member to the head, who is the oldest.</summary>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<IdNumberPlan.Identity> members, IdNumberPlan.Identity head, DateOnly asOf)
    {
        var relations = new List<string>(members.Count);
        foreach (var member in members)
        {
            var man = member.Sex == Sex.Male;
            var years = Ages.At(head.BirthDate, member.BirthDate);
            relations.Add(member switch
            {
                _ when member == head => Head,
                _ when years < 13 && member.Sex != head.Sex && Ages.At(member.BirthDate, asOf) >= MarriageAge
                    && !relations.Contains(Spouse) => Spouse,
                _ when years >= 18 => man ? Son : Daughter,
                _ => man ? Brother : Sister,
            });
        }

        return relations;
    }

    public static bool SharesSurname(string relation) => relation != Spouse;
}
