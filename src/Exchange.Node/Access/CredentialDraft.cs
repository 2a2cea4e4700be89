using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Access;

/// <summary>Reads and checks what a new credential is to be.</summary>
internal sealed class CredentialDraft(TimeProvider time)
{
    private const int MaxReach = 100;
    private const int MaxPem = 20_000;
    private const int FingerprintLength = 32;

    private static readonly TimeSpan Default = TimeSpan.FromDays(365);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(731);
    private static readonly string[] Reserved = [Caller.Operator.Name, Caller.Nobody.Name];

    /// <summary>The credential with everything that the node sets itself.</summary>
    /// <exception cref="ExchangeException">It can't be used; every reason is named.</exception>
    public Credential Read(CreateCredentialRequest request)
    {
        var now = time.GetUtcNow();
        var given = request.Credential ?? throw ExchangeException.Invalid("credential", "Say what it is to be.");
        var expire = given.ExpireTime ?? (now + Default).ToTimestamp();
        var violations = CheckWho(given).Concat(CheckReach(given)).Concat(CheckTime(expire, now)).ToList();
        if (violations.Count > 0)
        {
            throw ExchangeException.Invalid(violations);
        }

        var told = new Credential
        {
            Name = given.Name,
            CreateTime = now.ToTimestamp(),
            ExpireTime = expire,
            KeyFingerprint = Fingerprint(request, given),
        };
        told.Roles.AddRange(given.Roles.Distinct().Order());
        told.DivisionCodes.AddRange(given.DivisionCodes.Distinct().Order(StringComparer.Ordinal));
        told.Kinds.AddRange(given.Kinds.Distinct().Order(StringComparer.Ordinal));
        told.Sources.AddRange(given.Sources.Distinct().Order(StringComparer.Ordinal));
        return told;
    }

    private static IEnumerable<FieldViolation> CheckWho(Credential given)
    {
        if (!StreamName.IsValid(given.Name) || Reserved.Contains(given.Name))
        {
            yield return new("credential.name", $"{StreamName.Rule} '{Reserved[0]}' and '{Reserved[1]}' are taken.");
        }

        if (given.Roles.Count == 0 || given.Roles.Any(role => !RolePermissions.Rows.ContainsKey(role)))
        {
            var all = string.Join(", ", RolePermissions.All.Select(RolePermissions.NameOf));
            yield return new("credential.roles", $"Give it at least one of: {all}.");
        }

        var isRestricted = given.DivisionCodes.Count > 0 || given.Kinds.Count > 0;
        if (given.Roles.Contains(Role.Admin) && isRestricted)
        {
            yield return new(
                "credential.roles", "What an admin does concerns the whole node. Give it no divisions and no kinds.");
        }

        if (given.Sources.Count > 0 && !given.Roles.Contains(Role.Publisher))
        {
            yield return new("credential.sources", "Only a publisher has sources.");
        }
    }

    private static IEnumerable<FieldViolation> CheckReach(Credential given)
    {
        if (given.DivisionCodes.Count > MaxReach || !given.DivisionCodes.All(Divisions.IsNormal))
        {
            yield return new(
                "credential.division_codes",
                $"Give at most {MaxReach} codes of 2, 4, 6, 9 or 12 digits without padding zeros, such as 530627.");
        }

        // Kinds that this version doesn't know may be a partner's; only their form is checked.
        if (given.Kinds.Count > MaxReach || !given.Kinds.All(Sync.ChangeReader.IsKind))
        {
            yield return new("credential.kinds", $"Give at most {MaxReach} names of kinds, such as vacancy.");
        }

        if (given.Sources.Count > MaxReach || !given.Sources.All(StreamName.IsValid))
        {
            yield return new("credential.sources", $"Give at most {MaxReach}, each of this form: {StreamName.Rule}");
        }
    }

    private static IEnumerable<FieldViolation> CheckTime(Timestamp expire, DateTimeOffset now)
    {
        var isReal = expire.Seconds >= now.ToUnixTimeSeconds()
            && expire.Seconds <= (now + Longest).ToUnixTimeSeconds()
            && expire.Nanos is >= 0 and < 1_000_000_000;
        if (!isReal)
        {
            yield return new(
                "credential.expire_time", $"It must be yet to come, and at most {Longest.TotalDays} days from now.");
        }
    }

    private static ByteString Fingerprint(CreateCredentialRequest request, Credential given)
    {
        if (request.CertificatePem.Length > 0)
        {
            try
            {
                using var certificate = request.CertificatePem.Length <= MaxPem
                    ? X509Certificate2.CreateFromPem(request.CertificatePem)
                    : throw new CryptographicException();
                return ByteString.CopyFrom(CertificateHandler.FingerprintOf(certificate));
            }
            catch (CryptographicException)
            {
                throw ExchangeException.Invalid("certificate_pem", "It is no certificate in PEM.");
            }
        }

        return given.KeyFingerprint.Length is 0 or FingerprintLength
            ? given.KeyFingerprint
            : throw ExchangeException.Invalid(
                "credential.key_fingerprint", $"A SHA-256 has {FingerprintLength} bytes.");
    }
}
