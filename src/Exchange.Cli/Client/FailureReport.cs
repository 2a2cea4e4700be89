using System.Security.Authentication;
using Exchange.Cli.Output;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace Exchange.Cli.Client;

/// <summary>A failed call as the user needs to see it: why, which fields, what to do, and the exit code.</summary>
internal sealed record FailureReport(
    int ExitCode,
    string Status,
    string Reason,
    string Message,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<FailureField> Fields)
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    private static readonly Dictionary<StatusCode, int> Codes = new()
    {
        [StatusCode.OK] = Cli.ExitCode.Ok,
        [StatusCode.NotFound] = Cli.ExitCode.NotFound,
        [StatusCode.Unavailable] = Cli.ExitCode.Unreachable,
        [StatusCode.DeadlineExceeded] = Cli.ExitCode.Unreachable,
        [StatusCode.InvalidArgument] = Cli.ExitCode.Refused,
        [StatusCode.FailedPrecondition] = Cli.ExitCode.Refused,
        [StatusCode.OutOfRange] = Cli.ExitCode.Refused,
        [StatusCode.Aborted] = Cli.ExitCode.Refused,
        [StatusCode.AlreadyExists] = Cli.ExitCode.Refused,
        [StatusCode.PermissionDenied] = Cli.ExitCode.Refused,
        [StatusCode.Unauthenticated] = Cli.ExitCode.Refused,
        [StatusCode.ResourceExhausted] = Cli.ExitCode.Refused,
        [StatusCode.Cancelled] = Cli.ExitCode.Cancelled,
    };

    /// <summary>Reads what a failed call carries.</summary>
    public static FailureReport From(RpcException exception, NodeAddress address)
    {
        var details = exception.Trailers.FirstOrDefault(entry => entry.Key == DetailsTrailer)?.ValueBytes;
        if (details is not null)
        {
            return From(Google.Rpc.Status.Parser.ParseFrom(details));
        }

        var message = exception.StatusCode switch
        {
            _ when IsDistrusted(exception) =>
                $"What answers at {address} (from {address.Origin}) shows another certificate than "
                + (address.Certificate is { } file ? $"'{file}' holds." : "the system trusts.")
                + " Give the node's certificate with --certificate FILE, or its data directory with --data DIR.",
            StatusCode.Unavailable =>
                $"No node answers at {address} (from {address.Origin}). Start one with 'exchange serve', or give the "
                + "right address with --node.",
            StatusCode.DeadlineExceeded => $"The node at {address} didn't answer in time. Try again later.",
            StatusCode.Unimplemented =>
                $"The node at {address} doesn't know this call; it may be older than this program. "
                + $"{exception.Status.Detail}",
            _ => exception.Status.Detail,
        };
        return New(exception.StatusCode, "", message);
    }

    /// <summary>Reads what the answer to one item carries.</summary>
    public static FailureReport From(Status status)
    {
        var info = Detail(status, ErrorInfo.Parser) ?? new ErrorInfo();
        var fields = Detail(status, BadRequest.Parser)?.FieldViolations
            .Select(violation => new FailureField(violation.Field, violation.Description)).ToList() ?? [];
        return New((StatusCode)status.Code, info.Reason, status.Message) with
        {
            Metadata = info.Metadata,
            Fields = fields,
        };
    }

    /// <summary>One paragraph: what happened, each field, what it is called in the reference.</summary>
    public string Paragraph()
    {
        var fields = string.Concat(Fields
            .Where(field => !Message.Contains(field.Description, StringComparison.Ordinal))
            .Select(field => $" {field.Field}: {field.Description}"));
        var reason = Reason.Length == 0 ? Status : $"{Status}, {Reason}";
        return $"{Message}{fields} ({reason})";
    }

    private static bool IsDistrusted(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
            {
                return true;
            }
        }

        return false;
    }

    private static FailureReport New(StatusCode code, string reason, string message) => new(
        Codes.GetValueOrDefault(code, Cli.ExitCode.Failed),
        Names.Upper(code.ToString()),
        reason,
        message.Length == 0 ? "The node gave no message." : message,
        new Dictionary<string, string>(),
        []);

    private static T? Detail<T>(Status status, MessageParser<T> parser)
        where T : class, IMessage<T>, new()
    {
        var name = new T().Descriptor.FullName;
        var found = status.Details.FirstOrDefault(detail => Any.GetTypeName(detail.TypeUrl) == name);
        return found is null ? null : parser.ParseFrom(found.Value);
    }
}

/// <summary>A bad field of a request.</summary>
/// <param name="Field">Its path, such as <c>vacancy.headcount</c>.</param>
/// <param name="Description">What is wrong and what to do.</param>
internal sealed record FailureField(string Field, string Description);
