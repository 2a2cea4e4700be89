using Exchange.Node.Messages;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Date = Google.Type.Date;

namespace Exchange.Node.Tests.Records;

/// <summary>
/// A record of any kind with every field filled, to which no rule objects. Most are filled from the names and types of
/// their fields alone, so that a kind that is added has its sample already.
/// </summary>
internal static class SampleRecords
{
    private static readonly RecordKinds Kinds = new();

    /// <summary>A sample of a kind.</summary>
    public static IMessage Of(RecordKind kind) => kind.Name switch
    {
        "worker" => Samples.Worker(),
        "household" => Samples.Household(),
        "employer" => Samples.Employer(),
        "vacancy" => Samples.Vacancy(),
        "placement_event" => Samples.PlacementEvent(),
        "division" => Samples.Division(),
        _ => Fitted(kind.Name, Filled(kind.Descriptor)),
    };

    /// <summary>A sample of a kind, by its message.</summary>
    public static T Of<T>()
        where T : IMessage<T>, new() => (T)Of(Kinds.FindByDescriptor(new T().Descriptor)!);

    // What a kind's own rules want beyond what names and types tell.
    private static IMessage Fitted(string kind, IMessage sample)
    {
        Fits.GetValueOrDefault(kind)?.Invoke(sample);
        return sample;
    }

    private static readonly Dictionary<string, Action<IMessage>> Fits = new()
    {
        ["enrolment"] = sample => ((Enrolment)sample).Status = EnrolmentStatus.Completed,
        ["student"] = sample => ((Student)sample).JuniorFinishedDate = Samples.Date(2018, 7, 1),
        ["village_support"] = sample => ((VillageSupport)sample).Place = Samples.Place("530627101203", "某村"),
        ["subsidy_policy"] = sample => ((SubsidyPolicy)sample).Tiers[0].StayMonths = 3,
        ["subsidy_payment"] = sample => ((SubsidyPayment)sample).LiaisonOfficerId = "",
        ["vacancy_route"] = sample => ((VacancyRoute)sample).FromPlace = Samples.Place("4419", "东莞市"),
        ["policy_document"] = sample => ((PolicyDocument)sample).DocumentUri = "https://example.org/plan",
        ["published_report"] = sample => Sign((PublishedReport)sample),
        ["target"] = sample => ((Target)sample).ToDate = Samples.Date(2026, 12, 31),
        ["pairing"] = sample =>
            ((Pairing)sample).ReceivingPlace = Samples.Place("441900118", "东莞市大岭山镇"),
        ["labour_agreement"] = sample =>
            ((LabourAgreement)sample).Parties.Add(((LabourAgreement)sample).Parties[0].Clone()),
        ["responsibility"] = sample =>
        {
            ((Responsibility)sample).Rank = ResponsibilityRank.DivisionHead;
            ((Responsibility)sample).LowerPlace = Samples.Place("530627101", "乌峰街道");
        },
        ["contact"] = sample =>
        {
            ((Contact)sample).State = ContactState.Made;
            ((Contact)sample).NotBeforeDate = Samples.Date(2026, 6, 1);
        },
        ["job_code"] = sample => ((JobCode)sample).Code = JobDigits.Of(50_123),
        ["liaison_officer"] = sample =>
        {
            ((LiaisonOfficer)sample).VillageDivisionCodes.Clear();
            ((LiaisonOfficer)sample).VillageDivisionCodes.Add("530627101203");
        },
    };

    // Whether the signature is good is asked of whoever reads it.
    private static void Sign(PublishedReport report)
    {
        report.Signature.Node = "zhaotong";
        report.Statement = new PublishedReportStatement
        {
            Place = report.Place,
            Title = report.Title,
            AsOfDate = report.AsOfDate,
            CorrectedReportId = report.PublishedReportId,
        }.ToByteString();
    }

    private static IMessage Filled(MessageDescriptor type)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (field.IsRepeated)
            {
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(Value(field));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field));
            }
        }

        return message;
    }

    private static object Value(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => Text(field),
        FieldType.Bool => true,
        FieldType.Int32 => NameRules.FormOf(field) == NamedForm.Year ? 2018 : 1,
        FieldType.Int64 => 1L,
        FieldType.Bytes => ByteString.CopyFromUtf8("bytes"),
        FieldType.Enum => field.EnumType.Values.First(value => value.Number > 0).Number,
        FieldType.Message when field.MessageType == Place.Descriptor => Samples.Place("530627", "镇雄县"),
        FieldType.Message when field.MessageType == PayRange.Descriptor => Samples.Pay(),
        FieldType.Message when field.MessageType == Occupation.Descriptor => Samples.Shoemaker(),
        FieldType.Message when field.MessageType == Schooling.Descriptor => new Schooling { Code = "70" },
        FieldType.Message when field.MessageType == Date.Descriptor => Samples.Date(2026, 2, 14),
        FieldType.Message => Filled(field.MessageType),
        _ => throw new InvalidOperationException($"No sample value for {field.FullName}."),
    };

    private static string Text(FieldDescriptor field) => NameRules.FormOf(field) switch
    {
        NamedForm.RecordId => Samples.Id,
        NamedForm.Node => field.Name == "sending_node" ? "zhaotong" : "dongguan",
        NamedForm.PersonPhone => "13812345678",
        NamedForm.OfficePhone => "0870-2123456",
        NamedForm.PersonName => "王小明",
        NamedForm.CreditCode => "91350100M000100Y43",
        NamedForm.DivisionCode => "530627",
        _ => "文字",
    };
}
