namespace Exchange.Node.Imports.Values;

/// <summary>The forms of a date that a profile accepts.</summary>
[Flags]
internal enum DateForms
{
    None = 0,

    /// <summary>2019-05-01, 2019/5/1, 2019.5.1, 2019年5月1日, 20190501, each with midnight after it or not.</summary>
    Day = 1,

    /// <summary>2019-05, 2019/5, 2019.5, 2019年5月, 201905.</summary>
    Month = 2,

    /// <summary>2019, 2019年.</summary>
    Year = 4,

    /// <summary>A spreadsheet's count of days, five digits: 43586 is 2019-05-01.</summary>
    Excel = 8,
}
