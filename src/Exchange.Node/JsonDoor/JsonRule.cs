using Google.Api;
using Google.Protobuf.Reflection;

namespace Exchange.Node.JsonDoor;

/// <summary>How an rpc is called over HTTP/1.1, as its <c>google.api.http</c> annotation says.</summary>
/// <param name="Verb"><c>GET</c> or <c>POST</c>.</param>
/// <param name="Path">Such as <c>/v1/records/{kind}/{id}</c>; what stands in braces is a field of the request.</param>
/// <param name="HasBody">The request's other fields are the body; without one they are query parameters.</param>
internal sealed record JsonRule(string Verb, string Path, bool HasBody)
{
    /// <summary>The rule of an rpc; null when it is served over gRPC alone.</summary>
    public static JsonRule? Of(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) switch
        {
            { PatternCase: HttpRule.PatternOneofCase.Get } rule => new JsonRule("GET", rule.Get, HasBody: false),
            { PatternCase: HttpRule.PatternOneofCase.Post } rule => new JsonRule("POST", rule.Post, rule.Body == "*"),
            _ => null,
        };

    /// <summary>The fields that stand in the path.</summary>
    public IEnumerable<string> PathFields() =>
        Path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}', StringComparison.Ordinal)]);
}
