using Exchange.Node.Access;
using Exchange.Node.Cooperation;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Date = Google.Type.Date;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Messages;

/// <summary>Passes a vacancy on along the pairings of its work place, and writes the steps down.</summary>
internal sealed class VacancyRouting(
    IRecordStore store,
    RecordCodec codec,
    RecordWriter writer,
    OpenVacancies open,
    DivisionTree tree,
    NodeIdentity node,
    TimeProvider time)
{
    private const int CountyLength = 6;
    private const int TownshipLength = 9;

    // Names the steps that are made here, so that two who ask at once make each of them once.
    private const string Source = "routing";

    private static readonly string RouteKind = new VacancyRouteKind().Name;
    private static readonly string PairingKind = new PairingKind().Name;
    private static readonly string OfficerKind = new LiaisonOfficerKind().Name;

    /// <summary>Writes the steps that are missing.</summary>
    /// <exception cref="ExchangeException">The request is wrong, or names what isn't open or reached.</exception>
    public async Task<RouteVacancyResponse> RouteAsync(
        RouteVacancyRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        if (!System.Enum.IsDefined(request.Channel))
        {
            throw ExchangeException.Invalid("channel", "This version doesn't know it. Leave it out.");
        }

        // A vacancy lies where its work is, which no desk of a county reaches: the steps alone must be the caller's.
        reach.Reach.RequireKind(VacancyKind.KindName);
        var (_, vacancy) = await open.RequireAsync(
            "vacancy_id", request.VacancyId, CallReach.Whole, cancellationToken);
        var work = PlaceRules.Code(vacancy.WorkPlace);
        if (work.Length == 0)
        {
            throw ExchangeException.Invalid("vacancy_id", "Its work place has no division code to find pairings by.");
        }

        var response = new RouteVacancyResponse();
        var standing = await StandingAsync(request.VacancyId, cancellationToken);
        foreach (var step in await StepsAsync(work, response, cancellationToken))
        {
            if (!standing.Add((step.From.DivisionCode, step.To.DivisionCode)))
            {
                response.StandingCount++;
            }
            else if (!reach.Reach.Writes(new ReachFacts(
                RouteKind, [step.From.DivisionCode, step.To.DivisionCode], Source)))
            {
                response.OutOfReachCount++;
            }
            else
            {
                response.Steps.Add(await WriteAsync(step, request, reach, cancellationToken));
            }
        }

        return response;
    }

    private async Task<List<Step>> StepsAsync(
        string work, RouteVacancyResponse response, CancellationToken cancellationToken)
    {
        var steps = new List<Step>();
        foreach (var (id, pairing, isOurs) in await PairingsAsync(work, cancellationToken))
        {
            // A pairing's home is the sending side: it passes on what the other side has passed to it.
            if (isOurs)
            {
                steps.AddRange(await DownAsync(
                    await PlaceAsync(pairing.SendingPlace, cancellationToken), response, cancellationToken));
            }
            else
            {
                steps.Add(new Step(
                    await PlaceAsync(pairing.ReceivingPlace, cancellationToken),
                    await PlaceAsync(pairing.SendingPlace, cancellationToken),
                    id));
            }
        }

        return steps;
    }

    private async Task<List<(string Id, Pairing Pairing, bool IsOurs)>> PairingsAsync(
        string work, CancellationToken cancellationToken)
    {
        var found = new List<(string Id, Pairing Pairing, bool IsOurs)>();
        for (var code = work; code.Length > 0; code = Divisions.ParentOf(code))
        {
            await foreach (var (id, home, pairing) in ReadAsync<Pairing>(
                PairingKind, code, isPrefix: false, cancellationToken))
            {
                if (PlaceRules.Code(pairing.ReceivingPlace) == code && PlaceRules.Code(pairing.SendingPlace).Length > 0
                    && IsToday(pairing.FromDate, pairing.ToDate))
                {
                    found.Add((id, pairing, home == node.Id));
                }
            }
        }

        return found;
    }

    private async Task<List<Step>> DownAsync(
        Place sending, RouteVacancyResponse response, CancellationToken cancellationToken)
    {
        var code = PlaceRules.Code(sending);
        var steps = new List<Step>();
        List<Place> townships = [sending];
        if (code.Length < TownshipLength)
        {
            townships = [.. (await tree.ChildrenAsync(code, day: null, cancellationToken)).Select(child =>
                new Place { DivisionCode = child.Code, Words = child.Name })];
            steps.AddRange(townships.Select(township => new Step(sending, township, "")));
        }

        var villages = await VillagesAsync(code, cancellationToken);
        foreach (var township in townships)
        {
            var below = villages.Where(village =>
                village.StartsWith(township.DivisionCode, StringComparison.Ordinal)).ToList();
            foreach (var village in below)
            {
                var place = await PlaceAsync(new Place { DivisionCode = village }, cancellationToken);
                steps.Add(new Step(township, place, ""));
            }

            if (below.Count == 0 && !response.WithoutOfficerDivisionCodes.Contains(township.DivisionCode))
            {
                response.WithoutOfficerDivisionCodes.Add(township.DivisionCode);
            }
        }

        return steps;
    }

    private async Task<SortedSet<string>> VillagesAsync(string code, CancellationToken cancellationToken)
    {
        // An officer's own place may be the county, whatever villages are looked after.
        var county = code.Length > CountyLength ? code[..CountyLength] : code;
        var villages = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var (_, _, officer) in ReadAsync<LiaisonOfficer>(
            OfficerKind, county, isPrefix: true, cancellationToken))
        {
            if (IsToday(officer.FromDate, officer.ToDate))
            {
                villages.UnionWith(officer.VillageDivisionCodes.Where(Divisions.IsNormal));
            }
        }

        return villages;
    }

    // What a partner wrote isn't checked: the code in its form, and the tree's name where there are no words.
    private async Task<Place> PlaceAsync(Place place, CancellationToken cancellationToken)
    {
        var code = PlaceRules.Code(place);
        var words = !TextRules.IsBlank(place.Words) ? place.Words
            : await tree.FindAsync(code, cancellationToken) is [var newest, ..] ? newest.Name
            : code;
        return new Place { DivisionCode = code, Words = words };
    }

    private async Task<HashSet<(string From, string To)>> StandingAsync(
        string vacancy, CancellationToken cancellationToken)
    {
        var standing = new HashSet<(string From, string To)>();
        var query = new RecordQuery(RouteKind) { Index = IndexNames.Vacancy, Value = vacancy };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.TryDecode(stored)?.Payload?.Unpack<VacancyRoute>() is { } route)
            {
                standing.Add((PlaceRules.Code(route.FromPlace), PlaceRules.Code(route.ToPlace)));
            }
        }

        return standing;
    }

    private async Task<RoutedStep> WriteAsync(
        Step step, RouteVacancyRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        var item = new PutRecordItem
        {
            Number = 1,
            ValidateOnly = request.ValidateOnly,
            Record = new Record
            {
                Kind = RouteKind,
                ExternalKey = new ExternalKey
                {
                    Source = Source,
                    SourceId = $"{request.VacancyId}/{step.From.DivisionCode}/{step.To.DivisionCode}",
                },
                Payload = Any.Pack(new VacancyRoute
                {
                    VacancyId = request.VacancyId,
                    FromPlace = step.From,
                    ToPlace = step.To,
                    PairingId = step.PairingId,
                    Channel = request.Channel,
                    PassedDate = DateRules.ToDate(NodeIdentity.Today(time)),
                }),
            },
        };
        var answer = await writer.WriteAsync(item, scope: null, reach, cancellationToken);
        return new RoutedStep
        {
            RouteId = request.ValidateOnly ? "" : answer.Id,
            FromPlace = step.From,
            ToPlace = step.To,
        };
    }

    private async IAsyncEnumerable<(string Id, string Home, T Payload)> ReadAsync<T>(
        string kind,
        string code,
        bool isPrefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IMessage, new()
    {
        var query = new RecordQuery(kind) { Index = IndexNames.Division, Value = code, IsPrefix = isPrefix };
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.TryDecode(stored) is { Payload: { } payload } record)
            {
                yield return (record.Id, record.HomeNode, payload.Unpack<T>());
            }
        }
    }

    private bool IsToday(Date? first, Date? last) => NodeIdentity.Today(time) is var today
        && DateRules.Day(first) <= today && !(DateRules.Day(last) < today);

    /// <summary>A step that is to be made.</summary>
    private sealed record Step(Place From, Place To, string PairingId);
}
