using Exchange.Node.Audit;
using Exchange.Node.Hosting;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Audit;

/// <summary>Whatever is done to a stored chain is found, and the entry is named.</summary>
public sealed class AuditTamperingTests : IAsyncLifetime
{
    private AuditedNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await AuditedNode.StartAsync();
        await _node.PutWorkerAsync();
        await _node.PutWorkerAsync("998801199001010014");
        _node = await _node.RestartAsync();
        await _node.PutWorkerAsync("998801199001010030");
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_chain_that_nobody_touched_is_whole_over_a_restart()
    {
        var found = await _node.VerifyAsync();

        Assert.Empty(found.Findings);
        Assert.Empty(found.Gaps);
        Assert.Equal(found.EntryCount, found.NewestSequence);
        Assert.Equal(3ul, found.SignatureCount);
        Assert.Equal(
            [
                AuditAction.Started, AuditAction.HeadSigned, AuditAction.Written, AuditAction.Written,
                AuditAction.Stopped, AuditAction.HeadSigned, AuditAction.Started, AuditAction.HeadSigned, AuditAction.Written,
            ],
            (await _node.QueryAsync()).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Whichever_bit_of_whichever_entry_is_flipped_that_entry_is_named()
    {
        var entries = await _node.EntriesAsync();
        var flips = 0;
        for (var at = 0; at < entries.Count; at++)
        {
            for (var bit = 0; bit < entries[at].Value.Length * 8; bit++)
            {
                var value = entries[at].Value.ToArray();
                value[bit / 8] ^= (byte)(1 << (bit % 8));
                var reading = new ChainReading();
                for (var other = 0; other < entries.Count; other++)
                {
                    reading.Add(other == at ? new Entry(entries[at].Key, value) : entries[other]);
                }

                var finding = Assert.Single(reading.Found.Findings);
                Assert.Equal(((ulong)at + 1, AuditFindingKind.Changed), (finding.Sequence, finding.Kind));
                flips++;
            }
        }

        Assert.True(flips > 10_000);
    }

    [Fact]
    public async Task Whichever_field_of_an_entry_is_replaced_and_hashed_anew_that_entry_is_named()
    {
        var entry = (await _node.EntriesAsync())[2];
        foreach (var field in AuditEntry.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldNumber is AuditEntry.HashFieldNumber or AuditEntry.SequenceFieldNumber)
            {
                continue;
            }

            var forged = AuditChain.Read(entry.Value)!;
            forged.Hash = ByteString.Empty;
            Forge(field, forged);
            await _node.PutAsync(3, AuditChain.Encode(forged));

            var found = await _node.VerifyAsync();

            // Its own word about the entry before is held against that one.
            var named = field.FieldNumber == AuditEntry.PreviousHashFieldNumber ? new[] { 2ul, 3ul } : [3ul];
            Assert.Equal(named, found.Findings.Select(finding => finding.Sequence).Distinct());
            Assert.Contains(found.Findings, finding => finding.Kind == AuditFindingKind.Replaced);
        }
    }

    [Fact]
    public async Task An_entry_that_was_taken_out_is_named()
    {
        await _node.PutAsync(4, null);

        var finding = Assert.Single((await _node.VerifyAsync()).Findings);

        Assert.Equal((4ul, AuditFindingKind.Missing), (finding.Sequence, finding.Kind));
    }

    [Fact]
    public async Task Two_entries_that_were_swapped_are_named()
    {
        var entries = await _node.EntriesAsync();
        await _node.PutAsync(3, entries[3].Value);
        await _node.PutAsync(4, entries[2].Value);

        var findings = (await _node.VerifyAsync()).Findings;

        Assert.Equal([3ul, 4ul], findings.Select(finding => finding.Sequence));
        Assert.All(findings, finding => Assert.Equal(AuditFindingKind.Moved, finding.Kind));
    }

    [Fact]
    public async Task A_beginning_that_was_taken_off_is_found()
    {
        await _node.PutAsync(1, null);
        await _node.PutAsync(2, null);

        Assert.Contains(
            (await _node.VerifyAsync()).Findings,
            finding => finding is { Sequence: 1, Kind: AuditFindingKind.Missing });
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_found_by_the_stores_own_head()
    {
        await _node.PutAsync(9, null);

        var finding = Assert.Single((await _node.VerifyAsync()).Findings);

        Assert.Equal((9ul, AuditFindingKind.CutOff), (finding.Sequence, finding.Kind));
    }

    [Fact]
    public async Task An_end_that_was_cut_off_together_with_the_head_is_found_by_the_file_beside_the_store_and_for_good()
    {
        await CutOffAsync(behind: 6);
        Assert.Contains((await _node.VerifyAsync()).Findings, IsCutOff);

        _node = await _node.RestartAsync();
        await _node.PutWorkerAsync("998801199001010057");

        var entries = await _node.QueryAsync();
        Assert.Contains(entries, entry => entry.Action == AuditAction.CutOff && entry.Lost.Sequence == 8);
        Assert.NotEmpty((await _node.VerifyAsync()).Findings);

        static bool IsCutOff(AuditFinding finding) => finding is { Sequence: 8, Kind: AuditFindingKind.CutOff };
    }

    [Fact]
    public async Task A_past_that_was_rewritten_whole_is_found_by_the_signatures_and_the_file_beside_the_store()
    {
        var previous = ByteString.Empty;
        foreach (var stored in await _node.EntriesAsync())
        {
            var entry = AuditChain.Read(stored.Value)!;
            entry.PreviousHash = previous;
            entry.Hash = ByteString.Empty;
            entry.Actor = entry.Sequence == 3 ? new AuditActor { Name = "somebody else" } : entry.Actor;
            var value = AuditChain.Encode(entry);
            await _node.PutAsync(entry.Sequence, value);
            previous = ByteString.CopyFrom(AuditChain.ClaimedHash(value));
            entry.Hash = previous;
            await _node.PutHeadAsync(AuditChain.HeadOf(entry).ToByteArray());
        }

        // The signatures of the stop and of the start after it, and the file, name what stood there.
        Assert.Equal([5ul, 7ul, 8ul], (await _node.VerifyAsync()).Findings.Select(finding => finding.Sequence));
    }

    [Fact]
    public async Task A_signature_of_another_key_is_found()
    {
        await using var stranger = await TestNode.StartEmptyAsync("zhaotong", new ManualTime());
        var theirs = await new AuditedNode(stranger).EntriesAsync();
        var entry = AuditChain.Read((await _node.EntriesAsync())[1].Value)!;
        entry.Signature.Signature = AuditChain.Read(theirs[1].Value)!.Signature.Signature;
        entry.Hash = ByteString.Empty;
        await _node.PutAsync(2, AuditChain.Encode(entry));

        Assert.Contains(
            (await _node.VerifyAsync()).Findings,
            finding => finding is { Sequence: 2, Kind: AuditFindingKind.Signature });
    }

    [Fact]
    public async Task A_chain_whose_note_of_the_newest_entry_was_taken_away_goes_on_behind_what_is_there()
    {
        var id = await _node.PutWorkerAsync("998801199001010057");

        _node = new AuditedNode(await _node.Node.RestartAsync(data => DropHeadAsync(data).GetAwaiter().GetResult()));

        Assert.Empty((await _node.VerifyAsync()).Findings);
        Assert.NotEmpty(await _node.QueryAsync(new QueryAuditRequest { Id = id }));
    }

    private async Task CutOffAsync(ulong behind)
    {
        var entries = await _node.EntriesAsync();
        foreach (var entry in entries.Skip((int)behind))
        {
            await _node.PutAsync(AuditChain.SequenceOf(entry.Key.Span)!.Value, null);
        }

        await _node.PutHeadAsync(AuditChain.HeadOf(AuditChain.Read(entries[(int)behind - 1].Value)!).ToByteArray());
    }

    private static async Task DropHeadAsync(DataDirectory data)
    {
        await using var store = await RecordStores.OpenAsync(
            new StoreOptions(data.Store, "zhaotong"), TimeProvider.System, default);
        await store.CommitAsync(
            new Commit { Entries = [EntryWrite.Delete(AuditChain.Heads, AuditChain.HeadKey)] }, default);
    }

    private static void Forge(FieldDescriptor field, AuditEntry entry)
    {
        var other = new AuditEntry
        {
            Time = new Google.Protobuf.WellKnownTypes.Timestamp { Seconds = 1 },
            Chain = "another",
            Epoch = "another",
            Actor = new AuditActor { Name = "another" },
            Action = AuditAction.Read,
            Targets = { new AuditTarget { Kind = "another" } },
            Purpose = "another",
            Method = "another",
            Partner = "another",
            Outcome = AuditOutcome.Refused,
            Detail = "another",
            PreviousHash = ByteString.CopyFrom(new byte[32]),
        };
        if (field.IsRepeated)
        {
            entry.Targets.Clear();
            entry.Targets.Add(other.Targets);
        }
        else
        {
            var value = field.Accessor.GetValue(other) ?? Activator.CreateInstance(field.MessageType.ClrType)!;
            field.Accessor.SetValue(entry, value);
        }
    }
}
