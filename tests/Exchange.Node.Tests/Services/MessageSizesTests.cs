using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>What a client must be able to receive without telling its library anything.</summary>
public sealed class MessageSizesTests : IAsyncLifetime
{
    private const int Page = 1000;

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_page_ends_early_rather_than_not_fitting_into_a_message()
    {
        for (var batch = 0; batch < 3; batch++)
        {
            var items = Enumerable.Range(0, 3).Select(n => Vacancy($"{batch}-{n}", 700_000));
            var response = await _node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { items } });
            Assert.All(response.Answers, answer => Assert.Null(answer.Error));
        }

        var records = new ListRecordsRequest { Kind = "vacancy", PageSize = Page };
        var vacancies = new ListVacanciesRequest { PageSize = Page };
        var (recordPages, vacancyPages) = (new List<int>(), new List<int>());
        do
        {
            var page = await _node.Records.ListRecordsAsync(records);
            recordPages.Add(page.Records.Count);
            records.PageToken = page.NextPageToken;
        }
        while (records.PageToken.Length > 0);
        do
        {
            var page = await _node.Vacancies.ListVacanciesAsync(vacancies);
            vacancyPages.Add(page.Vacancies.Count);
            vacancies.PageToken = page.NextPageToken;
        }
        while (vacancies.PageToken.Length > 0);

        Assert.Equal([3, 3, 3], recordPages);
        Assert.Equal([3, 3, 3], vacancyPages);
    }

    [Fact]
    public async Task A_record_of_more_than_a_mebibyte_is_refused_with_its_size()
    {
        var request = new BatchPutRecordsRequest { Items = { Vacancy("big", 1 << 20) } };

        var answer = (await _node.Records.BatchPutRecordsAsync(request)).Answers.Single();

        Assert.Equal((int)StatusCode.InvalidArgument, answer.Error.Code);
        Assert.Contains("at most 1048576", answer.Error.Message, StringComparison.Ordinal);
    }

    // A vacancy of a later version of the contract, with a field that this one doesn't know.
    private static PutRecordItem Vacancy(string id, int size)
    {
        var unknown = new byte[size];
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            VacancySamples.Sample().WriteTo(output);
            output.WriteTag(9999, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(unknown));
        }

        return new PutRecordItem
        {
            Record = new V1.Record
            {
                Kind = "vacancy",
                ExternalKey = new ExternalKey { Source = "dongguan-hr", SourceId = id },
                Payload = new Any
                {
                    TypeUrl = "type.googleapis.com/exchange.v1.Vacancy",
                    Value = ByteString.CopyFrom(bytes.ToArray()),
                },
            },
        };
    }
}
