using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync;

public sealed class ProjectorTests
{
    private static readonly Worker Whole = new()
    {
        Name = "王小明",
        IdNumber = "53062119900101001X",
        Sex = Sex.Male,
        BirthDate = new Date { Year = 1990, Month = 1, Day = 1 },
        EthnicityCode = "06",
        Phone = "13812345634",
        Schooling = new Schooling { Code = "70", Band = SchoolingBand.Junior, Words = "初中毕业" },
        Skills =
        {
            new Skill { Occupation = new Occupation { Words = "制鞋工" }, CertificateLevel = 3 },
            new Skill { Occupation = new Occupation { Words = "焊工" } },
        },
        SupportNeeds = { SupportNeed.Older, SupportNeed.Escort },
    };

    [Fact]
    public void Only_listed_fields_pass_and_texts_are_masked()
    {
        var view = Project(
            Whole, Rule(1, Mask.Name), Rule(2, Mask.IdNumber), Rule(3), Rule(4, Rule(1)), Rule(8, Mask.Phone),
            Rule(11, Rule(2)));

        var expected = new Worker
        {
            Name = "王**",
            IdNumber = "530***********001X",
            Sex = Sex.Male,
            BirthDate = new Date { Year = 1990 },
            Phone = "138******34",
            Schooling = new Schooling { Band = SchoolingBand.Junior },
        };
        Assert.Equal(expected, Worker.Parser.ParseFrom(view));
    }

    [Fact]
    public void Everything_listed_passes_byte_for_byte()
    {
        var bytes = Whole.ToByteArray();
        var plan = FieldPlan.Compile(AgreementProfiles.AllFields(Worker.Descriptor), Worker.Descriptor);

        Assert.Equal(bytes, Project(plan, bytes));
    }

    [Fact]
    public void Repeated_messages_and_packed_numbers_pass_when_listed()
    {
        var view = Worker.Parser.ParseFrom(Project(Whole, Rule(15, Rule(2)), Rule(17)));

        Assert.Equal(
            new Worker
            {
                Skills = { new Skill { CertificateLevel = 3 }, new Skill() },
                SupportNeeds = { SupportNeed.Older, SupportNeed.Escort },
            },
            view);
    }

    [Fact]
    public void A_message_listed_without_its_fields_sends_none_of_them() =>
        Assert.Empty(Project(Whole, Rule(11), Rule(15)));

    [Fact]
    public void An_unknown_field_passes_only_when_its_number_is_listed()
    {
        byte[] unknown = [0xC2, 0x3E, 2, 0xAB, 0xCD]; // field 1000, two bytes

        Assert.Equal(unknown, Project(FieldPlan.Compile([Rule(1000)], Worker.Descriptor), unknown));
        Assert.Empty(Project(FieldPlan.Compile([Rule(100)], Worker.Descriptor), unknown));
    }

    [Fact]
    public void An_unknown_message_is_entered_when_its_fields_are_listed()
    {
        byte[] message = [0x0A, 4, 0x08, 1, 0x10, 2]; // field 1 { 1: 1, 2: 2 }
        byte[] expected = [0x0A, 2, 0x10, 2];

        Assert.Equal(expected, Project(FieldPlan.Compile([Rule(1, Rule(2))], message: null), message));
    }

    [Fact]
    public void A_listed_number_in_another_encoding_than_the_fields_is_dropped()
    {
        byte[] textUnderSex = [0x1A, 3, (byte)'a', (byte)'b', (byte)'c']; // field 3, length-delimited
        byte[] numberUnderName = [0x08, 1]; // field 1, a number

        Assert.Empty(Project(FieldPlan.Compile([Rule(3)], Worker.Descriptor), textUnderSex));
        Assert.Empty(Project(FieldPlan.Compile([Rule(1, Mask.Name)], Worker.Descriptor), numberUnderName));
    }

    [Fact]
    public void Groups_are_dropped_whole()
    {
        byte[] group = [0x1B, 0x08, 1, 0x23, 0x24, 0x1C, 0x18, 1]; // 3 { 1: 1  4 { } }, then 3: 1

        Assert.Equal([0x18, 1], Project(FieldPlan.Compile([Rule(3), Rule(1), Rule(4)], message: null), group));
    }

    [Fact]
    public void A_long_nested_view_gets_a_shorter_length()
    {
        var code = new string('7', 130);
        var worker = new Worker { Schooling = new Schooling { Words = new string('字', 6000), Code = code } };

        var view = Project(worker, Rule(11, Rule(1)));

        Assert.Equal(new Worker { Schooling = new Schooling { Code = code } }, Worker.Parser.ParseFrom(view));
    }

    [Theory]
    [InlineData("0A")] // a tag without its length
    [InlineData("0A0561")] // shorter than its length
    [InlineData("08")] // a number without bytes
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01")] // a number of 11 bytes
    [InlineData("0001")] // field number 0
    [InlineData("0F")] // encoding 7
    [InlineData("0C")] // an end without a group
    [InlineData("0B0801")] // a group without an end
    [InlineData("0B0814")] // a group with another's end
    [InlineData("09010203")] // 8 bytes cut short
    [InlineData("0D0102")] // 4 bytes cut short
    [InlineData("0A02FFFE")] // a text to mask that isn't UTF-8
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")] // a length beyond all memory
    [InlineData("80808080800100")] // a tag beyond 32 bits
    public void Malformed_payloads_are_errors_that_quote_nothing(string hex)
    {
        var plan = FieldPlan.Compile([Rule(1, Mask.Name)], Worker.Descriptor);

        var error = Assert.Throws<InvalidDataException>(() => Project(plan, Convert.FromHexString(hex)));

        Assert.Null(error.InnerException);
    }

    [Fact]
    public void Endless_nesting_is_an_error()
    {
        byte[] groups = [.. Enumerable.Repeat((byte)0x0B, 200), .. Enumerable.Repeat((byte)0x0C, 200)];

        Assert.Throws<InvalidDataException>(() => Project(FieldPlan.Compile([Rule(1)], null), groups));
    }

    private static byte[] Project(Worker worker, params FieldRule[] rules) =>
        Project(FieldPlan.Compile(rules, Worker.Descriptor), worker.ToByteArray());

    private static byte[] Project(FieldPlan plan, byte[] payload)
    {
        var view = new byte[payload.Length];
        return view[..Projector.Project(plan, payload, view)];
    }

    private static FieldRule Rule(uint number, Mask mask = Mask.Unspecified) => new() { Number = number, Mask = mask };

    private static FieldRule Rule(uint number, params FieldRule[] fields) =>
        new() { Number = number, Fields = { fields } };
}
