using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Node.Reports;

/// <summary>Checks a chain of receipts, the newest first: signatures, and that each names the one before.</summary>
internal sealed class ReceiptAudit(string node, string peer, IReceiptSigner signer)
{
    private const int MaxTold = 100;

    private readonly VerifyReceiptsResponse _found = new();
    private SyncReceiptStatement? _later;

    /// <summary>Takes the next older receipt.</summary>
    public void Add(SyncReceipt receipt)
    {
        _found.ReceiptCount++;
        if (ReceiptLink.Read(receipt) is not { } statement)
        {
            Problem(_later?.Number - 1 ?? 0, "its statement can't be read");
            return;
        }

        if (_later is null)
        {
            _found.NewestNumber = statement.Number;
        }
        else if (_later.Number > statement.Number + 1)
        {
            Gap(statement.Number + 1, _later.Number - 1);
        }
        else if (!_later.PreviousDigest.Equals(ReceiptLink.DigestOf(receipt)))
        {
            Problem(_later.Number, $"it doesn't name receipt {statement.Number} as it is stored here");
        }

        if (ReceiptCheck.Signatures(receipt, statement, node, peer, signer) is { } failure)
        {
            Problem(statement.Number, failure.Message);
        }

        _later = statement;
    }

    /// <summary>What was found, after the oldest was added.</summary>
    public VerifyReceiptsResponse End()
    {
        if (_later is { Number: > 1 } oldest)
        {
            Gap(1, oldest.Number - 1);
        }
        else if (_later is { PreviousDigest.IsEmpty: false })
        {
            Problem(_later.Number, "it is the first and names one before");
        }

        return _found;
    }

    private void Problem(ulong number, string message)
    {
        if (_found.Problems.Count < MaxTold)
        {
            _found.Problems.Add(new ReceiptProblem { Number = number, Message = message });
        }
    }

    private void Gap(ulong from, ulong to)
    {
        if (_found.Gaps.Count < MaxTold)
        {
            _found.Gaps.Add(new ReceiptGap { FromNumber = from, ToNumber = to });
        }
    }
}
