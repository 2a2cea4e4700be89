using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Counts the answers by rpc and by kind of attack.</summary>
internal sealed class AttackTable
{
    private const int MostFaults = 40;

    private readonly ConcurrentDictionary<(string Row, string Status), int> _byRpc = new();
    private readonly ConcurrentDictionary<(string Row, string Status), int> _byKind = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<(AttackKind Kind, string Status, int Some), byte> _seen = new();
    private int _count;
    private int _faulty;

    public int Count => _count;

    /// <summary>Answers that a caller should never have seen.</summary>
    public int Faulty => _faulty;

    public void Add(string rpc, AttackKind kind, AttackAnswer answer, Func<string> request)
    {
        Interlocked.Increment(ref _count);
        _byRpc.AddOrUpdate((rpc, answer.Status), 1, (_, count) => count + 1);
        _byKind.AddOrUpdate((kind.ToString(), answer.Status), 1, (_, count) => count + 1);
        if (answer.Fault is null)
        {
            return;
        }

        Interlocked.Increment(ref _faulty);
        if (_seen.TryAdd((kind, answer.Status, rpc.Length % 3), 0) && _faults.Count < MostFaults)
        {
            _faults.Enqueue($"{rpc}, {kind}: {answer.Status}, {answer.Fault}\n    {request()}");
        }
    }

    public string Faults() => string.Join('\n', _faults);

    public int Of(AttackKind kind) => _byKind.Where(pair => pair.Key.Row == kind.ToString()).Sum(pair => pair.Value);

    public int Of(string rpc) => _byRpc.Where(pair => pair.Key.Row == rpc).Sum(pair => pair.Value);

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{_count:N0} requests, {_faulty:N0} answers that shouldn't have been.");
        Write(text, "by attack", _byKind);
        Write(text, "by rpc", _byRpc);
        return text.ToString();
    }

    private static void Write(StringBuilder text, string title, ConcurrentDictionary<(string Row, string Status), int> counts)
    {
        text.AppendLine().AppendLine(title);
        foreach (var row in counts.GroupBy(pair => pair.Key.Row).OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            var cells = row.OrderByDescending(pair => pair.Value)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Status} {pair.Value:N0}"));
            var sum = row.Sum(pair => pair.Value);
            text.AppendLine(CultureInfo.InvariantCulture, $"{sum,9:N0}  {row.Key}: {string.Join(", ", cells)}");
        }
    }
}
