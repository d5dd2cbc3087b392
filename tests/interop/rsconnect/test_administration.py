"""rsconnect: caches, environments and OAuth integrations."""


def test_caches_are_listed_and_deleted(desk):
    desk.write(app__app_py="app = None\n", app__requirements_txt="flask==3.0.3\n")
    desk.run("deploy", "flask", "--name", "local", "app", "--title", "App")
    (cache,) = desk.json("system", "caches", "list", "--name", "local")["caches"]
    one = ("--name", "local", "--language", cache["language"], "--version", cache["version"])

    desk.run("system", "caches", "delete", *one, "--dry-run")
    assert desk.json("system", "caches", "list", "--name", "local")["caches"] == [cache]
    desk.run("system", "caches", "delete", *one)

    assert desk.json("system", "caches", "list", "--name", "local")["caches"] == []
    desk.run("system", "caches", "delete", *one, code=1)


def test_environments_are_made_changed_and_removed(desk, connect):
    image = "registry.example.com/python:3.11"
    python = ("--python", "3.11.9=/opt/python/3.11.9/bin/python")
    desk.run("environment", "add", "--name", "local", "--title", "Python", "--matching", "exact", *python, image)
    (made,) = connect.environments.get()
    assert (made.title, made.name, made.matching) == ("Python", image, "exact")

    user = connect.users.create(username="ada")
    share = ("--allow-user", user.guid)
    desk.run("environment", "edit", "--name", "local", "--title", "Python 3.11", *share, made.guid)
    assert connect.environments.get_one(made.guid).title == "Python 3.11"
    (permission,) = made.permissions.get()
    assert permission.user_guid == user.guid
    assert "Python 3.11" in desk.run("environment", "show", "--name", "local", made.guid)
    assert made.guid in desk.run("environment", "list", "--name", "local")

    desk.run("environment", "remove", "--name", "local", made.guid)

    assert connect.environments.get() == []


def test_integrations_are_made_changed_and_removed(desk, connect):
    local = ("--name", "local")
    config = ("--config", "client_id=our-app", "--config", "client_secret=very-secret")
    desk.run("integration", "add", *local, "--template", "custom", "--integration-name", "Warehouse", *config)
    (made,) = connect.oauth_integrations.get()
    assert (made.name, made.template) == ("Warehouse", "custom")

    user = connect.users.create(username="bob")
    desk.run("integration", "edit", *local, "--integration-name", "Lake", "--allow-user", user.guid, made.guid)

    shown = desk.run("integration", "show", *local, made.guid) + desk.log
    assert "Lake" in shown
    assert "very-secret" not in shown
    (permission,) = connect.oauth_integrations.get_one(made.guid).permissions
    assert permission.user_guid == user.guid
    assert made.guid in desk.run("integration", "list", *local)
    assert "custom" in desk.run("integration", "templates", "list", *local)
    assert "client_id" in desk.run("integration", "templates", "show", *local, "custom") + desk.log
    desk.run("integration", "remove", *local, made.guid)
    assert connect.oauth_integrations.get() == []
