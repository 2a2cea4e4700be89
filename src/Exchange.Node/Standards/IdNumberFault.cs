namespace Exchange.Node.Standards;

/// <summary>Why a text is no citizen ID number that can be accepted.</summary>
internal enum IdNumberFault
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>It has asterisks: a masked copy, not the number.</summary>
    Masked,

    /// <summary>A spreadsheet kept it as a number and lost its last digits.</summary>
    SpreadsheetDamage,

    /// <summary>It has neither 18 nor 15 characters.</summary>
    Length,

    /// <summary>It has characters other than digits and a final X.</summary>
    Characters,

    /// <summary>The day of birth in it doesn't exist.</summary>
    BirthDate,

    /// <summary>The last character doesn't agree with the others.</summary>
    CheckDigit,

    /// <summary>The day of birth in it is yet to come.</summary>
    Future,

    /// <summary>Its first six digits were never the code of a place.</summary>
    Place,
}
