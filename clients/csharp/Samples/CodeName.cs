using System.Text.RegularExpressions;
using Grpc.Core;

namespace Exchange.Client.Samples;

/// <summary>The name of a status code in the contract: NOT_FOUND.</summary>
internal static partial class CodeName
{
    public static string Of(StatusCode code) => Words().Replace(code.ToString(), "_").ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Words();
}
