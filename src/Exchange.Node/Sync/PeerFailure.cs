using System.Net.Sockets;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>Makes a <see cref="SyncFailure"/> of whatever ended a session.</summary>
internal static class PeerFailure
{
    private static readonly EnumDescriptor Reasons =
        ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason));

    /// <summary>What the peer's status says: its reason where it gave one.</summary>
    public static SyncFailure Read(RpcException exception, string peer)
    {
        if (InfoOf(exception) is { } info && Reasons.FindValueByName(info.Reason) is { } reason)
        {
            return new SyncFailure(exception.StatusCode, (ErrorReason)reason.Number, exception.Status.Detail)
            {
                Metadata = info.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value),
                FromPeer = true,
            };
        }

        if (RefusalOf(exception) is { } refusal)
        {
            return refusal;
        }

        return SyncFailure.Unreachable(peer, $"{exception.StatusCode}: {exception.Status.Detail.TrimEnd('.')}") with
        {
            Status = exception.StatusCode,
            IsRefused = IsRefused(exception),
        };
    }

    // What this side found in the handshake.
    private static SyncFailure? RefusalOf(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is ExchangeException refused)
            {
                return new SyncFailure(refused.Code, refused.Reason, refused.Message)
                {
                    Metadata = refused.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value),
                };
            }
        }

        return null;
    }

    private static bool IsRefused(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What an exception on this side means; null for a fault of this node.</summary>
    public static SyncFailure? Of(Exception exception, string peer) => exception switch
    {
        OperationCanceledException => SyncFailure.Unreachable(peer, "the call was cancelled"),
        RpcException e => Read(e, peer),
        EntryConflictException => SyncFailure.Superseded(peer),
        FeedTrimmedException e => new SyncFailure(
            StatusCode.OutOfRange,
            ErrorReason.ResumeTokenExpired,
            $"'{peer}' stands at a place in our feed behind which removals are gone. It must take everything anew.")
        {
            Metadata = new Dictionary<string, string>
            {
                ["floor"] = e.Floor.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        },
        _ => ErrorStatus.Translate(exception) is { } known
            ? new SyncFailure(known.Code, known.Reason, known.Message)
            {
                Metadata = known.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value),
            }
            : null,
    };

    private static ErrorInfo? InfoOf(RpcException exception)
    {
        if (exception.Trailers.GetValueBytes(ErrorStatus.DetailsTrailer) is not { } bytes)
        {
            return null;
        }

        try
        {
            var status = Google.Rpc.Status.Parser.ParseFrom(bytes);
            return status.Details.FirstOrDefault(detail => detail.Is(ErrorInfo.Descriptor))?.Unpack<ErrorInfo>();
        }
        catch (InvalidProtocolBufferException)
        {
            // Details that can't be read are as good as none.
            return null;
        }
    }
}
