"""Keys, cards, signatures and the digest key, as docs/partners/sync.md says (Before the first session)."""

import datetime
import hashlib
import os
import uuid

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SUITE = "ecdsa-p256-sha256"
CARD = b"exchange peer card v1\n"
AGREEMENT = b"exchange agreement signature v1\n"


class Keys:
    """The identity key and the TLS key of this node, in a folder."""

    def __init__(self, folder):
        self.key_file = os.path.join(folder, "tls.key")
        self.certificate_file = os.path.join(folder, "tls.pem")
        with open(os.path.join(folder, "identity.key"), "rb") as file:
            self.identity = serialization.load_pem_private_key(file.read(), None)

    @staticmethod
    def make(folder, node):
        os.makedirs(folder, mode=0o700)
        identity, tls = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node)])
        now = datetime.datetime.utcnow()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name).issuer_name(name).public_key(tls.public_key()).serial_number(uuid.uuid4().int >> 8)
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1000))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(node)]), critical=False)
            .sign(tls, hashes.SHA256()))
        _write(os.path.join(folder, "identity.key"), _pem(identity))
        _write(os.path.join(folder, "tls.key"), _pem(tls))
        _write(os.path.join(folder, "tls.pem"), certificate.public_bytes(serialization.Encoding.PEM))
        return Keys(folder)

    @property
    def public_key(self):
        return public_bytes(self.identity.public_key())

    @property
    def certificate(self):
        with open(self.certificate_file, "rb") as file:
            return x509.load_pem_x509_certificate(file.read()).public_bytes(serialization.Encoding.DER)

    def sign(self, data):
        return self.identity.sign(data, ec.ECDSA(hashes.SHA256()))

    def digest_key(self, their_public_key, agreement_id):
        """A secret that both sides make, each from its own private key."""
        theirs = serialization.load_der_public_key(their_public_key)
        shared = self.identity.exchange(ec.ECDH(), theirs)
        info = b"exchange digest key v1\n" + agreement_id.encode()
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(shared)


def verify(public_key, data, signature):
    try:
        serialization.load_der_public_key(public_key).verify(signature, data, ec.ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, ValueError):
        return False


def public_bytes(key):
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_hash(certificate):
    """What partners know a certificate by."""
    return hashlib.sha256(public_bytes(certificate.public_key())).digest()


def fingerprint(public_key):
    """What two people read to each other."""
    digest = hashlib.sha256(public_key).digest()
    return "-".join(f"{int.from_bytes(digest[2 * i:2 * i + 2], 'big'):05d}" for i in range(8))


def _pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path, data):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
