using System.Text;
using Exchange.Node.Errors;
using Grpc.Core;

namespace Exchange.Node.Access;

/// <summary>What a caller says it needs to see personal data in the clear for.</summary>
internal static class UnmaskPurpose
{
    private const int MaxLength = 200;

    // A telephone number has eleven digits, an ID number more.
    private const int PersonalDigits = 11;

    private const string Field = "unmask_purpose";

    /// <summary>Checks a purpose and that the caller may have one; an empty one asks for masked data.</summary>
    /// <exception cref="ExchangeException">It may not, or the purpose can't stand in the audit chain.</exception>
    public static void Check(string purpose, ServerCallContext context)
    {
        if (purpose.Length > 0)
        {
            Require(purpose, context, Field);
        }
    }

    /// <summary>Checks a purpose that must be there, and that the caller may have one.</summary>
    /// <param name="purpose">What the caller says.</param>
    /// <param name="context">The call.</param>
    /// <param name="field">The field that says it.</param>
    /// <exception cref="ExchangeException">It is missing, may not be, or can't stand in the audit chain.</exception>
    public static void Require(string purpose, ServerCallContext context, string field)
    {
        var caller = Caller.Of(context);
        if (!caller.May(Permission.Unmask))
        {
            throw AccessRefusals.Forbidden(caller, Permission.Unmask, context.Method);
        }

        if (string.IsNullOrWhiteSpace(purpose) || purpose.EnumerateRunes().Count() > MaxLength
            || purpose.EnumerateRunes().Any(Rune.IsControl))
        {
            throw ExchangeException.Invalid(
                field, $"Say in one line of at most {MaxLength} characters what the data is needed for.");
        }

        if (HoldsNumber(purpose))
        {
            throw ExchangeException.Invalid(
                field, "It holds a long number. It is kept in the audit chain: name no person in it, only the reason.");
        }
    }

    private static bool HoldsNumber(string purpose)
    {
        var digits = 0;
        foreach (var rune in purpose.EnumerateRunes())
        {
            digits = Rune.IsDigit(rune) ? digits + 1 : 0;
            if (digits == PersonalDigits)
            {
                return true;
            }
        }

        return false;
    }
}
