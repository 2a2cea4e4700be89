namespace Exchange.Node.Generate;

/// <summary>
/// Puts workers into households of one to four. Ten workers in a row make four households, in an order of their own, so
/// that a worker's household is found without counting through those before.
/// </summary>
internal sealed class HouseholdPlan(ulong seed)
{
    private const int WorkersOfBlock = 10;
    private const int HouseholdsOfBlock = 4;

    // All orders of 1, 2, 3 and 4.
    private static readonly int[][] Orders =
    [
        .. from a in Enumerable.Range(1, 4)
           from b in Enumerable.Range(1, 4)
           from c in Enumerable.Range(1, 4)
           where a != b && a != c && b != c
           select new[] { a, b, c, 10 - a - b - c },
    ];

    /// <summary>The household of a worker.</summary>
    public long HouseholdOf(long worker)
    {
        var (block, rest) = Math.DivRem(worker, WorkersOfBlock);
        var order = Order(block);
        for (var i = 0; i < HouseholdsOfBlock; i++)
        {
            rest -= order[i];
            if (rest < 0)
            {
                return (block * HouseholdsOfBlock) + i;
            }
        }

        throw new InvalidOperationException("The sizes of a block don't add up.");
    }

    /// <summary>The workers of a household: the first one, and how many.</summary>
    public (long First, int Count) WorkersOf(long household)
    {
        var (block, place) = Math.DivRem(household, HouseholdsOfBlock);
        var order = Order(block);
        return ((block * WorkersOfBlock) + order.Take((int)place).Sum(), order[place]);
    }

    private int[] Order(long block) => new Dice(seed, DiceStream.HouseholdSize, block).Pick(Orders);
}
