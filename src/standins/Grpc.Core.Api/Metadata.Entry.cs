using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header or trailer: a lower-case key with a text, or a key ending in "-bin" with bytes.</summary>
    public class Entry
    {
        private static readonly SearchValues<char> KeyCharacters =
            SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");

        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <summary>Creates an entry with bytes, which are copied.</summary>
        /// <exception cref="ArgumentException">The key has other characters, or doesn't end in "-bin".</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            if (!IsBinary)
            {
                throw new ArgumentException("The key of a binary value must end in '-bin'.", nameof(key));
            }

            ArgumentNullException.ThrowIfNull(valueBytes);
            _valueBytes = (byte[])valueBytes.Clone();
        }

        /// <summary>Creates an entry with a text.</summary>
        /// <exception cref="ArgumentException">The key has other characters, or ends in "-bin".</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            if (IsBinary)
            {
                throw new ArgumentException("The key of a text must not end in '-bin'.", nameof(key));
            }

            ArgumentNullException.ThrowIfNull(value);
            _value = value;
        }

        /// <summary>The key in lower case.</summary>
        public string Key { get; }

        /// <summary>The bytes; those of the text in ASCII when the entry isn't binary.</summary>
        public byte[] ValueBytes =>
            _valueBytes is null ? Encoding.ASCII.GetBytes(_value!) : (byte[])_valueBytes.Clone();

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value =>
            _value ?? throw new InvalidOperationException($"The value of '{Key}' is bytes, not a text.");

        /// <summary>Whether the value is bytes, which the end of the key says.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>Key and value, for logs.</summary>
        public override string ToString() =>
            _valueBytes is null
                ? $"[Entry: key={Key}, value={_value}]"
                : $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_valueBytes)}]";

        private static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lower = key.ToLowerInvariant();
            if (lower.Length == 0 || lower.AsSpan().ContainsAnyExcept(KeyCharacters))
            {
                throw new ArgumentException(
                    $"The key '{key}' has characters other than letters, digits, '_', '-' and '.'.", nameof(key));
            }

            return lower;
        }
    }
}
