"""rsconnect: servers under their nicknames."""


def test_a_server_is_known_by_its_nickname(desk):
    listed = desk.run("list")

    assert f"URL: {desk.server.url}" in listed + desk.log
    assert 'Nickname: "local"' in listed + desk.log
    assert desk.server.api_key not in listed + desk.log


def test_details_tell_of_the_server(desk):
    told = desk.run("details", "--name", "local") + desk.log

    assert f"Posit Connect version: {desk.server.version}" in told
    assert "Installed versions of Python" in told


def test_a_wrong_key_is_not_added(desk):
    told = desk.run("add", "--name", "wrong", "--server", desk.server.url, "--api-key", "x" * 32, code=1)

    assert "The credentials that came with the call are not known here" in told
    assert "wrong" not in desk.run("list")


def test_what_is_no_server_is_not_added(desk):
    elsewhere = f"{desk.server.url}/elsewhere"
    told = desk.run("add", "--name", "wrong", "--server", elsewhere, "--api-key", desk.server.api_key, code=1)

    assert "Checking API key" not in told


def test_a_nickname_is_forgotten(desk):
    desk.run("add", "--name", "second", "--server", desk.server.url, "--api-key", desk.server.api_key)

    desk.run("remove", "--name", "second")

    assert "second" not in desk.run("list")
