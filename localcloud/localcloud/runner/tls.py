"""A certificate authority of the embedded cloud's own, for AWS's names inside containers."""

from __future__ import annotations

import ipaddress
import ssl
import threading
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "localcloud"
"""Of the Java trust store. Java wants one; nothing in there is secret."""
_DAYS = 825


class Authority:
    """Signs a certificate for any name that a client asks for.

    Args:
        folder: Where its files are; readable for this user only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localcloud")])
        self.certificate = (
            _builder(name, name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """What a TLS server needs to answer as any name."""
        default = self._context_of("localhost")

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            if name:
                connection.context = self._context_of(name)

        default.sni_callback = choose
        return default

    def bundle(self) -> bytes:
        """The public authorities and this one, as PEM."""
        return Path(certifi.where()).read_bytes() + b"\n" + _pem(self.certificate)

    def trust_store(self) -> bytes:
        """The same for Java, as PKCS 12."""
        with warnings.catch_warnings():
            # Some public authorities have odd serial numbers.
            warnings.simplefilter("ignore")
            public = x509.load_pem_x509_certificates(Path(certifi.where()).read_bytes())
        return pkcs12.serialize_java_truststore(
            [
                pkcs12.PKCS12Certificate(certificate, str(index).encode())
                for index, certificate in enumerate([self.certificate, *public])
            ],
            serialization.BestAvailableEncryption(PASSWORD.encode()),
        )

    def _context_of(self, name: str) -> ssl.SSLContext:
        with self._lock:
            if name not in self._contexts:
                self._contexts[name] = self._signed(name)
            return self._contexts[name]

    def _signed(self, name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        certificate = (
            _builder(subject, self.certificate.subject, key)
            .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{len(self._contexts)}.pem"
        file.touch(mode=0o600)
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + _pem(certificate)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        file.unlink()
        return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
