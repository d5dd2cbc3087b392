"""Packages that content names, its lockfile, and the caches of packages."""

import pytest

PYTHON = {"version": "3.11.9", "package_manager": {"name": "pip", "package_file": "needs/app.txt"}}


def deployed(caller, pack, mode, files, **manifest):
    guid = caller.content()["guid"]
    assert caller.upload(guid, pack(files, {"metadata": {"appmode": mode}, **manifest})).status == 200
    assert caller.deploy(guid)["code"] == 0
    return guid


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("flask==3.0.3", ("flask", "3.0.3")),
        ("Flask_Login == 0.6.3 ; python_version > '3.8'", ("Flask_Login", "0.6.3")),
        ("uvicorn[standard]==0.30  # https://example.com", ("uvicorn", "0.30")),
        ("requests>=2", ("requests", "")),
        ("numpy", ("numpy", "")),
        ("# nothing", None),
        ("-r more.txt", None),
        ("git+https://example.com/x.git", None),
        ("./local.whl", None),
        ("a" * 600 + "/", ("a" * 500, "")),
    ],
)
def test_the_python_packages_are_those_of_the_requirements(publisher, pack, line, found):
    guid = deployed(publisher, pack, "python-api", {"app.py": "", "needs/app.txt": f"{line}\n"}, python=PYTHON)

    packages = publisher.get(f"/v1/content/{guid}/packages").json

    assert [(each["language"], each["name"], each["version"]) for each in packages] == (
        [("python", *found)] if found else []
    )


def test_a_lockfile_says_which_python_it_is_for(publisher, pack):
    files = {"app.py": "", "needs/app.txt": "flask==3.0.3\n"}
    guid = deployed(publisher, pack, "python-api", files, python=PYTHON)

    answer = publisher.get(f"/v1/content/{guid}/lockfile")

    assert (answer.status, answer.text) == (200, "flask==3.0.3\n")
    assert answer.headers["Generated-By"] == "connect; python=3.11.9"


def test_content_without_python_has_no_lockfile(publisher, pack):
    guid = deployed(publisher, pack, "shiny", {"app.R": "", "requirements.txt": "flask\n"}, platform="4.3.3")

    assert publisher.get(f"/v1/content/{guid}/lockfile").refusal == (404, "ObjectDoesNotExist")


def test_what_is_deployed_has_caches_until_they_are_deleted(admin, publisher, pack):
    def caches():
        return admin.get("/v1/system/caches/runtime").json["caches"]

    r, python = (
        {"language": language, "version": version, "image_name": "Local"}
        for language, version in (("R", "4.9.9"), ("Python", "3.99.1"))
    )
    deployed(publisher, pack, "quarto-shiny", {"app.qmd": ""}, platform="4.9.9", python={"version": "3.99.1"})
    assert (r in caches(), python in caches()) == (True, True)

    looked = admin.call("DELETE", "/v1/system/caches/runtime", {**r, "dry_run": True})
    assert (looked.status, looked.json) == (200, {**r, "task_id": None})
    assert r in caches()
    done = admin.call("DELETE", "/v1/system/caches/runtime", r)
    assert admin.finished(done.json["task_id"])["code"] == 0
    assert (r in caches(), python in caches()) == (False, True)
    assert admin.call("DELETE", "/v1/system/caches/runtime", r).refusal == (404, "ObjectDoesNotExist")
