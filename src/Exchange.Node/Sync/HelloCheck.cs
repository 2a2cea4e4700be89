using Exchange.Node.Agreements;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>Whether two nodes may talk: each checks the other's Hello, and says exactly what doesn't fit.</summary>
internal static class HelloCheck
{
    private const int MaxAuditHeadLength = 256;

    private const int ShownDigestLength = 16;

    /// <summary>Returns what keeps the session from starting; null when nothing does.</summary>
    public static SyncFailure? Check(SyncHello hello, SyncSessionOptions ours, string sessionId, DateTimeOffset now)
    {
        if (hello.Node != ours.Peer)
        {
            return SyncFailure.PeerUnknown(hello.Node);
        }

        return Protocol(hello, ours, now)
            ?? Form(hello, ours, sessionId)
            ?? Agreement(hello, ours)
            ?? InForce(ours, now);
    }

    /// <summary>Whether a session that began may go on; asked again while a live one is open.</summary>
    public static SyncFailure? GoesOn(SyncHello? hello, SyncSessionOptions ours, DateTimeOffset now) =>
        (hello is null ? null : Protocol(hello, ours, now)) ?? InForce(ours, now);

    /// <summary>Whether this side's agreement is in force now.</summary>
    public static SyncFailure? InForce(SyncSessionOptions ours, DateTimeOffset now)
    {
        var terms = ours.Agreement;
        var day = NodeIdentity.DayOf(now);

        // After the end, what is still out is taken back: such a session gives nothing new.
        if (terms.IsInForce(day) || (ours.IsWindingUp && terms.ValidTo < day))
        {
            return null;
        }

        var (from, to) = (Day(terms.ValidFrom), Day(terms.ValidTo));
        return new SyncFailure(
            StatusCode.FailedPrecondition,
            ErrorReason.AgreementNotInForce,
            $"Agreement '{terms.Agreement.Id}' is valid {Span(from, to)}. Put one that is in force on both nodes.")
        {
            Metadata = new Dictionary<string, string>
            {
                ["agreement"] = terms.Agreement.Id,
                ["valid_from"] = from,
                ["valid_to"] = to,
            },
        };
    }

    private static SyncFailure? Protocol(SyncHello hello, SyncSessionOptions ours, DateTimeOffset now)
    {
        var (min, max) = (ours.Protocol.MinOn(NodeIdentity.DayOf(now)), ours.Protocol.Max);
        if (hello.MinProtocol <= max && hello.MaxProtocol >= min)
        {
            return null;
        }

        var (mine, theirs) = ($"{min}-{max}", $"{hello.MinProtocol}-{hello.MaxProtocol}");
        return new SyncFailure(
            StatusCode.FailedPrecondition,
            ErrorReason.ContractUnsupported,
            $"'{ours.Node}' speaks sync protocol {mine}, '{hello.Node}' speaks {theirs}. "
            + $"Upgrade '{(hello.MaxProtocol < min ? hello.Node : ours.Node)}'.")
        {
            Metadata = new Dictionary<string, string> { ["ours"] = mine, ["theirs"] = theirs },
        };
    }

    // Ids and epochs end up in logs, keys and receipts; what isn't a UUID must not get there.
    private static SyncFailure? Form(SyncHello hello, SyncSessionOptions ours, string sessionId)
    {
        if (!Guid.TryParseExact(hello.Epoch, "D", out _))
        {
            return SyncFailure.Protocol("the Hello's epoch isn't a UUID");
        }

        if (!ProtocolVersions.AreSound(hello.ProtocolEnds))
        {
            return SyncFailure.Protocol("the Hello can't be taken: it ends protocol versions on days that aren't");
        }

        if (OutageRules.FaultOf(hello.PlannedOutages, hello.Node) is { } fault)
        {
            return SyncFailure.Protocol($"the Hello can't be taken: {fault}");
        }

        if (hello.AuditHead.Length > MaxAuditHeadLength)
        {
            return SyncFailure.Protocol("the Hello's audit head is too long");
        }

        if (ours.IsCaller)
        {
            return hello.SessionId == sessionId
                ? null
                : SyncFailure.Protocol($"the Hello doesn't echo session id {sessionId}");
        }

        return Guid.TryParseExact(hello.SessionId, "D", out _)
            ? null
            : SyncFailure.Protocol("the Hello's session id isn't a UUID");
    }

    private static SyncFailure? Agreement(SyncHello hello, SyncSessionOptions ours)
    {
        if (IsHello(ours.Agreement, hello) || (ours.Successor is { } successor && IsHello(successor, hello)))
        {
            return null;
        }

        var agreement = ours.Agreement.Agreement;
        var mine = Text(agreement.Version, ours.Agreement.Digest);
        var theirs = Text(hello.AgreementVersion, hello.AgreementDigest);
        if (hello.AgreementId != agreement.Id)
        {
            theirs = $"{(NodeIds.IsValid(hello.AgreementId) ? hello.AgreementId : "unnamed")} {theirs}";
        }

        return new SyncFailure(
            StatusCode.FailedPrecondition,
            ErrorReason.AgreementMismatch,
            $"'{ours.Node}' holds agreement '{agreement.Id}' version {mine}, '{hello.Node}' holds {theirs}. "
            + "Put the same agreement on both.")
        {
            Metadata = new Dictionary<string, string>
            {
                ["agreement"] = agreement.Id,
                ["ours"] = mine,
                ["theirs"] = theirs,
            },
        };
    }

    private static bool IsHello(AgreementTerms terms, SyncHello hello) =>
        hello.AgreementId == terms.Agreement.Id
        && hello.AgreementVersion == terms.Agreement.Version
        && hello.AgreementDigest.Equals(terms.Digest);

    // The beginning of a digest tells two texts apart as well as the whole does, and fits on a line.
    private static string Text(uint version, ByteString digest)
    {
        var hex = Convert.ToHexStringLower(digest.Span);
        return $"{version} ({(hex.Length == 0 ? "no digest" : hex[..Math.Min(ShownDigestLength, hex.Length)])})";
    }

    private static string Day(DateOnly? day) =>
        day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private static string Span(string from, string to) =>
        (from.Length == 0 ? "" : $"from {from} ") + (to.Length == 0 ? "without end" : $"to {to}");
}
