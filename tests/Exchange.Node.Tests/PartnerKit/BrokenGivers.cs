using System.Security.Cryptography;
using Exchange.V1;
using Google.Protobuf;
using static Exchange.Node.Tests.PartnerKit.BrokenPartner;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners that give what they may not, or not what they should.</summary>
internal static class BrokenGivers
{
    private const string Sound = "giving.sound";

    public static IEnumerable<BrokenPartner> All =>
    [
        new(
            "One that takes for given what it has sent",
            ["giving.again"],
            partner =>
            {
                // What counts is a session in which the kit says nothing behind its Hello.
                var (sent, isSilent) = (default(FeedCursor), false);
                partner.Breakage.Sent = frame =>
                {
                    sent = frame.Batch?.To ?? sent;
                    return frame;
                };
                OnReceived(frame =>
                {
                    if (frame.Hello is { } hello)
                    {
                        sent = isSilent ? sent : null;
                        (hello.Applied, isSilent) = (sent ?? hello.Applied, true);
                    }
                    else
                    {
                        isSilent &= frame.Ack is null && frame.CaughtUp is null;
                    }
                })(partner);
            },
            ("giving.again", "then none")),
        new(
            "One that forgets what was acknowledged",
            ["giving.not-twice"],
            OnHello(hello => hello.Applied = new FeedCursor()),
            ("giving.not-twice", " changes")),
        Giving("a field that wasn't agreed", "field 9000 of a", record => Fill(record, 9000)),
        Giving("a kind that wasn't agreed", "a household came, which", record => record.Kind = "household"),
        Giving("what isn't its own", "whose home isn't the giver", record => record.HomeNode = "somebody-else"),
        Giving(
            "a hash of something else",
            "payload_hash of a",
            record => record.PayloadHash = ByteString.CopyFrom(new byte[32])),
        Giving("what has no version", "came without a version", record => record.Version = null),
        Giving("what has no id", "came whose id is no UUID", record => record.Id = "17"),
        Giving("what nobody can read", "can't be read as the contract has it", record =>
        {
            record.Payload.Value = ByteString.CopyFrom(0x0a, 0xff);
            Hash(record);
        }),
        new(
            "One that passes over a part of its feed",
            [Sound],
            OnSent(frame =>
            {
                if (frame.Batch is { } batch)
                {
                    batch.From.Position++;
                }
            }),
            (Sound, "begins at")),
        new(
            "One that says that it gave more than it did",
            [Sound],
            OnSent(frame =>
            {
                if (frame.CaughtUp is { } caughtUp)
                {
                    caughtUp.Digest.Count++;
                }
            }),
            (Sound, "the partner says that it gave")),
    ];

    private static BrokenPartner Giving(string what, string came, Action<Record> change) =>
        new($"One that gives {what}", [Sound], OnGiven(change), (Sound, came));

    private static void Fill(Record record, int number)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteString("not agreed");
        }

        record.Payload.Value = ByteString.CopyFrom([.. record.Payload.Value, .. bytes.ToArray()]);
        Hash(record);
    }

    private static void Hash(Record record) =>
        record.PayloadHash = ByteString.CopyFrom(SHA256.HashData(record.Payload.Value.Span));
}
