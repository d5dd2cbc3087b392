"""Signing in on another screen: a program shows a code, a person types it."""

import re

import pytest

PENDING = (400, "authorization_pending")


@pytest.fixture
def robot(program):
    return program(client_name="A terminal")


def begun(robot):
    answer = robot.form("device_authorization_endpoint")
    assert answer.status == 200, answer
    return answer.json


def asked(robot, codes, **changes):
    kind = "urn:ietf:params:oauth:grant-type:device_code"
    form = {"grant_type": kind, "device_code": codes["device_code"], **changes}
    return robot.form("token_endpoint", **form)


def path_of(robot, url):
    return url.removeprefix(robot.caller.url)


def test_a_person_types_the_code(clock, connect, server, browser, robot):
    codes, vic = begun(robot), browser("vic")
    assert re.fullmatch("[B-Z]{4}-[B-Z]{4}", codes["user_code"])
    assert robot.error(asked(robot, codes)) == PENDING

    vic.see(path_of(robot, codes["verification_uri"]))
    page = vic.submit(user_code=codes["user_code"].lower().replace("-", " "))
    assert "Let A terminal in?" in page.text
    assert codes["user_code"] in page.text
    assert vic.submit(decision="allow").status == 200

    clock.advance(codes["interval"])
    given = asked(robot, codes).json
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert connect(server.url).get("/v1/user", headers=headers).json["username"] == "vic"
    assert robot.refresh(given["refresh_token"]).status == 200
    assert robot.error(asked(robot, codes)) == (400, "expired_token"), "it is good once"


def test_the_address_can_bring_the_code(server, browser, robot):
    codes, someone = begun(robot), browser()

    page = someone.see(path_of(robot, codes["verification_uri_complete"]))
    assert page.status == 401
    page = someone.submit(key=server.key_for("vic"))

    assert "Let A terminal in?" in page.text
    assert someone.submit(decision="allow").status == 200


def test_a_person_says_no(browser, robot):
    codes, vic = begun(robot), browser("vic")
    vic.see(path_of(robot, codes["verification_uri_complete"]))

    vic.submit(decision="deny")

    assert robot.error(asked(robot, codes)) == (400, "access_denied")


def test_a_program_that_asks_too_often_is_slowed_down(clock, robot):
    codes = begun(robot)
    assert robot.error(asked(robot, codes)) == PENDING

    assert robot.error(asked(robot, codes)) == (400, "slow_down")

    clock.advance(2)
    assert robot.error(asked(robot, codes)) == (400, "slow_down")
    clock.advance(20)
    assert robot.error(asked(robot, codes)) == PENDING


def test_codes_expire(clock, browser, robot):
    codes, vic = begun(robot), browser("vic")
    clock.advance(codes["expires_in"] + 1)

    assert robot.error(asked(robot, codes)) == (400, "expired_token")
    page = vic.see(path_of(robot, codes["verification_uri_complete"]))
    assert page.status == 404
    assert "unknown, used or too old" in page.text


def test_a_code_is_decided_once(browser, robot):
    codes, vic, val = begun(robot), browser("vic"), browser("val")
    for person in (vic, val):
        person.see(path_of(robot, codes["verification_uri_complete"]))

    assert vic.submit(decision="deny").status == 200
    assert val.submit(decision="allow").status == 403
    assert robot.error(asked(robot, codes)) == (400, "access_denied")


def test_a_form_of_another_site_decides_nothing(browser, robot):
    codes, vic = begun(robot), browser("vic")
    vic.see(path_of(robot, codes["verification_uri_complete"]))
    form = {**vic.fields(), "decision": "allow"}

    assert vic.post("/__oauth__/device", **{**form, "token": "x"}).status == 403
    assert browser().post("/__oauth__/device", **form).status == 401
    assert robot.error(asked(robot, codes)) == PENDING


def test_a_code_is_its_own_program_s(browser, robot, program):
    codes, other, vic = begun(robot), program(), browser("vic")
    vic.see(path_of(robot, codes["verification_uri_complete"]))
    vic.submit(decision="allow")

    assert other.error(asked(other, codes)) == (400, "expired_token")
    assert asked(robot, codes).status == 200


def test_a_program_registers_for_it(program):
    other = program(grant_types=["authorization_code"])

    answer = other.form("device_authorization_endpoint")

    assert other.error(answer) == (400, "unauthorized_client")
    assert other.error(other.form("device_authorization_endpoint", client_id="x")) == (401, "invalid_client")


def test_a_deleted_program_s_codes_are_worthless(admin, browser, robot):
    codes, vic = begun(robot), browser("vic")

    admin.delete(f"/v1/oauth/clients/{robot.client_id}")

    assert vic.see(path_of(robot, codes["verification_uri_complete"])).status == 404
    assert robot.error(asked(robot, codes)) == (401, "invalid_client")
