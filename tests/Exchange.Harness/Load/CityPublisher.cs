using System.Globalization;
using Exchange.Harness.Nodes;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Harness.Load;

/// <summary>
/// Streams vacancies into the city and changes them, and goes on where a broken stream stopped, by the number that the node
/// tells.
/// </summary>
internal sealed class CityPublisher(HarnessNode node, int seed) : Clerk(node, seed)
{
    private const int Posts = 120;
    private const int Ahead = 8;

    private readonly List<PublishVacancyItem> _unanswered = [];
    private ulong _number;

    /// <summary>What was acknowledged, in order: the key and the title.</summary>
    public List<(string Key, string Content)> Acknowledged { get; } = [];

    /// <summary>Streams that were opened.</summary>
    public int Streams { get; private set; }

    // One call of the publishing stream, as long as it holds.
    protected override async Task WriteAsync(CancellationToken quiet)
    {
        try
        {
            using var call = Node.Client.Vacancies.PublishVacancies(cancellationToken: CancellationToken.None);
            Streams++;
            var open = new OpenStream { Publisher = "harness", Stream = "vacancies" };
            await call.RequestStream.WriteAsync(new PublishVacanciesRequest { Open = open }, CancellationToken.None);
            if (!await NextAsync(call))
            {
                return;
            }

            var last = call.ResponseStream.Current.Opened.LastNumber;

            // They were stored, and only the answers were lost.
            foreach (var known in _unanswered.TakeWhile(item => item.Number <= last).ToList())
            {
                Acknowledge(known);
            }

            await PublishAsync(call, quiet);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException or TimeoutException or IOException)
        {
            await RepeatAsync();
        }

        // What is unanswered when it is to be quiet is sent once more, until it is answered.
        if (quiet.IsCancellationRequested && _unanswered.Count > 0)
        {
            await WriteAsync(quiet);
        }
    }

    private async Task PublishAsync(
        AsyncDuplexStreamingCall<PublishVacanciesRequest, PublishVacanciesResponse> call, CancellationToken quiet)
    {
        do
        {
            while (_unanswered.Count < Ahead && !quiet.IsCancellationRequested)
            {
                _unanswered.Add(NewItem());
            }

            foreach (var item in _unanswered)
            {
                await call.RequestStream.WriteAsync(new PublishVacanciesRequest { Item = item }, CancellationToken.None);
            }

            foreach (var item in _unanswered.ToList())
            {
                if (!await NextAsync(call))
                {
                    throw new InvalidOperationException("The stream ended before everything was answered.");
                }

                Take(item, call.ResponseStream.Current.Answer);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Dice.Next(50, 300)), TimeProvider.System, CancellationToken.None);
        }
        while (!quiet.IsCancellationRequested);
    }

    private void Take(PublishVacancyItem item, PutRecordAnswer answer)
    {
        if (answer.Number != item.Number)
        {
            Refused.Add($"Item {item.Number} was answered as {answer.Number}.");
        }

        if (answer.Error is null)
        {
            Acknowledge(item);
        }
        else if (answer.Error.Code == (int)StatusCode.Unavailable)
        {
            StoreFailures++;
            throw new InvalidOperationException("The item is to be sent again.");
        }
        else
        {
            Refused.Add($"vacancy {item.Number}: {answer.Error.Code} {answer.Error.Message}");
            _unanswered.Remove(item);
        }
    }

    private void Acknowledge(PublishVacancyItem item)
    {
        Acknowledged.Add((item.ExternalKey.SourceId, item.Vacancy.Title));
        _unanswered.Remove(item);
    }

    private static Task<bool> NextAsync(AsyncDuplexStreamingCall<PublishVacanciesRequest, PublishVacanciesResponse> call) =>
        call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    private PublishVacancyItem NewItem()
    {
        var number = ++_number;
        return new PublishVacancyItem
        {
            Number = number,
            ExternalKey = new ExternalKey
            {
                Source = "harness",
                SourceId = string.Create(CultureInfo.InvariantCulture, $"v{Dice.Next(Posts):000}"),
            },
            Vacancy = new Vacancy
            {
                Title = string.Create(CultureInfo.InvariantCulture, $"{HarnessSite.Control} {number}"),
                EmployerName = "东莞某厂",
                WorkPlace = new Place { DivisionCode = "4419", Words = "东莞" },
                Status = Dice.Next(3) == 0 ? VacancyStatus.Paused : VacancyStatus.Open,
            },
        };
    }
}
