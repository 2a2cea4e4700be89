using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>Where workers are registered: the townships of Zhaotong.</summary>
internal static class HomePlaces
{
    // Rough shares in thousands of registered people. Only their sum is published, 6.09 million for 2016, of whom 3.037
    // million were rural workers.
    private static readonly (string County, double Weight)[] Counties =
    [
        ("530602", 880),
        ("530621", 450),
        ("530622", 610),
        ("530623", 400),
        ("530624", 290),
        ("530625", 470),
        ("530626", 170),
        ("530627", 1_660),
        ("530628", 630),
        ("530629", 440),
        ("530681", 110),
    ];

    private static readonly Lazy<Weighted<Place>> Townships = new(() => new Weighted<Place>([.. Weights()]));

    public static Place Pick(Dice dice) => Townships.Value.Pick(dice).Clone();

    private static IEnumerable<(Place, double)> Weights()
    {
        foreach (var (county, people) in Counties)
        {
            var townships = Divisions.ChildrenOf(county).ToList();
            var sum = townships.Sum(Size);
            foreach (var township in townships)
            {
                var place = new Place { DivisionCode = township.Code, Words = Divisions.FullName(township.Code) };
                yield return (place, people * Size(township) / sum);
            }
        }
    }

    // Streets and towns hold more people than townships (乡).
    private static double Size(DivisionName township) => township.Name[^1] switch
    {
        '道' => 1.4,
        '镇' => 1.2,
        _ => 0.8,
    };
}
