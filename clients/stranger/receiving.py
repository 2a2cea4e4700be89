"""Applies what a partner gives: order, quarantine, taking back, waiting. One transaction a batch."""

import hashlib
import time
import uuid

from exchange.v1 import employer_pb2, error_pb2, household_pb2, placement_pb2, record_pb2, sync_service_pb2, vacancy_pb2
from exchange.v1 import worker_pb2

import digests

TOLERANCE = 5 * 60 * 1000
ERASED = (1 << 64) - 1
RECORD_BYTES = 1 << 20
# The kinds whose payload this node can read; of others it keeps the bytes.
KINDS = {
    "worker": worker_pb2.Worker,
    "household": household_pb2.Household,
    "employer": employer_pb2.Employer,
    "vacancy": vacancy_pb2.Vacancy,
    "placement_event": placement_pb2.PlacementEvent,
}


class Receiver:
    """What one partner gives to this node under one version of an agreement."""

    def __init__(self, store, node, partner, flows, digest_key):
        self._store = store
        self._node = node
        self._partner = partner
        self._digest_key = digest_key
        mine = [flow for flow in flows if flow.to_node == node]
        self._kinds = {rule.kind for flow in mine for rule in flow.kinds}
        self._purposes = {flow.purpose for flow in mine}
        self._homes = {partner} | {home for flow in mine for home in flow.passes_on_from}

    def apply(self, batch):
        """Applies a batch and moves the cursor with it; the acknowledgement is true once this returns."""
        ack = sync_service_pb2.SyncAck(sequence=batch.sequence, applied=batch.to)
        with self._store.transaction():
            for change in batch.changes:
                self._change(change, batch.to.epoch, ack)
            if batch.to != getattr(batch, "from"):
                self._move(batch.to)
        return ack

    def retry(self):
        """What waited for this node's clock is applied once that has passed it."""
        ready = []
        for row in self._store.all("select kind, id, epoch, change from quarantine where reason = ?",
                                   error_pb2.ERROR_REASON_CHANGE_CLOCK_AHEAD):
            change = sync_service_pb2.SyncChange.FromString(row[3])
            if not _ahead(_order(_what(change))[0]):
                ready.append((change, row[2]))
        with self._store.transaction():
            for change, epoch in ready:
                self._change(change, epoch, sync_service_pb2.SyncAck())

    def sums(self, anew=False):
        """The digest of what is held; anew from the payloads' bytes, or from the items noted with them."""
        sums = digests.Sums()
        for _, number, one, _ in self.held(anew):
            if one is not None:
                sums.add(number, one)
        return sums

    def held(self, anew=True):
        """Everything that counts, by rising key: key, bucket, item, and what an inspection tells of it."""
        found = {}
        for kind, identity, clock, node, revision, envelope, number, one in self._store.all(
                "select kind, id, clock, node, revision, envelope, bucket, item from record where envelope is not null"):
            if anew:
                one = self._item(record_pb2.Record.FromString(envelope), identity)
            found[digests.key_of(kind, identity)] = (number, one, self._told(kind, identity, clock, node, revision, one, 1))
        for kind, identity, clock, node, revision, change, number, one in self._store.all(
                "select kind, id, clock, node, revision, change, bucket, item from quarantine where bucket is not null"):
            if anew and one is not None:
                one = self._item(sync_service_pb2.SyncChange.FromString(change).record, identity)
            found[digests.key_of(kind, identity)] = (number, one, self._told(kind, identity, clock, node, revision, one, 2))
        for key in sorted(found):
            yield (key, *found[key])

    @staticmethod
    def _told(kind, identity, clock, node, revision, one, place):
        return sync_service_pb2.HeldItem(
            kind=kind, id=str(uuid.UUID(bytes=identity)), version=record_pb2.RecordVersion(clock=int(clock), node=node),
            revision=revision, item=one or b"", place=place)

    def _change(self, change, epoch, ack):
        what = _what(change)
        if what is None or not _named(what):
            self._put_aside(change, what, uuid.uuid4().bytes, None, epoch, _invalid("it names no record"), ack)
            return
        kind, identity, order = what.kind, uuid.UUID(what.id).bytes, _order(what)
        record = change.record if change.HasField("record") else None
        if record is not None and self._is_fenced(record, identity, order):
            ack.skipped_count += 1
            return
        row = self._store.one("select clock, node, revision, epoch, reason from quarantine where kind = ? and id = ?", kind, identity)
        waits = (int(row[0]), row[1], row[2]) if row else None
        stored = self._store.one("select clock, node, revision from record where kind = ? and id = ?", kind, identity)
        stands = (int(stored[0]), stored[1], stored[2]) if stored else None
        if row and row[3] == epoch and order < waits:
            ack.skipped_count += 1
            return
        refusal = self._refusal(record, what)
        if refusal:
            if not row and stands and order < stands and not _ahead(stands[0]):
                ack.skipped_count += 1
            else:
                self._put_aside(change, what, identity, record, epoch, refusal, ack)
            return
        if row:
            self._store.database.execute("delete from quarantine where kind = ? and id = ?", (kind, identity))
        if stands and order <= stands and not _ahead(stands[0]):
            ack.skipped_count += 1
            return
        self._write(record, what, identity, order)
        if record is None:
            self._raise_fence(what, identity, order)
        ack.applied_count += 1
        self._wait(record, what, identity, ack)

    def _refusal(self, record, what):
        if record is None:
            if what.reason == 0:
                return _invalid("a removal has no reason")
        elif record.kind not in self._kinds:
            return error_pb2.ERROR_REASON_CHANGE_OUT_OF_AGREEMENT, f"The agreement lets no {record.kind} come."
        elif record.home_node not in self._homes:
            return error_pb2.ERROR_REASON_CHANGE_NOT_FROM_HOME, f"'{self._partner}' isn't the record's home."
        if _ahead(what.version.clock):
            return error_pb2.ERROR_REASON_CHANGE_CLOCK_AHEAD, "Its clock is ahead. It waits."
        return _fault(record) if record is not None else None

    def _put_aside(self, change, what, identity, record, epoch, refusal, ack):
        (clock, node, revision) = _order(what) if record is not None or (what and _named(what)) else (0, "", 0)
        named = what is not None and _named(what)
        one = self._item(record, identity) if named and record is not None and record.state == 1 else None
        self._store.database.execute(
            "replace into quarantine values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (what.kind if named else "?", identity, str(clock), node, revision, epoch, refusal[0], refusal[1],
             change.SerializeToString(), digests.bucket(what.kind, identity) if named else None, one))
        ack.quarantined.add(kind=what.kind if what else "", id=what.id if what else "", reason=refusal[0], message=refusal[1])

    def _write(self, record, what, identity, order):
        alive = record is not None and record.state == record_pb2.RECORD_STATE_ACTIVE
        state = record.state if record is not None else record_pb2.RECORD_STATE_DELETED
        self._store.database.execute(
            "replace into record values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (what.kind, identity, str(order[0]), order[1], order[2], state,
             record.SerializeToString() if alive else None,
             digests.bucket(what.kind, identity), self._item(record, identity) if alive else None))

    def _raise_fence(self, removal, identity, order):
        row = self._store.one(
            "select clock, node, revision, consent from fence where kind = ? and id = ?", removal.kind, identity)
        before, consent = ((int(row[0]), row[1], row[2]), int(row[3])) if row else ((0, "", 0), 0)
        order = before if row and before > order and not _ahead(before[0]) else order
        self._store.database.execute(
            "replace into fence values (?, ?, ?, ?, ?, ?)",
            (removal.kind, identity, str(order[0]), order[1], order[2], str(max(consent, removal.consent_version))))

    def _is_fenced(self, record, identity, order):
        row = self._store.one(
            "select clock, node, revision, consent from fence where kind = ? and id = ?", record.kind, identity)
        if row is None:
            return False
        stands, withdrawal = (int(row[0]), row[1], row[2]), int(row[3])
        if withdrawal == ERASED or (order <= stands and not _ahead(stands[0])):
            return True
        basis = record.legal_basis
        if withdrawal == 0 or basis.kind != record_pb2.LEGAL_BASIS_KIND_CONSENT:
            return False
        mine = [one for one in basis.consents if one.recipient_node == self._node and one.purpose in self._purposes]
        if not mine:
            return False
        knows = any(one.version > withdrawal or (one.version == withdrawal and one.withdrawn) for one in mine)
        newest = [max((one for one in mine if one.purpose == purpose), key=lambda one: one.version, default=None)
                  for purpose in self._purposes]
        return not (knows and any(one is not None and not one.withdrawn for one in newest))

    def _wait(self, record, what, identity, ack):
        database = self._store.database
        waited = self._store.all("select 1 from waiting where kind = ? and id = ?", what.kind, identity)
        database.execute("delete from waiting where kind = ? and id = ?", (what.kind, identity))
        missing = self._missing(record) if record is not None else []
        for kind, other in missing:
            database.execute("replace into waiting values (?, ?, ?, ?)", (what.kind, identity, kind, other))
        if missing:
            ack.waiting.add(kind=what.kind, id=what.id, missing=[{"kind": kind, "id": str(uuid.UUID(bytes=other))}
                                                                 for kind, other in missing])
        elif waited:
            ack.settled.add(kind=what.kind, id=what.id)
        if record is None:
            return
        for kind, waiter in self._store.all(
                "select kind, id from waiting where missing_kind = ? and missing_id = ?", what.kind, identity):
            database.execute("delete from waiting where kind = ? and id = ? and missing_kind = ? and missing_id = ?",
                             (kind, waiter, what.kind, identity))
            if not self._store.one("select 1 from waiting where kind = ? and id = ?", kind, waiter):
                ack.settled.add(kind=kind, id=str(uuid.UUID(bytes=waiter)))

    def _missing(self, record):
        if record.kind not in KINDS or record.state != record_pb2.RECORD_STATE_ACTIVE:
            return []
        payload, missing = KINDS[record.kind].FromString(record.payload.value), []
        for field, value in payload.ListFields():
            kind = field.name[:-3] if field.name.endswith("_id") else ""
            if kind in self._kinds and isinstance(value, str) and _uuid(value):
                other = _uuid(value).bytes
                if not self._store.one("select 1 from record where kind = ? and id = ? and envelope is not null", kind, other):
                    missing.append((kind, other))
        return missing

    def _move(self, to):
        self._store.database.execute("replace into cursor values (?, ?, ?)", (self._partner, to.epoch, str(to.position)))

    def _item(self, record, identity):
        clock, node, revision = _order(record)
        return digests.item(
            self._digest_key, record.kind, identity, clock, node, revision, record.state, record.payload.value)


