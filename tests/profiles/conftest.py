import json

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user without any settings, on whichever system."""
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("APPDATA", raising=False)
    for name in ("CONNECT_SERVER", "CONNECT_API_KEY", "CONNECT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def saved_by_rsconnect(home):
    """Write what `rsconnect add` writes, entry by entry."""
    from connectapi.profiles.rsconnect import servers_file

    def save(text=None, **entries):
        path = servers_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {name: {"name": name, **entry} for name, entry in entries.items()}
        path.write_text(json.dumps(content, indent=4) if text is None else text, encoding="utf-8")
        return path

    return save
