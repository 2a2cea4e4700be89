using System.Buffers;
using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Agreements;

/// <summary>Everything that an agreement must keep to, so that both nodes understand it alike.</summary>
internal static class AgreementRules
{
    private const int MaxProfileLength = 32;
    private const int MaxPurposeLength = 64;
    private const uint MaxPersonMatches = 200;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Returns everything that is wrong with an agreement.</summary>
    public static IEnumerable<FieldViolation> Check(Agreement agreement, RecordKinds kinds) =>
    [
        .. CheckHead(agreement),
        .. CheckParties(agreement),
        .. CheckSuccessions(agreement),
        .. CheckHeir(agreement),
        .. CheckFlows(agreement, kinds),
    ];

    private static IEnumerable<FieldViolation> CheckHead(Agreement agreement)
    {
        if (!NodeIds.IsValid(agreement.Id))
        {
            yield return new("id", "It must have 1 to 63 characters of a-z, 0-9 and -.");
        }

        if (agreement.Version == 0)
        {
            yield return new("version", "Versions count from 1.");
        }

        if (agreement.ValidFromDate is null)
        {
            yield return new("valid_from_date", "Say from which day on it holds.");
        }

        foreach (var violation in CheckPeriod(agreement.ValidFromDate, agreement.ValidToDate, ""))
        {
            yield return violation;
        }
    }

