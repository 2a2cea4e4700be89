using System.Globalization;
using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Tests.Sync;

/// <summary>Workers that nobody is: their ID numbers carry a place code that was never issued.</summary>
internal static class People
{
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>The worker of a number, with everything that a city must not see.</summary>
    public static Worker Worker(int number, string division = "530627101203") => new()
    {
        Name = "王小明" + number.ToString(CultureInfo.InvariantCulture),
        IdNumber = IdNumber(number),
        Sex = Sex.Male,
        BirthDate = new Date { Year = 1990, Month = 1, Day = 1 },
        EthnicityCode = "06",
        RegisteredPlace = new Place { DivisionCode = division, Words = "镇雄县乌峰街道" },
        Phone = "138" + number.ToString("D8", CultureInfo.InvariantCulture),
        Schooling = new Schooling { Band = SchoolingBand.Junior, Words = "初中" },
        CardStatusHistory = { new CardStatusEntry { Status = CardStatus.Poor, FromDate = new Date { Year = 2014 } } },
        Disability = new Disability { Class = 4, Grade = 2 },
        Remark = "不便透露",
    };

    /// <summary>A vacancy to fill.</summary>
    public static Vacancy Vacancy(int number) => new()
    {
        Title = "制鞋工" + number.ToString(CultureInfo.InvariantCulture),
        EmployerName = "东莞市某某鞋业有限公司",
        Headcount = 50,
        WorkPlace = new Place { DivisionCode = "441900118", Words = "东莞市大岭山镇" },
        Status = VacancyStatus.Open,
    };

    private static string IdNumber(int number)
    {
        var body = $"53069919900101{((number * 2) + 1) % 1000:D3}";
        if (number >= 500)
        {
            body = $"5306991990{1 + (number / 500 % 12):D2}{1 + (number / 6000):D2}{((number * 2) + 1) % 1000:D3}";
        }

        return body + "10X98765432"[body.Select((digit, i) => (digit - '0') * Weights[i]).Sum() % 11];
    }
}