def _what(change):
    case = change.WhichOneof("change")
    return getattr(change, case) if case in ("record", "removal") else None


def _order(what):
    revision = what.projection.revision if isinstance(what, record_pb2.Record) else what.revision
    return what.version.clock, what.version.node, revision


def _named(what):
    return bool(what.kind and _uuid(what.id) and what.version.clock and what.version.node)


def _uuid(text):
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _ahead(clock):
    return clock >> 16 > time.time() * 1000 + TOLERANCE


def _fault(record):
    if record.state != record_pb2.RECORD_STATE_ACTIVE:
        return _invalid("a record that isn't active has a payload") if record.HasField("payload") else None
    if not record.HasField("payload"):
        return _invalid("an active record has a payload")
    if record.ByteSize() > RECORD_BYTES:
        return _invalid(f"a record has at most {RECORD_BYTES} bytes")
    if hashlib.sha256(record.payload.value).digest() != record.payload_hash:
        return _invalid("payload_hash isn't the payload's")
    message = KINDS.get(record.kind)
    if message is None:
        return None
    if record.payload.type_url.rpartition("/")[2] != message.DESCRIPTOR.full_name:
        return _invalid(f"the payload is no {message.DESCRIPTOR.full_name}")
    try:
        message.FromString(record.payload.value)
        return None
    except Exception:  # protobuf's own exception has another name in each of its implementations
        return _invalid(f"the payload's bytes are no {message.DESCRIPTOR.full_name}")


def _invalid(detail):
    return error_pb2.ERROR_REASON_CHANGE_INVALID, f"The change can't be read: {detail}."