    private static IEnumerable<FieldViolation> CheckParties(Agreement agreement)
    {
        if (agreement.Parties.Count != 2)
        {
            yield return new("parties", $"An agreement has 2 parties, not {agreement.Parties.Count}.");
        }

        for (var i = 0; i < agreement.Parties.Count; i++)
        {
            var party = agreement.Parties[i];
            if (!NodeIds.IsValid(party.Node))
            {
                yield return new($"parties[{i}].node", "A node's id has 1 to 63 characters of a-z, 0-9 and -.");
            }

            if (agreement.Parties.Take(i).Any(other => other.Node == party.Node))
            {
                yield return new($"parties[{i}].node", $"'{party.Node}' is a party already.");
            }

            if (!party.PublicKey.IsEmpty && !IsPublicKey(party.PublicKey.Span))
            {
                yield return new($"parties[{i}].public_key", "It is no SubjectPublicKeyInfo of a key on P-256.");
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckSuccessions(Agreement agreement)
    {
        foreach (var (i, succession) in agreement.Successions.Index())
        {
            var path = $"successions[{i}]";
            if (agreement.Parties.All(party => party.Node != succession.ByNode))
            {
                yield return new($"{path}.by_node", $"'{succession.ByNode}' is no party.");
            }

            var isKnown = agreement.Parties.Any(party => party.Node == succession.Node)
                || agreement.Successions.Take(i).Any(other => other.Node == succession.Node);
            if (!NodeIds.IsValid(succession.Node) || isKnown)
            {
                yield return new($"{path}.node", "It must be the id of a node that is no party, named once.");
            }

            if (!NodeIds.IsValid(succession.AgreementId) || succession.AgreementId == agreement.Id)
            {
                yield return new($"{path}.agreement_id", "It must be the id of the agreement with that node.");
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckHeir(Agreement agreement)
    {
        if (agreement.Heir is not { } heir)
        {
            yield break;
        }

        if (agreement.Parties.All(party => party.Node != heir.Node))
        {
            yield return new("heir.node", $"'{heir.Node}' is no party.");
        }

        if (!NodeIds.IsValid(heir.ByNode) || agreement.Parties.Any(party => party.Node == heir.ByNode))
        {
            yield return new("heir.by_node", "It must be the id of a node that is no party.");
        }

        if (agreement.ValidToDate is null)
        {
            yield return new(
                "heir", "Nobody takes a party's place before a last day. Set valid_to_date, or leave it out.");
        }
    }

    private static IEnumerable<FieldViolation> CheckFlows(Agreement agreement, RecordKinds kinds)
    {
        if (agreement.Flows.Count == 0)
        {
            yield return new("flows", "Nothing flows. List what each party gives to the other.");
        }

        for (var i = 0; i < agreement.Flows.Count; i++)
        {
            var flow = agreement.Flows[i];
            var path = $"flows[{i}]";
            foreach (var violation in CheckEnds(agreement, flow, path)
                .Concat(CheckWords(flow, path))
                .Concat(PurposeRules.Check(agreement, i, path))
                .Concat(CheckPairs(flow, path))
                .Concat(KindRuleRules.Check(flow, path, kinds)))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckEnds(Agreement agreement, AgreementFlow flow, string path)
    {
        foreach (var (name, node) in new[] { ("from_node", flow.FromNode), ("to_node", flow.ToNode) })
        {
            if (agreement.Parties.All(party => party.Node != node))
            {
                yield return new($"{path}.{name}", $"'{node}' is no party.");
            }
        }

        if (flow.FromNode == flow.ToNode)
        {
            yield return new($"{path}.to_node", "It must be the other party.");
        }

        if (flow.PersonMatchesPerDay > MaxPersonMatches)
        {
            yield return new($"{path}.person_matches_per_day", $"It can be {MaxPersonMatches:N0} at most.");
        }

        for (var i = 0; i < flow.MayPassOnTo.Count; i++)
        {
            var node = flow.MayPassOnTo[i];
            if (!NodeIds.IsValid(node) || agreement.Parties.Any(party => party.Node == node))
            {
                yield return new($"{path}.may_pass_on_to[{i}]", "It must be the id of a node that is no party.");
            }
        }

        for (var i = 0; i < flow.PassesOnFrom.Count; i++)
        {
            var node = flow.PassesOnFrom[i];
            if (!NodeIds.IsValid(node) || agreement.Parties.Any(party => party.Node == node))
            {
                yield return new($"{path}.passes_on_from[{i}]", "It must be the id of a node that is no party.");
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckWords(AgreementFlow flow, string path)
    {
        if (!NodeIds.IsValid(flow.Profile) || flow.Profile.Length > MaxProfileLength)
        {
            yield return new($"{path}.profile", $"It must have 1 to {MaxProfileLength} characters of a-z, 0-9 and -.");
        }

        if (flow.Purpose.Length is 0 or > MaxPurposeLength || flow.Purpose.Any(char.IsControl))
        {
            yield return new(
                $"{path}.purpose",
                $"Name it in 1 to {MaxPurposeLength} characters of one line, such as \"placement\".");
        }
    }

    private static IEnumerable<FieldViolation> CheckPairs(AgreementFlow flow, string path)
    {
        for (var i = 0; i < flow.DivisionPairs.Count; i++)
        {
            var pair = flow.DivisionPairs[i];
            var at = $"{path}.division_pairs[{i}].";
            foreach (var (name, code) in new[] { ("from_code", pair.FromCode), ("to_code", pair.ToCode) })
            {
                if (code.Length is not (2 or 4 or 6 or 9 or 12) || code.AsSpan().ContainsAnyExcept(Digits))
                {
                    yield return new(at + name, "A division's code has 2, 4, 6, 9 or 12 digits.");
                }
            }

            foreach (var violation in CheckPeriod(pair.ValidFromDate, pair.ValidToDate, at))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckPeriod(Date? from, Date? to, string path)
    {
        foreach (var (name, date) in new[] { ("valid_from_date", from), ("valid_to_date", to) })
        {
            if (date is not null && DateRules.Day(date) is null)
            {
                yield return new(path + name, "It is no whole date of the calendar.");
            }
        }

        if (DateRules.Day(from) is { } first && DateRules.Day(to) is { } last && last < first)
        {
            yield return new(path + "valid_to_date", "It is earlier than valid_from_date.");
        }
    }

    private static bool IsPublicKey(ReadOnlySpan<byte> key)
    {
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key, out var read);
            return read == key.Length && ecdsa.KeySize == 256;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
