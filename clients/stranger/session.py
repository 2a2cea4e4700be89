"""The called side of one session, frame by frame."""

import hashlib
import time
import uuid

import grpc
from exchange.v1 import sync_service_pb2 as sync
from google.protobuf import timestamp_pb2

import digests
import keys

PROTOCOL = 1
WINDOW = 8
MAX_CHANGES = 1000
MAX_BATCH_BYTES = 2 << 20
PAGE = 1000


class Refused(Exception):
    def __init__(self, code, reason, message, **metadata):
        super().__init__(message)
        self.code, self.reason, self.metadata = code, "ERROR_REASON_" + reason, metadata


def out_of_step(detail):
    return Refused(grpc.StatusCode.ABORTED, "SYNC_PROTOCOL", f"The sync stream is out of step: {detail}.", detail=detail)


class Session:
    """Takes frames and yields frames. Nothing is acknowledged before it is stored."""

    def __init__(self, node, partner, hello, agreement, receiver):
        self._node, self._partner, self._hello = node, partner, hello
        self._agreement, self._receiver = agreement, receiver
        self._store = node.store
        self._sequence, self._number, self._asked = 0, 0, 0
        self._changes = self._quarantined = 0
        self._given = self._taken = None
        self._awaits_repair = False
        self._objection = None
        self.is_over = False
        epoch, position = self._store.cursor(partner.node)
        self._stored_cursor = sync.FeedCursor(epoch=epoch, position=position)
        self._began = sync.FeedCursor(epoch=hello.epoch, position=position if epoch == hello.epoch else 0)
        self._at = self._began
        theirs = hello.applied
        self._own = sync.FeedCursor(epoch=node.epoch, position=theirs.position if theirs.epoch == node.epoch else 0)

    def begin(self):
        now = timestamp_pb2.Timestamp()
        now.FromMilliseconds(int(time.time() * 1000))
        hello = self._hello
        yield sync.SyncFrame(hello=sync.SyncHello(
            node=self._node.id, min_protocol=PROTOCOL, max_protocol=PROTOCOL, agreement_id=hello.agreement_id,
            agreement_version=hello.agreement_version, agreement_digest=hello.agreement_digest, epoch=self._node.epoch,
            applied=self._stored_cursor, window=WINDOW, mode=hello.mode, sent_time=now, session_id=hello.session_id,
            software="stranger 1.0", verify=hello.verify))
        newest = self._store.receipt(self._partner.node)
        if newest:
            shown = sync.SyncReceipt.FromString(newest)
            shown.newest = True
            yield sync.SyncFrame(receipt=shown)
        # This node gives nothing, and says so.
        nothing = digests.Sums()
        self._given_digest = sync.SyncDigest(count=0, root=nothing.root())
        yield sync.SyncFrame(caught_up=sync.SyncCaughtUp(
            cursor=self._own, digest=self._given_digest, number=1, next_sequence=1, recounted=hello.verify))

    def take(self, frame):
        case = frame.WhichOneof("frame")
        if case == "hello" and frame.hello != self._hello:
            raise out_of_step("a second Hello came")
        handler = getattr(self, f"_take_{case}", None) if case else None
        if handler is not None:
            yield from handler(getattr(frame, case))

    def _take_batch(self, batch):
        start = getattr(batch, "from")
        if start.epoch != self._at.epoch or batch.to.epoch != self._at.epoch:
            raise out_of_step(f"batch {batch.sequence} is of another epoch than the Hello's")
        if len(batch.changes) > MAX_CHANGES or (len(batch.changes) > 1 and batch.ByteSize() > MAX_BATCH_BYTES):
            raise out_of_step(f"batch {batch.sequence} is too large")
        if batch.sequence != self._sequence + 1 or start != self._at:
            raise out_of_step(f"batch {batch.sequence} begins at {start.position}, not at {self._at.position}")
        if batch.changes and all(change.HasField("returned") for change in batch.changes):
            # This node never was restored: nothing of it was lost.
            ack = sync.SyncAck(sequence=batch.sequence, applied=batch.to, skipped_count=len(batch.changes))
        else:
            ack = self._receiver.apply(batch)
            self._changes += len(batch.changes)
        self._sequence, self._at = batch.sequence, batch.to
        self._quarantined += len(ack.quarantined)
        yield sync.SyncFrame(ack=ack)

    def _take_caught_up(self, said):
        if said.number and said.number <= self._number:
            return
        if said.cursor != self._at or (said.next_sequence and said.next_sequence != self._sequence + 1):
            raise out_of_step(f"CaughtUp names {said.cursor.position}, but {self._at.position} is applied")
        sums = self._receiver.sums(anew=said.recounted)
        matches = sums.count == said.digest.count and sums.root() == said.digest.root
        digest = sync.SyncDigest(count=sums.count, root=sums.root(), buckets=b"" if matches else sums.buckets())
        self._number, self._awaits_repair = said.number, not matches and said.repairs
        self._taken = self._direction(
            self._partner.node, self._began, self._at, self._changes, self._quarantined, said.digest, matches)
        yield sync.SyncFrame(verdict=sync.SyncVerdict(
            cursor=said.cursor, matches=matches, digest=digest, number=said.number, recounted=said.recounted, inspects=True))

    def _take_verdict(self, verdict):
        self._given = self._direction(self._node.id, self._own, self._own, 0, 0, self._given_digest, verdict.matches)
        return ()

    def _take_inspect(self, question):
        if question.number <= self._asked:
            return
        if not self._awaits_repair or question.cursor != self._at:
            raise out_of_step(f"question {question.number} about what is held doesn't fit")
        wanted, self._asked = set(question.buckets), question.number
        answer = sync.SyncInspection(number=question.number, cursor=self._at, last=True)
        for key, bucket, _, told in self._receiver.held():
            if bucket in wanted and key > question.after:
                if len(answer.items) == PAGE:
                    answer.last = False
                    break
                answer.items.append(told)
                answer.through = key
        yield sync.SyncFrame(inspection=answer)

    def _take_passed_on(self, told):
        if told.number:
            yield sync.SyncFrame(passed_on=sync.SyncPassedOn(stored=told.number))

    def _take_goodbye(self, _):
        self.is_over = True
        return ()

    def _take_receipt(self, receipt):
        statement = sync.SyncReceiptStatement.FromString(receipt.statement)
        last, digest = self._last()
        if receipt.newest:
            self._take_newest(receipt, statement, last, digest)
            return
        if self._objection:
            raise self._objection
        self._check_receipt(receipt, statement, last, digest)
        complete = sync.SyncReceipt(statement=receipt.statement, signatures=receipt.signatures)
        complete.signatures.add(node=self._node.id, suite=keys.SUITE, signature=self._node.keys.sign(receipt.statement))
        self._store.keep_receipt(self._partner.node, statement.number, complete.SerializeToString())
        yield sync.SyncFrame(receipt=complete)
        self.is_over = True

    def _check_receipt(self, receipt, statement, last, digest):
        if len(receipt.signatures) != 1 or not self._is_signed(receipt, self._partner.node, self._partner.public_key):
            raise Refused(grpc.StatusCode.FAILED_PRECONDITION, "RECEIPT_FORGED",
                          f"Receipt {statement.number} has no good signature of '{self._partner.node}'.",
                          node=self._partner.node, number=str(statement.number))
        if statement.number != last + 1 or statement.previous_digest != digest:
            raise self._broken(last, statement.number - 1)
        seen = {
            "session_id": (self._hello.session_id, statement.session_id),
            "agreement_id": (self._hello.agreement_id, statement.agreement_id),
            "caller_audit_head": (self._hello.audit_head, statement.caller_audit_head),
            "called_audit_head": (b"", statement.called_audit_head),
            "directions": ([self._taken, self._given], list(statement.directions)),
        }
        for field, (ours, theirs) in seen.items():
            if ours != theirs:
                raise Refused(grpc.StatusCode.ABORTED, "RECEIPT_MISMATCH",
                              f"The receipt doesn't say what this side saw: {field} differs.", field=field)

    def _take_newest(self, receipt, statement, last, digest):
        plain = sync.SyncReceipt(statement=receipt.statement, signatures=receipt.signatures)
        theirs = hashlib.sha256(plain.SerializeToString()).digest()
        if statement.number < last or theirs == digest:
            return
        both = (self._is_signed(receipt, self._partner.node, self._partner.public_key)
                and self._is_signed(receipt, self._node.id, self._node.keys.public_key))
        if statement.number == last or not both:
            self._objection = self._broken(last, statement.number)
            return
        self._store.keep_receipt(self._partner.node, statement.number, plain.SerializeToString())

    def _last(self):
        held = self._store.receipt(self._partner.node)
        if held is None:
            return 0, b""
        return sync.SyncReceiptStatement.FromString(sync.SyncReceipt.FromString(held).statement).number, hashlib.sha256(held).digest()

    @staticmethod
    def _broken(ours, theirs):
        return Refused(grpc.StatusCode.FAILED_PRECONDITION, "RECEIPT_CHAIN_BROKEN",
                       f"This side's newest receipt is {ours}, the other side goes on from {theirs}.",
                       ours=str(ours), theirs=str(theirs))

    @staticmethod
    def _is_signed(receipt, node, public_key):
        return any(one.node == node and one.suite == keys.SUITE and keys.verify(public_key, receipt.statement, one.signature)
                   for one in receipt.signatures)

    @staticmethod
    def _direction(giver, start, to, changes, quarantined, digest, matches):
        statement = sync.SyncDirectionStatement(
            from_node=giver, to=to, changes=changes, quarantined=quarantined, digest_root=digest.root,
            digest_count=digest.count, digest_matches=matches)
        getattr(statement, "from").CopyFrom(start)
        return statement


