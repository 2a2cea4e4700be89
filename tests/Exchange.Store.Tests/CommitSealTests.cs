using System.Text;
using Exchange.Store.Embedded;
using Exchange.Store.Memory;
using Exchange.Testing;
using Xunit;

namespace Exchange.Store.Tests;

/// <summary>What is written about noted commits is as durable as they are, and in their order.</summary>
public sealed class CommitSealTests
{
    private static readonly byte[] Head = [0];

    [Fact]
    public async Task Notes_are_sealed_in_the_order_of_their_commits_and_go_on_from_the_last()
    {
        await using var store = await OpenAsync();

        await store.CommitAsync(new Commit { Entries = [Entry("a")], Note = "first" }, default);
        await store.CommitAsync(new Commit { Note = "second" }, default);
        await store.CommitAsync(new Commit { Entries = [Entry("b")] }, default);

        Assert.Equal("first second ", await SealedAsync(store));
    }

    [Fact]
    public async Task A_refused_commit_isnt_sealed()
    {
        await using var store = await OpenAsync();
        var refused = Entry("a") with { Expect = new EntryExpectation("other"u8.ToArray()) };

        await Assert.ThrowsAsync<EntryConflictException>(
            () => store.CommitAsync(new Commit { Entries = [refused], Note = "refused" }, default));

        Assert.Equal("", await SealedAsync(store));
    }

    [Fact]
    public async Task What_cant_be_noted_doesnt_happen()
    {
        await using var store = await OpenAsync((_, _) => throw new InvalidDataException("damaged"));

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.CommitAsync(new Commit { Entries = [Entry("a")], Note = "noted" }, default));

        Assert.Null((await store.GetEntriesAsync("things", ["a"u8.ToArray()], default))[0]);
    }

    private static EntryWrite Entry(string key) => new("things", Encoding.UTF8.GetBytes(key), "value"u8.ToArray());

    private static Task<EmbeddedStore> OpenAsync(
        Func<ReadOnlyMemory<byte>?, IReadOnlyList<NotedCommit>, IReadOnlyList<EntryWrite>>? write = null) =>
        EmbeddedStore.OpenAsync(
            new MemoryEngine(), "zhaotong", new ManualTime(), seal: new CommitSeal("sealed", Head, write ?? Append));

    private static IReadOnlyList<EntryWrite> Append(
        ReadOnlyMemory<byte>? standing, IReadOnlyList<NotedCommit> commits) =>
        [new("sealed", Head, (byte[])[
            .. standing is { } bytes ? bytes.ToArray() : [],
            .. commits.SelectMany(commit => Encoding.UTF8.GetBytes($"{commit.Note} ")),
        ])];

    private static async Task<string> SealedAsync(EmbeddedStore store) =>
        (await store.GetEntriesAsync("sealed", [Head], default))[0] is { } bytes
            ? Encoding.UTF8.GetString(bytes.Span)
            : "";
}
