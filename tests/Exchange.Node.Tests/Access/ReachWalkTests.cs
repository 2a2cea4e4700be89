using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.Tests.Records;
using Exchange.Node.Tests.Services;
using Exchange.Node.Tests.Sync;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>
/// Every rpc of the contract, asked for every record that is out of a caller's reach, by callers whose reach is bounded by
/// division, by kind and by source. No answer holds anything of such a record, and none is changed.
/// </summary>
public sealed class ReachWalkTests : IAsyncLifetime
{
    /// <summary>Stands in each record that is out of reach, where no mask hides it.</summary>
    private const string Mark = "彼处";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, string> _there = [];
    private ReachRegister _all = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _all = await ReachRegister.StartAsync();
        var handler = _all.Node.NewHandler();
        handler.EnableMultipleHttp2Connections = true;
        _http = new HttpClient(handler);
        await PutThereAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _all.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_that_is_out_of_reach_is_told_or_changed_by_any_rpc()
    {
        var before = await EtagsAsync();
        var callers = new Dictionary<string, string>
        {
            ["desk of a division"] = await TokenAsync("desk-here", Role.Desk, divisions: [ReachRegister.Here]),
            ["reader of a kind"] = await TokenAsync("trades", Role.Reader, kinds: ["trade"]),
            ["publisher of a source"] = await TokenAsync("own-pub", Role.Publisher, sources: ["own-hr"]),
        };
        var faults = new List<string>();
        foreach (var (caller, token) in callers)
        {
            var asked = Methods().SelectMany(method => Requests(method).Select(request => (method, request)));
            await Parallel.ForEachAsync(asked, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (one, _) =>
            {
                var answer = await CallAsync(one.method, one.request, token);
                if (Leak(answer, one.request) is { } leak)
                {
                    lock (faults)
                    {
                        faults.Add($"{one.method.FullName} by the {caller} tells {leak}: {one.request}");
                    }
                }
            });
        }

        Assert.Empty(faults);
        Assert.Equal(before, await EtagsAsync());
    }

    [Fact]
    public async Task Whoever_reaches_everything_is_told_it_by_the_same_requests()
    {
        var telling = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var method in Methods().Where(method => IsRead(method.Name)))
        {
            foreach (var request in Requests(method))
            {
                if (Leak(await CallAsync(method, request, _all.Node.RunToken), request) is not null)
                {
                    telling.Add(method.Name);
                }
            }
        }

