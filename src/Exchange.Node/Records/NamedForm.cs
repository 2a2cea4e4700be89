namespace Exchange.Node.Records;

/// <summary>What a text is, as its field's name tells.</summary>
internal enum NamedForm
{
    /// <summary>A text like any other.</summary>
    None,

    /// <summary><c>…_id</c>, <c>…_ids</c>: the id of a record or of a placement.</summary>
    RecordId,

    /// <summary><c>…_node</c>: the id of a node.</summary>
    Node,

    /// <summary><c>phone</c>: a person's telephone number.</summary>
    PersonPhone,

    /// <summary><c>office_phone</c>: an office's telephone number.</summary>
    OfficePhone,

    /// <summary><c>person_name</c>: a person's name in full.</summary>
    PersonName,

    /// <summary><c>credit_code</c>: a unified social credit code.</summary>
    CreditCode,

    /// <summary><c>year</c>, <c>…_year</c>: a year of four digits.</summary>
    Year,

    /// <summary><c>…division_code</c>, <c>…division_codes</c>: codes of divisions without padding.</summary>
    DivisionCode,
}
