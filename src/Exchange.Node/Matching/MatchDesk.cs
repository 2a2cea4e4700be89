using Exchange.Node.Figures;
using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>Ranks workers for a post and posts for a worker, from the tables of figures.</summary>
internal sealed class MatchDesk(FigureBook book)
{
    /// <summary>The workers who suit a vacancy.</summary>
    /// <param name="vacancy">The vacancy.</param>
    /// <param name="division">Where they are registered; empty for everywhere.</param>
    /// <param name="day">The day on which ages are taken.</param>
    /// <param name="ranking">Takes them in.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task RankWorkersAsync(
        Vacancy vacancy, string division, DateOnly day, Ranking ranking, CancellationToken cancellationToken) =>
        book.ReadAsync(
            tables =>
            {
                var post = new PostTerms(vacancy, tables.Trades, tables.Codes);
                var rules = new MatchRules(tables, day);
                var below = tables.Codes.Below(division.Length == 0 ? [] : [division]);

                // Many want and can do the same: what that says of the post is found once.
                var known = new ulong?[tables.Profiles.Count];
                for (var i = 0; i < tables.Workers.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ref var worker = ref tables.Workers[i];
                    if (!worker.Present || !below[worker.Area])
                    {
                        continue;
                    }

                    var profile = tables.Profiles[worker.Profile];
                    var wishes = known[worker.Profile] ??=
                        rules.OfTrades(profile, post) | rules.OfPlaceAndPay(profile, post);
                    var reasons = rules.OfWorker(worker) | rules.OfPost(worker, post) | wishes;
                    if (MatchReasons.IsSuited(reasons))
                    {
                        ranking.Add(new Ranked(MatchReasons.Score(reasons), tables.Workers.IdOf(i), reasons));
                    }
                }

                return ranking;
            },
            cancellationToken);

    /// <summary>Some workers and a vacancy, suited or not; those that aren't here are left out.</summary>
    public Task<IReadOnlyList<Ranked>> HoldAsync(
        Vacancy vacancy, IReadOnlyCollection<Guid> workers, DateOnly day, CancellationToken cancellationToken) =>
        book.ReadAsync<IReadOnlyList<Ranked>>(
            tables =>
            {
                var post = new PostTerms(vacancy, tables.Trades, tables.Codes);
                var rules = new MatchRules(tables, day);
                return
                [
                    .. workers.Select(id => (Id: id, Row: tables.Workers[tables.Workers.OrdinalOf(id)]))
                        .Where(one => one.Row.Present)
                        .Select(one => (one.Id, Reasons: rules.Hold(one.Row, post)))
                        .Select(one => new Ranked(MatchReasons.Score(one.Reasons), one.Id, one.Reasons))
                        .Order(),
                ];
            },
            cancellationToken);

    /// <summary>What is wanted and what is offered, by trade.</summary>
    public Task<CompareLabourResponse> CompareAsync(
        string division, string workDivision, DateOnly day, CancellationToken cancellationToken) =>
        book.ReadAsync(
            tables => new LabourGap(tables, day, cancellationToken).Compare(division, workDivision), cancellationToken);

    /// <summary>The vacancies that suit a worker.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="division">Where they are; empty for everywhere.</param>
    /// <param name="day">The day on which the age is taken.</param>
    /// <param name="ranking">Takes them in.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What excludes the worker from every post; nothing was ranked then.</returns>
    public Task<ulong> RankPostsAsync(
        Guid worker, string division, DateOnly day, Ranking ranking, CancellationToken cancellationToken) =>
        book.ReadAsync(
            tables =>
            {
                var row = tables.Workers[tables.Workers.OrdinalOf(worker)];
                if (!row.Present)
                {
                    return 0UL;
                }

                var rules = new MatchRules(tables, day);
                if (rules.OfWorker(row) is var own && !MatchReasons.IsSuited(own))
                {
                    return MatchReasons.Excluding(own);
                }

                var below = tables.Codes.Below(division.Length == 0 ? [] : [division]);
                for (var i = 0; i < tables.Posts.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (tables.Posts[i].Terms is not { } post || !post.HoldsOn(day.DayNumber) || !below[post.Place])
                    {
                        continue;
                    }

                    var reasons = rules.Hold(row, post);
                    if (MatchReasons.IsSuited(reasons))
                    {
                        ranking.Add(new Ranked(MatchReasons.Score(reasons), tables.Posts.IdOf(i), reasons));
                    }
                }

                return 0UL;
            },
            cancellationToken);
}
