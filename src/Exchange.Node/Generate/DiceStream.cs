namespace Exchange.Node.Generate;

/// <summary>What is drawn. The numbers are part of what a seed means: never change one.</summary>
internal enum DiceStream
{
    Household = 1,
    HouseholdSize = 2,
    Worker = 3,
    Employer = 4,
    Vacancy = 5,
}