def check_hello(node, hello, agreements, today):
    """The agreement's version that a Hello names; refuses what doesn't fit."""
    if not (hello.min_protocol <= PROTOCOL <= hello.max_protocol):
        theirs = f"{hello.min_protocol}-{hello.max_protocol}"
        raise Refused(grpc.StatusCode.FAILED_PRECONDITION, "CONTRACT_UNSUPPORTED",
                      f"'{node}' speaks sync protocol 1-1, '{hello.node}' speaks {theirs}.", ours="1-1", theirs=theirs)
    for name, text in (("epoch", hello.epoch), ("session id", hello.session_id)):
        try:
            uuid.UUID(text)
        except ValueError:
            raise out_of_step(f"the Hello's {name} isn't a UUID") from None
    # The newest version that has begun, and the one that follows.
    begun = [one for one in agreements if one.first_day <= today]
    good = begun[-1:] + [one for one in agreements if one.first_day > today][:1]
    for one in good:
        if (one.terms.id, one.terms.version, one.digest) == (hello.agreement_id, hello.agreement_version, hello.agreement_digest):
            if one.last_day and one.last_day < today:
                break
            return one
    ours = ", ".join(str(one.terms.version) for one in good)
    raise Refused(grpc.StatusCode.FAILED_PRECONDITION, "AGREEMENT_MISMATCH",
                  f"'{node}' holds version {ours}, '{hello.node}' holds {hello.agreement_version}.",
                  ours=ours, theirs=str(hello.agreement_version))


