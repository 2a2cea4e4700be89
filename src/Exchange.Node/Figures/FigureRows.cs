using System.Runtime.InteropServices;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>What figures need to know of a worker; never a name or a number.</summary>
internal struct WorkerRow
{
    public bool Present;
    public int Area;
    public int Household;
    public int Card;
    public int BirthDay;
    public int AwayPlace;
    public LabourCapacity Capacity;
    public EmploymentStatus Status;
    public SchoolingBand Schooling;
    public bool HasSkill;

    /// <summary>What the worker wants and can do, by its number.</summary>
    public int Profile;

    // How many other records say so. They come and go apart from the worker's own.
    public short Trained;
    public short Certified;
    public short Working;
    public short Businesses;

    /// <summary>Placements that go on: from the referral until somebody left, came home or was turned down.</summary>
    public short Open;

    /// <summary>Able to work, whatever the age.</summary>
    public readonly bool IsAble => Present && Capacity is not (LabourCapacity.Lost or LabourCapacity.None);

    /// <summary>Works, by the ledger, a placement or a business.</summary>
    public readonly bool IsEmployed => Present && (Working > 0 || Businesses > 0 || Status is
        EmploymentStatus.Transferred or EmploymentStatus.Farming or EmploymentStatus.SelfEmployed
        or EmploymentStatus.Flexible);
}

/// <summary>A household, and how many of its members are what its rules ask for.</summary>
internal struct HouseholdRow
{
    public bool Present;
    public int Area;
    public int Card;
    public bool Relocated;
    public int Able;
    public int Employed;
    public int Trained;
    public int Skilled;
}

/// <summary>What is counted: one thing that happened or is, in a form that fits every measure.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct FactRow
{
    public bool Present;

    /// <summary>The record that shows it.</summary>
    public Guid Id;

    /// <summary>That record is a placement's event, and not one of the measure's first kind.</summary>
    public bool IsEvent;

    /// <summary>The worker's row; -1 for what is about nobody.</summary>
    public int Worker;

    /// <summary>Where it belongs; none for where its worker is registered.</summary>
    public int Area;

    /// <summary>A vacancy, class or policy, by the measure; -1 for none.</summary>
    public int Link;

    /// <summary>A placement or payment batch, by the measure; -1 for none.</summary>
    public int Other;

    /// <summary>Where work is, when the fact says it itself.</summary>
    public int Place;

    public int Day;
    public int EndDay;
    public long Amount;
    public short Year;
    public byte Kind;
    public byte Outcome;
    public Organisation Organisation;
    public IntroducingChannel Channel;

    /// <summary>Whether the person was registered poor, when the fact says it itself.</summary>
    public CardMark Card;
}

/// <summary>What a record says itself of its person's status.</summary>
internal enum CardMark : byte
{
    /// <summary>Nothing: the worker's history tells.</summary>
    ByWorker,

    Card,

    Other,
}

/// <summary>What facts need to know of a record that they name.</summary>
internal struct LinkRow
{
    public bool Present;
    public int Place;
    public int Day;
    public byte Kind;
    public Guid Programme;
}

/// <summary>An event of a placement.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct EventRow
{
    public bool Present;

    /// <summary>Its placement's row and one more; 0 for none.</summary>
    public int Placement;

    /// <summary>The placement's next event and one more; 0 for none.</summary>
    public int Next;

    public int Vacancy;
    public int Day;
    public PlacementEventType Type;
    public Organisation Organisation;
    public IntroducingChannel Channel;
    public LeaveReason Reason;

    /// <summary>The pay of a month in fen; 0 when none is stated.</summary>
    public long Pay;

    public Guid Voided;
}

/// <summary>A placement: its events, and what figures count of it.</summary>
internal struct PlacementRow
{
    /// <summary>The worker's row and one more; 0 for none.</summary>
    public int Worker;

    /// <summary>The first of its events and one more; 0 for none.</summary>
    public int FirstEvent;

    public bool IsWorking;
    public bool IsOpen;
    public PlacementFact[]? Facts;
}

/// <summary>Something countable that a placement came to.</summary>
internal struct PlacementFact
{
    public Measure Measure;
    public FactRow Row;
}
