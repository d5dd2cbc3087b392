"""Whom a client trusts that was given a profile, over real sockets."""

import json

import pytest
import trustme

from connectapi import Client, ConfigError, InsecureWarning, Secret, TLSError
from connectapi.client import settings
from connectapi.profiles import own
from connectapi.profiles.profile import Profile
from connectapi.profiles.rsconnect import servers_file

KEY = "s3cr3t-Key-0123456789"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    for name in ("CONNECT_CA_CERTIFICATE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CONNECT_SERVER", "CONNECT_API_KEY", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(settings, "_warned", set())


@pytest.fixture
def url(authority, tls):
    with tls(authority.issue_cert("localhost")) as (url, _):
        yield url


def whoami(**more):
    with Client(profile="here", retries=0, **more) as client:
        return client.users.whoami().guid


def saved(url, **entry):
    path = servers_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"here": {"name": "here", "url": url, "api_key": KEY, **entry}}))


def test_the_certificates_that_rsconnect_saved_are_trusted(url, authority, monkeypatch, tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("CONNECT_CA_CERTIFICATE", str(tmp_path / "other.pem"))
    saved(url, ca_cert=authority.cert_pem.bytes().decode(), insecure=False)

    assert whoami() == ""
    with pytest.raises(TLSError):
        whoami(ca_certificate=tmp_path / "other.pem")


def test_certificates_that_are_none_are_told(url, bundle):
    saved(url, ca_cert="no certificate", insecure=False)

    with pytest.raises(ConfigError, match="the certificates that are kept with the profile are not in PEM form"):
        whoami()
    assert whoami(ca_certificate=bundle) == ""


def test_a_profile_that_does_not_check_the_certificate_warns_of_it(url):
    saved(url, insecure=True)

    with pytest.warns(InsecureWarning, match="its certificate is not checked"):
        assert whoami() == ""


def test_our_own_profile_names_a_file_of_certificates(url, bundle):
    own.save(Profile(name="here", server=url, place="file", api_key=Secret(KEY), ca_certificate=str(bundle)))
    try:
        assert whoami() == ""
    finally:
        own.remove("here")
