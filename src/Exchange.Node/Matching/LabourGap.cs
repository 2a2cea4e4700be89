using Exchange.Node.Records;
using Exchange.Node.Figures;
using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>Holds what workers want against what is offered, trade by trade.</summary>
internal sealed class LabourGap(FigureTables tables, DateOnly day, CancellationToken cancellationToken)
{
    private const int MostRows = 200;
    private const string Currency = "CNY";

    private readonly Dictionary<int, Row> _rows = [];
    private readonly Dictionary<(int Trade, string Title), List<Row>> _ofPosts = [];
    private readonly Dictionary<string, (string Name, Row Row)> _ofTitles = new(StringComparer.Ordinal);
    private readonly Row _total = new();

    /// <summary>Counts everything once.</summary>
    /// <param name="division">Where workers are registered; empty for everywhere.</param>
    /// <param name="workDivision">Where the work is; empty for everywhere.</param>
    public CompareLabourResponse Compare(string division, string workDivision)
    {
        CountWorkers(tables.Codes.Below(division.Length == 0 ? [] : [division]));
        CountPosts(tables.Codes.Below(workDivision.Length == 0 ? [] : [workDivision]));
        return new CompareLabourResponse
        {
            Trades =
            {
                _rows.OrderBy(row => row.Key).Select(row => (row.Value, Name: tables.Trades.NameOf(row.Key)))
                    .Concat(_ofTitles.Values.Select(one => (Value: one.Row, Name: new Occupation { Words = one.Name })))
                    .OrderByDescending(row => row.Value.Wanting + row.Value.Vacancies)
                    .Take(MostRows).Select(row => row.Value.ToMessage(row.Name)),
            },
            Total = _total.ToMessage(trade: null),
            Day = DateRules.ToDate(day),
        };
    }

    private void CountWorkers(bool[] below)
    {
        var rules = new MatchRules(tables, day);
        for (var i = 0; i < tables.Workers.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ref var worker = ref tables.Workers[i];
            if (!worker.Present || !below[worker.Area] || !MatchReasons.IsSuited(rules.OfWorker(worker)))
            {
                continue;
            }

            var profile = tables.Profiles[worker.Profile];
            if (profile.Wish != WillingnessKind.Transfer)
            {
                continue;
            }

            _total.Want(profile.Skills.Length + profile.Done.Length > 0, profile.Pay);
            foreach (var trade in profile.Wanted)
            {
                RowOf(trade).Want(IsAmong(profile.Skills, trade) || IsAmong(profile.Done, trade), profile.Pay);
            }
        }
    }

    private void CountPosts(bool[] below)
    {
        for (var i = 0; i < tables.Posts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (tables.Posts[i].Terms is not { } post || !post.HoldsOn(day.DayNumber) || !below[post.Place])
            {
                continue;
            }

            _total.Offer(post);
            foreach (var row in RowsOf(post))
            {
                row.Offer(post);
            }
        }
    }

    // The trades that somebody wants and the post is; its own where nobody wants it.
    private List<Row> RowsOf(PostTerms post)
    {
        if (!_ofPosts.TryGetValue((post.Trade, post.Title), out var rows))
        {
            rows =
            [
                .. _rows.Where(row => row.Value.Wanting > 0)
                    .Where(row => tables.Trades.IsSame(row.Key, post.Trade, post.Title)).Select(row => row.Value),
            ];
            if (rows.Count == 0)
            {
                rows.Add(OwnRowOf(post));
            }

            _ofPosts.Add((post.Trade, post.Title), rows);
        }

        return rows;
    }

    private Row OwnRowOf(PostTerms post)
    {
        var trade = post.Trade != TradeTable.None ? post.Trade : tables.Trades.Find(post.Title);
        if (trade != TradeTable.None)
        {
            return RowOf(trade);
        }

        if (!_ofTitles.TryGetValue(post.Title, out var own))
        {
            _ofTitles.Add(post.Title, own = (post.Name, new Row()));
        }

        return own.Row;
    }

    private Row RowOf(int trade)
    {
        if (!_rows.TryGetValue(trade, out var row))
        {
            _rows.Add(trade, row = new Row());
        }

        return row;
    }

    private bool IsAmong(int[] trades, int wanted) =>
        Array.Exists(trades, trade => tables.Trades.IsSame(trade, wanted, title: ""));

    private sealed class Row
    {
        private readonly List<long> _expected = [];
        private readonly List<long> _offered = [];
        private long _skilled;
        private long _left;

        public long Wanting { get; private set; }

        public long Vacancies { get; private set; }

        public void Want(bool isSkilled, ComparedPay pay)
        {
            Wanting++;
            _skilled += isSkilled ? 1 : 0;
            Add(_expected, pay);
        }

        public void Offer(PostTerms post)
        {
            Vacancies++;
            _left += post.Left;
            Add(_offered, post.Pay);
        }

        public TradeGap ToMessage(Occupation? trade)
        {
            var offered = Middle(_offered);
            return new TradeGap
            {
                Trade = trade,
                WantingCount = Wanting,
                SkilledCount = _skilled,
                VacancyCount = Vacancies,
                OpenCount = _left,
                ExpectedFen = Middle(_expected),
                OfferedFen = offered,
                AboveOfferCount = offered == 0 ? 0 : _expected.Count(expected => expected > offered),
            };
        }

        private static void Add(List<long> amounts, ComparedPay pay)
        {
            if (pay is { Currency: Currency, Unit: PayUnit.Month, Minor: > 0 })
            {
                amounts.Add(pay.Minor);
            }
        }

        // Of an even number the lower of the two in the middle, so that it is an amount that somebody named.
        private static long Middle(List<long> amounts)
        {
            amounts.Sort();
            return amounts.Count == 0 ? 0 : amounts[(amounts.Count - 1) / 2];
        }
    }
}
