#!/usr/bin/env python3
"""Makes the certificates of the tests, with the package `cryptography`: run it in this folder to make them anew.

The keys protect nothing: they are published with the sources.
"""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def year(number):
    return datetime.datetime(number, 1, 1, tzinfo=datetime.timezone.utc)


def make(name, common_name, issuer=None, names=(), begins=2020, ends=2120, usage=ExtendedKeyUsageOID.SERVER_AUTH):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer_key, issuer_name = issuer or (key, subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(year(begins))
        .not_valid_after(year(ends))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(text) for text in names]), critical=False
        )
    certificate = builder.sign(issuer_key, hashes.SHA256())
    with open(f"{name}.pem", "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    with open(f"{name}.key", "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return key, subject


authority = make("authority", "Gust test authority")
make("server", "localhost", authority, ["localhost", "example.com", "*.example.com"])
make("second", "example.org", authority, ["example.org", "*.example.org"])
make("renewed", "localhost", authority, ["localhost"])
make("expired", "localhost", authority, ["localhost"], 2020, 2021)
make("future", "localhost", authority, ["localhost"], 2110, 2120)
make("client", "ada", authority, usage=ExtendedKeyUsageOID.CLIENT_AUTH)
make("stranger", "eve", make("otherauthority", "another authority"), usage=ExtendedKeyUsageOID.CLIENT_AUTH)
