"""Digests, as docs/partners/sync.md says (Digests)."""

import hashlib
import hmac

BUCKETS = 4096


def key_of(kind, record_id):
    """kind, NUL, id: what buckets and pages are made of."""
    return kind.encode() + b"\0" + record_id


def item(digest_key, kind, record_id, clock, node, revision, state, payload):
    text = (key_of(kind, record_id) + clock.to_bytes(8, "big") + node.encode() + b"\0" + revision.to_bytes(4, "big")
            + bytes([state]) + payload)
    return hmac.new(digest_key, text, hashlib.sha256).digest()[:16]


def bucket(kind, record_id):
    return int.from_bytes(hashlib.sha256(key_of(kind, record_id)).digest()[:2], "big") >> 4


class Sums:
    def __init__(self):
        self.count = 0
        self._buckets = {}

    def add(self, number, one):
        count, total = self._buckets.get(number, (0, 0))
        self._buckets[number] = (count + 1, (total + int.from_bytes(one, "big")) % (1 << 128))
        self.count += 1

    def buckets(self):
        empty = bytes(24)
        return b"".join(
            self._buckets[one][0].to_bytes(8, "big") + self._buckets[one][1].to_bytes(16, "big")
            if one in self._buckets else empty for one in range(BUCKETS))

    def root(self):
        return hashlib.sha256(self.buckets()).digest()
