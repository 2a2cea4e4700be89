using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Trades: the words of bureaus, mapped to occupations.</summary>
internal sealed class TradeKind() : PlainKind<Trade>("trade");
