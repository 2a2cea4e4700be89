"""A receiving node. See README.md.

    stranger init DIR --id ID              keys, and a card for the partner in DIR/card.json
    stranger partner DIR CARD FINGERPRINT  believes a partner's card
    stranger accept DIR FILE [--out FILE]  signs an agreement that a believed partner has signed
    stranger serve DIR [--port N]          answers sessions; writes its address to standard output
    stranger held DIR                      what it holds, by kind
"""

import argparse
import base64
import collections
import concurrent.futures
import datetime
import glob
import hashlib
import json
import os
import sys
import threading
import uuid

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from exchange.v1 import agreement_pb2, agreement_service_pb2, peer_service_pb2, sync_service_pb2 as sync
from exchange.v1 import sync_service_pb2_grpc
from google.protobuf import any_pb2, json_format
from google.rpc import error_details_pb2, status_pb2

import keys
from receiving import Receiver
from session import Refused, Session, check_hello, out_of_step
from store import Store

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
Accepted = collections.namedtuple("Accepted", "terms digest first_day last_day")


class Node:
    """A data directory."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "node.json"), encoding="utf-8") as file:
            known = json.load(file)
        self.id, self.epoch = known["id"], known["epoch"]
        self.keys = keys.Keys(os.path.join(folder, "keys"))
        self.store = Store(folder)

    @staticmethod
    def make(folder, node):
        os.makedirs(os.path.join(folder, "partners"))
        keys.Keys.make(os.path.join(folder, "keys"), node)
        with open(os.path.join(folder, "node.json"), "w", encoding="utf-8") as file:
            json.dump({"id": node, "epoch": str(uuid.uuid4())}, file)
        made = Node(folder)
        card = peer_service_pb2.PeerCard(
            node=node, name="stranger", public_key=made.keys.public_key, certificate=made.keys.certificate)
        card.signature = made.keys.sign(keys.CARD + card.SerializeToString(deterministic=True))
        made.write("card.json", card)
        return made

    def believe(self, path, fingerprint):
        card = self.read(path, peer_service_pb2.PeerCard)
        unsigned = peer_service_pb2.PeerCard()
        unsigned.CopyFrom(card)
        unsigned.signature = b""
        if not keys.verify(card.public_key, keys.CARD + unsigned.SerializeToString(deterministic=True), card.signature):
            sys.exit("The card's own key hasn't signed it.")
        if keys.fingerprint(card.public_key) != fingerprint:
            sys.exit("The fingerprint is another one.")
        self.write(os.path.join("partners", f"{card.node}.card.json"), card)

    def accept(self, path, out):
        signed = self.read(path, agreement_service_pb2.SignedAgreement)
        terms = agreement_pb2.Agreement.FromString(signed.agreement)
        partner = self.partner(next(party.node for party in terms.parties if party.node != self.id))
        text = keys.AGREEMENT + signed.agreement
        if partner is None or not any(one.node == partner.node and keys.verify(partner.public_key, text, one.signature)
                                      for one in signed.signatures):
            sys.exit("No partner that is believed here has signed it.")
        if all(one.node != self.id for one in signed.signatures):
            signed.signatures.add(node=self.id, suite=keys.SUITE, signature=self.keys.sign(text))
        self.write(os.path.join("partners", f"{partner.node}.agreement-{terms.version}.json"), signed)
        if out:
            self.write(os.path.abspath(out), signed)

    def partner(self, node):
        path = os.path.join(self.folder, "partners", f"{node}.card.json")
        return self.read(path, peer_service_pb2.PeerCard) if os.path.exists(path) else None

    def agreements(self, node):
        found = []
        for path in glob.glob(os.path.join(self.folder, "partners", f"{node}.agreement-*.json")):
            signed = self.read(path, agreement_service_pb2.SignedAgreement)
            terms = agreement_pb2.Agreement.FromString(signed.agreement)
            found.append(Accepted(
                terms, hashlib.sha256(signed.agreement).digest(), _day(terms.valid_from_date),
                _day(terms.valid_to_date) if terms.HasField("valid_to_date") else None))
        return sorted(found, key=lambda one: one.terms.version)

    def pinned(self):
        """The certificates of all partners, in PEM."""
        cards = [self.read(path, peer_service_pb2.PeerCard)
                 for path in glob.glob(os.path.join(self.folder, "partners", "*.card.json"))]
        return b"".join(x509.load_der_x509_certificate(card.certificate).public_bytes(Encoding.PEM) for card in cards)

    @staticmethod
    def read(path, message):
        with open(path, encoding="utf-8") as file:
            return json_format.Parse(file.read(), message())

    def write(self, name, message):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(json_format.MessageToJson(message, preserving_proto_field_name=True))


class SyncService(sync_service_pb2_grpc.SyncServiceServicer):
    def __init__(self, node):
        self._node = node
        self._lock = threading.Lock()
        self._running = None

    def Sync(self, request_iterator, context):
        try:
            frame = next(iter(request_iterator), sync.SyncRequest()).frame
            if not frame.HasField("hello"):
                raise out_of_step("no Hello came")
            hello = frame.hello
            partner = self._admit(hello.node, context)
            before, self._running = self._running, context
            if before is not None:
                before.cancel()
            with self._lock:
                yield from self._run(partner, hello, request_iterator)
        except Refused as refused:
            _refuse(context, refused)
        finally:
            if self._running is context:
                self._running = None

    def _admit(self, node, context):
        shown = x509.load_pem_x509_certificate(context.auth_context()["x509_pem_cert"][0])
        partner = self._node.partner(node)
        if partner is None:
            raise Refused(grpc.StatusCode.PERMISSION_DENIED, "PEER_UNKNOWN", "No agreement with that node is held here.")
        if keys.key_hash(shown) != keys.key_hash(x509.load_der_x509_certificate(partner.certificate)):
            raise Refused(grpc.StatusCode.PERMISSION_DENIED, "PEER_CERTIFICATE_FOREIGN", f"That isn't the key of '{node}'.")
        return partner

    def _run(self, partner, hello, request_iterator):
        node = self._node
        today = datetime.datetime.now(SHANGHAI).date()
        agreement = check_hello(node.id, hello, node.agreements(partner.node), today)
        digest_key = node.keys.digest_key(partner.public_key, agreement.terms.id)
        receiver = Receiver(node.store, node.id, partner.node, agreement.terms.flows, digest_key)
        receiver.retry()
        session = Session(node, partner, hello, agreement, receiver)
        for frame in session.begin():
            yield sync.SyncResponse(frame=frame)
        for request in request_iterator:
            for frame in session.take(request.frame):
                yield sync.SyncResponse(frame=frame)
            if session.is_over:
                return


def _refuse(context, refused):
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.ErrorInfo(
        reason=refused.reason, domain="exchange.example.org", metadata=refused.metadata))
    status = status_pb2.Status(code=refused.code.value[0], message=str(refused), details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(refused.code, str(refused))


def _day(date):
    return datetime.date(date.year, date.month, date.day)


def serve(folder, port):
    node = Node(folder)
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", 4 << 20)])
    sync_service_pb2_grpc.add_SyncServiceServicer_to_server(SyncService(node), server)
    with open(node.keys.key_file, "rb") as key, open(node.keys.certificate_file, "rb") as certificate:
        credentials = grpc.ssl_server_credentials(
            [(key.read(), certificate.read())], root_certificates=node.pinned(), require_client_auth=True)
    port = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()
    print(json.dumps({"node": node.id, "address": f"https://127.0.0.1:{port}"}), flush=True)
    # Ends with whoever started it.
    sys.stdin.read()
    server.stop(1).wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, arguments in {"init": ["--id"], "partner": ["card", "fingerprint"], "accept": ["file", "--out"],
                            "serve": ["--port"], "held": []}.items():
        command = commands.add_parser(name)
        command.add_argument("dir")
        for argument in arguments:
            command.add_argument(argument)
    chosen = parser.parse_args()
    if chosen.command == "init":
        made = Node.make(chosen.dir, chosen.id)
        print(json.dumps({"node": made.id, "fingerprint": keys.fingerprint(made.keys.public_key),
                          "publicKey": base64.b64encode(made.keys.public_key).decode()}))
    elif chosen.command == "partner":
        Node(chosen.dir).believe(chosen.card, chosen.fingerprint)
    elif chosen.command == "accept":
        Node(chosen.dir).accept(chosen.file, chosen.out)
    elif chosen.command == "serve":
        serve(chosen.dir, int(chosen.port or 0))
    else:
        print(json.dumps(dict(Node(chosen.dir).store.all(
            "select kind, count(*) from record where envelope is not null group by kind"))))


if __name__ == "__main__":
    main()