        Assert.Superset(
            new HashSet<string>
            {
                "GetRecord", "ListRecords", "WatchRecords", "GetVacancy", "ListVacancies", "WatchVacancies", "GetPlacement",
                "ListPlacements", "WatchPlacements",
            },
            telling);
    }

    private static bool IsRead(string rpc) =>
        new[] { "Get", "List", "Watch", "Find", "Explain", "Check", "Compute", "Reconcile", "Count" }
            .Any(verb => rpc.StartsWith(verb, StringComparison.Ordinal));

    private static IEnumerable<MethodDescriptor> Methods() => NodeContract.Files.SelectMany(file => file.Services)
        .SelectMany(service => service.Methods)
        .Where(method => !method.IsClientStreaming && !method.FullName.StartsWith("grpc.", StringComparison.Ordinal)
            && PermissionTable.Rows[PermissionTable.PathOf(method)] is not
                (Permission.Partner or Permission.Open or Permission.RotateKeys));

    // One request for each record that is out of reach, and one without.
    private IEnumerable<IMessage> Requests(MethodDescriptor method)
    {
        yield return Fill(method.InputType, "", "");
        foreach (var (kind, id) in _there)
        {
            yield return Fill(method.InputType, kind, id);
        }
    }

    // Whatever is a record's id in the request becomes that of the record; what else must be set is set by its name.
    private static IMessage Fill(MessageDescriptor type, string kind, string id)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InFieldNumberOrder().Where(field => field is { FieldType: FieldType.String }))
        {
            var value = field.Name switch
            {
                "kind" or "kinds" => kind.Length > 0 ? kind : "worker",
                "division_code" or "division_codes" => ReachRegister.There,
                "reason" => "a test",
                var name when id.Length > 0 && (name is "id" or "ids" || name.EndsWith("_id", StringComparison.Ordinal))
                    && name != "request_id" => id,
                _ => "",
            };
            if (value.Length > 0)
            {
                Set(message, field, value);
            }
        }

        return message;
    }

    private static void Set(IMessage message, FieldDescriptor field, string value)
    {
        if (field.IsRepeated)
        {
            ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private string? Leak(byte[] answer, IMessage request)
    {
        var text = Encoding.UTF8.GetString(answer);
        var asked = request.ToString();
        return text.Contains(Mark, StringComparison.Ordinal) ? Mark
            : _there.FirstOrDefault(there => text.Contains(there.Value, StringComparison.Ordinal)
                && !asked!.Contains(there.Value, StringComparison.Ordinal)).Key;
    }

    // All that comes: of a watch what comes within a moment, because it would go on.
    private async Task<byte[]> CallAsync(MethodDescriptor method, IMessage request, string token)
    {
        var body = request.ToByteArray();
        var head = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), body.Length);
        using var http = new HttpRequestMessage(
            HttpMethod.Post, new Uri(_all.Node.Address, $"{method.Service.FullName}/{method.Name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([.. head, .. body]),
        };
        http.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        http.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        http.Headers.TE.ParseAdd("trailers");
        http.Headers.Add("grpc-timeout", "1M");
        using var response = await _http.SendAsync(http, HttpCompletionOption.ResponseHeadersRead);
        var bytes = new MemoryStream();
        using var late = new CancellationTokenSource();
        if (method.Name.StartsWith("Watch", StringComparison.Ordinal))
        {
            late.CancelAfter(Glance);
        }

        try
        {
            await response.Content.CopyToAsync(bytes, late.Token);
        }
        catch (OperationCanceledException)
        {
            // A watch.
        }

        var told = response.Headers.Concat(response.TrailingHeaders).Where(header => header.Key == "grpc-status-details-bin")
            .SelectMany(header => Convert.FromBase64String(header.Value.Single()));
        return [.. bytes.ToArray(), .. told];
    }

    private async Task PutThereAsync()
    {
        var calls = _all.Node.Channel;
        var household = Samples.Household();
        household.Place = Samples.Place(ReachRegister.There, Mark);
        _there["household"] = await IdAsync(ReachRegister.PutAsync(calls, "household", household));
        var worker = People.Worker(77, ReachRegister.There);
        worker.ResidencePlace = Samples.Place(ReachRegister.There, Mark);
        _there["worker"] = await IdAsync(ReachRegister.PutAsync(calls, "worker", worker));
        var employer = Samples.Employer();
        (employer.Name, employer.Place) = (Mark, Samples.Place(ReachRegister.There, Mark));
        _there["employer"] = await IdAsync(ReachRegister.PutAsync(calls, "employer", employer));
        var vacancy = VacancySamples.Sample(Mark, ReachRegister.There);
        _there["vacancy"] = await IdAsync(ReachRegister.PutAsync(
            calls, "vacancy", vacancy, key: new ExternalKey { Source = "other-hr", SourceId = "there" }));
        _there["placement"] = await ReachRegister.ReferAsync(calls, _there["worker"], _there["vacancy"]);
    }

    private async Task<List<(string, string)>> EtagsAsync()
    {
        var etags = new List<(string, string)>();
        foreach (var (kind, id) in _there.Where(there => there.Key != "placement"))
        {
            var read = await _all.Node.Records.GetRecordAsync(new GetRecordRequest { Kind = kind, Id = id });
            etags.Add((kind, read.Record.Etag));
        }

        return etags;
    }

    private async Task<string> TokenAsync(
        string name, Role role, string[]? divisions = null, string[]? kinds = null, string[]? sources = null) =>
        (await _all.Node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential
            {
                Name = name,
                Roles = { role },
                DivisionCodes = { divisions ?? [] },
                Kinds = { kinds ?? [] },
                Sources = { sources ?? [] },
            },
        })).Token;

    private static async Task<string> IdAsync(Task<PutRecordAnswer> put)
    {
        var answer = await put;
        Assert.Null(answer.Error);
        return answer.Id;
    }
}
