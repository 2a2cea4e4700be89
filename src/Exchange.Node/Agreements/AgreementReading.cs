using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Agreements;

/// <summary>Reads what is offered as an agreement, trusting none of it.</summary>
internal static class AgreementReading
{
    private static readonly MessageParser<Agreement> Known = Agreement.Parser.WithDiscardUnknownFields(true);

    /// <summary>Reads the signed bytes and checks terms and signatures.</summary>
    /// <exception cref="ExchangeException">It can't be used; every reason is named.</exception>
    public static AgreementTerms Read(SignedAgreement signed, RecordKinds kinds)
    {
        var terms = Parse(signed, kinds);
        return AgreementSignatures.Check(signed, terms.Agreement).ToList() is [var (node, detail), ..]
            ? throw AgreementFailure.Signature(terms.Agreement, node, detail)
            : terms;
    }

    /// <summary>Reads the signed bytes and checks the terms alone.</summary>
    /// <exception cref="ExchangeException">They can't be used; every reason is named.</exception>
    public static AgreementTerms Parse(SignedAgreement signed, RecordKinds kinds)
    {
        Agreement agreement;
        try
        {
            agreement = Known.ParseFrom(signed.Agreement);
        }
        catch (InvalidProtocolBufferException)
        {
            throw ExchangeException.Invalid("signed.agreement", "It is no exchange.v1.Agreement.");
        }

        // A term that this version doesn't know might be a restriction, so that it can't be left aside.
        return agreement.ToByteString().Equals(signed.Agreement)
            ? Check(agreement, kinds, "signed.agreement.")
            : throw ExchangeException.Invalid(
                "signed.agreement",
                "It has terms that this version doesn't know, or isn't serialized in the order of its fields' numbers. "
                + "If the partner runs a newer version, upgrade this node.");
    }

    /// <summary>Checks terms that are to be signed.</summary>
    /// <param name="agreement">The terms, complete.</param>
    /// <param name="kinds">The kinds whose fields are known.</param>
    /// <param name="path">What stands before each field's name.</param>
    /// <exception cref="ExchangeException">They can't be used; every reason is named.</exception>
    public static AgreementTerms Check(Agreement agreement, RecordKinds kinds, string path)
    {
        List<FieldViolation> violations =
        [
            .. AgreementRules.Check(agreement, kinds),
            .. agreement.Parties.Index().Where(pair => pair.Item.PublicKey.IsEmpty)
                .Select(pair => new FieldViolation(
                    $"parties[{pair.Index}].public_key",
                    "Each party's key must stand in it. Give the partner's card.")),
        ];
        return violations.Count == 0
            ? new AgreementTerms(agreement)
            : throw ExchangeException.Invalid([.. violations.Select(v => v with { Field = path + v.Field })]);
    }
}
