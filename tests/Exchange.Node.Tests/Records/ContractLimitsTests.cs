using System.Globalization;
using System.Text.RegularExpressions;
using Exchange.Node.Records;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>Holds the tables of limits against the comments of the contract, which clients read.</summary>
public sealed partial class ContractLimitsTests
{
    private static readonly FileDescriptor[] Files =
    [
        .. new RecordKinds().All.Select(kind => kind.Descriptor.File)
            .SelectMany(file => file.Dependencies.Prepend(file))
            .Where(file => file.Package == "exchange.v1")
            .DistinctBy(file => file.Name),
    ];

    [Fact]
    public void Text_limits_are_those_of_the_comments()
    {
        var texts = Files.SelectMany(file => file.MessageTypes)
            .SelectMany(message => message.Fields.InDeclarationOrder())
            .Where(field => field.FieldType == FieldType.String)
            .ToList();

        Assert.True(texts.Count > 50);
        Assert.All(texts, field =>
        {
            var stated = AtMost().Match(ContractText.Comment(field));
            var limit = stated.Success
                ? int.Parse(stated.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
                : TextLimits.Default;
            Assert.Equal((field.FullName, limit), (field.FullName, TextLimits.Of(field)));
        });
    }

    [Fact]
    public void Enums_refuse_zero_where_the_comment_says_so()
    {
        var enums = Files.SelectMany(file => file.EnumTypes).ToList();

        Assert.True(enums.Count > 15);
        Assert.All(enums, type =>
        {
            var comment = ContractText.Comment(type.File, $"enum {type.Name} {{", $"{type.FindValueByNumber(0).Name} = 0;");
            var refused = comment.Trim() == "Refused.";
            Assert.Equal((type.Name, refused), (type.Name, EnumRules.RefusesZero(type)));
        });
    }

    [GeneratedRegex("[Aa]t most ([0-9,]+) characters")]
    private static partial Regex AtMost();
}
