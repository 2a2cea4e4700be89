using Exchange.Standins.Tests.Wire;
using Grpc.Core;

namespace Exchange.Standins.Tests;

/// <summary>Serves <c>probe.proto</c>.</summary>
internal sealed class ProbeService(ProbeLog log) : Probe.ProbeBase
{
    public override Task<Text> Echo(Text request, ServerCallContext context) => Task.FromResult(request);

    public override async Task<Text> Join(IAsyncStreamReader<Text> requestStream, ServerCallContext context)
    {
        var joined = "";
        await foreach (var text in requestStream.ReadAllAsync(context.CancellationToken))
        {
            joined += text.Value;
        }

        return new Text { Value = joined };
    }

    public override async Task Split(
        Text request, IServerStreamWriter<Text> responseStream, ServerCallContext context)
    {
        foreach (var word in request.Value.Split(' '))
        {
            await responseStream.WriteAsync(new Text { Value = word }, context.CancellationToken);
        }
    }

    public override async Task Chat(
        IAsyncStreamReader<Text> requestStream,
        IServerStreamWriter<Text> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(requestStream.Current);
        }
    }

    public override Task<Text> Fail(Ending request, ServerCallContext context) =>
        throw new RpcException(
            new Status((StatusCode)request.Code, request.Detail),
            new Metadata { { "reason", "broken" }, { "details-bin", ProbeLog.Bytes } });

    public override async Task<Text> Note(Text request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync([new Metadata.Entry("early", "header")]);
        context.ResponseTrailers.Add("late", "first");
        context.ResponseTrailers.Add("late", "second");
        context.ResponseTrailers.Add("late-bin", ProbeLog.Bytes);
        return request;
    }

    public override async Task<Text> Wait(Text request, ServerCallContext context)
    {
        log.Entered.SetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            log.Left.SetResult();
        }

        return request;
    }

    public override Task<Text> Fill(Length request, ServerCallContext context)
    {
        context.WriteOptions = request.Plain ? new WriteOptions(WriteFlags.NoCompress) : WriteOptions.Default;
        return Task.FromResult(new Text { Value = new string('a', request.Characters) });
    }

    public override Task<Description> Describe(Text request, ServerCallContext context)
    {
        var auth = context.AuthContext;
        var description = new Description
        {
            Method = context.Method,
            Peer = context.Peer,
            Deadline = context.Deadline == DateTime.MaxValue ? 0 : context.Deadline.Ticks,
            Authenticated = auth.IsPeerAuthenticated,
            IdentityProperty = auth.PeerIdentityPropertyName ?? "",
            CommonName = auth.FindPropertiesByName("x509_common_name").FirstOrDefault()?.Value ?? "",
        };
        description.Identities.AddRange(auth.PeerIdentity.Select(property => property.Value));
        description.Headers.AddRange(
            context.RequestHeaders.Where(entry => !entry.IsBinary).Select(entry => $"{entry.Key}: {entry.Value}"));
        return Task.FromResult(description);
    }
}
