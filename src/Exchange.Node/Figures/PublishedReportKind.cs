using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Figures;

/// <summary>Published reports: found by their division and by the report that they correct; never changed.</summary>
internal sealed class PublishedReportKind() : PlainKind<PublishedReport>(KindName)
{
    /// <summary>The kind's name, and that of the key that names the report that one corrects.</summary>
    public const string KindName = "published_report";

    public override bool IsImmutable => true;

    /// <summary>What a report says; null for bytes that are no statement, or not of this record.</summary>
    public static PublishedReportStatement? Read(PublishedReport report)
    {
        try
        {
            var statement = PublishedReportStatement.Parser.ParseFrom(report.Statement);
            return statement.Title == report.Title
                && Equals(statement.Place, report.Place)
                && Equals(statement.AsOfDate, report.AsOfDate)
                && statement.CorrectedReportId == report.PublishedReportId
                    ? statement
                    : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    protected override IEnumerable<FieldViolation> CheckMeaning(PublishedReport payload, RuleContext context)
    {
        if (payload.Statement.IsEmpty || Read(payload) is null)
        {
            yield return new("statement", "It isn't what a report of this place, title and day says.");
        }

        if (payload.Signature is { } signature && (signature.Signature.IsEmpty || signature.Node != context.Node))
        {
            yield return new("signature.node", $"A report is signed by its node. It must be '{context.Node}'.");
        }
    }
}
