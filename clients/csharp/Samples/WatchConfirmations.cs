using Exchange.V1;
using Google.Protobuf.Reflection;
using Happened = Exchange.V1.WatchPlacementsResponse.EventOneofCase;

namespace Exchange.Client.Samples;

/// <summary>
/// Watches how placements stand, by the publisher's own job code: watch_confirmations TOKEN_FILE [COUNT].
/// </summary>
internal static class WatchConfirmations
{
    // readme: confirmations
    public static async Task RunAsync(string path, Action<string> tell, CancellationToken stop)
    {
        var address = Environment.GetEnvironmentVariable("EXCHANGE_ADDRESS")!;
        using var client = ExchangeClient.Connect(address, ConnectOptions.FromEnvironment());
        await client.WatchPlacementsAsync(null, new FileToken(path), StartOverAsync, ApplyAsync, stop);

        Task StartOverAsync()
        {
            tell("= a snapshot begins");
            return Task.CompletedTask;
        }

        // Write the new state to your own system here. The token is saved after this is done.
        Task ApplyAsync(WatchPlacementsResponse response)
        {
            tell(response.EventCase switch
            {
                Happened.Placement => Line(response.Placement),
                Happened.Removed => "- a placement",
                _ => "= the snapshot is complete: drop what it didn't contain",
            });
            return Task.CompletedTask;
        }
    }

    private static string Line(Placement placement)
    {
        var day = placement.StateDate;
        return $"{placement.VacancySourceId} {Name(placement.State)} {day.Year:D4}-{day.Month:D2}-{day.Day:D2}";
    }

    // readme: end

    private static string Name(PlacementState state)
    {
        var states = PlacementReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(PlacementState));
        return states.FindValueByNumber((int)state)?.Name ?? ((int)state).ToString(
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
