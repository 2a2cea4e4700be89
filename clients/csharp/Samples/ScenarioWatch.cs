using System.Text.Json.Nodes;
using System.Threading.Channels;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Client.Samples;

/// <summary>A watch of a scenario, which goes on in the background.</summary>
internal sealed class ScenarioWatch : IDisposable
{
    private readonly Channel<JsonObject> _events = Channel.CreateUnbounded<JsonObject>();
    private readonly CancellationTokenSource _stop = new();
    private readonly MemoryToken _token;
    private readonly Task _running;
    private int _untilFailure;

    public ScenarioWatch(ExchangeClient client, JsonObject step)
    {
        _token = new MemoryToken((string?)step["token"] ?? "");
        _untilFailure = (int?)step["failAt"] ?? 0;
        _running = RunAsync(client, step);
    }

    /// <summary>Waits for so many events, or up to one of that kind.</summary>
    public async Task<JsonObject> TakeAsync(JsonObject step)
    {
        var taken = new JsonArray();
        var (until, count) = ((string?)step["until"], (int?)step["count"]);
        while (taken.Count != count && !(until is not null && taken.Count > 0 && taken[^1]![until] is not null))
        {
            var next = await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            if (next["error"] is { } error && until != "error")
            {
                return new JsonObject { ["error"] = error.DeepClone(), ["events"] = taken };
            }

            taken.Add(next);
        }

        return new JsonObject { ["events"] = taken, ["token"] = _token.Token };
    }

    /// <summary>Ends it and waits for its end.</summary>
    public async Task<JsonObject> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return new JsonObject { ["token"] = _token.Token };
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(ExchangeClient client, JsonObject step)
    {
        try
        {
            await ((string)step["of"]! == "placements"
                ? client.WatchPlacementsAsync(
                    Scenarios.Read<PlacementFilter>(step["filter"]), _token, StartOverAsync, ApplyAsync, _stop.Token)
                : client.WatchVacanciesAsync(
                    Scenarios.Read<VacancyFilter>(step["filter"]), _token, StartOverAsync, ApplyAsync, _stop.Token));
        }
        catch (ExchangeException error)
        {
            Put(new JsonObject { ["error"] = Scenarios.Describe(error) });
        }
        catch (InvalidOperationException)
        {
            Put(new JsonObject { ["error"] = new JsonObject { ["code"] = "APPLY_FAILED" } });
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private Task StartOverAsync()
    {
        Put(new JsonObject { ["startOver"] = new JsonObject() });
        return Task.CompletedTask;
    }

    private Task ApplyAsync(IMessage response)
    {
        if (--_untilFailure == 0)
        {
            throw new InvalidOperationException("It can't be applied.");
        }

        var told = Scenarios.Json(response);
        told.Remove("resumeToken");
        Put(told);
        return Task.CompletedTask;
    }

    private void Put(JsonObject happened) => _events.Writer.TryWrite(happened);
}
