using Exchange.Node.Subjects;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>The section <c>Retention</c>.</summary>
public sealed class RetentionOptionsTests
{
    [Fact]
    public void The_default_schedule_and_one_that_keeps_nothing_are_good()
    {
        Assert.True(Validate().Succeeded);
        Assert.True(new RetentionOptionsValidator().Validate(null, new RetentionOptions { Rules = [] }).Succeeded);
        Assert.Empty(new RetentionOptions { Rules = [] }.Schedule);
        Assert.True(new RetentionOptionsValidator()
            .Validate(null, new RetentionOptions { Rules = new RetentionOptions().Schedule }).Succeeded);
    }

    [Fact]
    public void Every_error_is_named_at_once()
    {
        var result = Validate(
            new RetentionRule { Kind = "vacancy", Years = 1, Provision = "law" },
            new RetentionRule { Kind = "worker", Years = 0, Provision = "law" },
            new RetentionRule { Kind = "worker", Years = 101, Provision = " " });

        Assert.Equal(
            ["Retention:Rules:0:Kind", "Retention:Rules:1:Years", "Retention:Rules:2:Kind", "Retention:Rules:2:Years",
                "Retention:Rules:2:Provision"],
            result.Failures!.Select(failure => failure.Split(' ')[0]));
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(params RetentionRule[] rules) =>
        new RetentionOptionsValidator().Validate(
            null, new RetentionOptions { Rules = rules.Length == 0 ? null : rules });
}
