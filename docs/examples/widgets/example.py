"""Widgets are there like any other resource: made, listed, changed and deleted."""

from connectapi import Client
from connectapi.resources import Widget

with Client("demo") as client:
    me = client.users.whoami()
    widget = client.widgets.create(title="First", weight=2.5, maker_guid=me.guid)
    Widget.create(client, title="Second", colour="blue")

    assert [each.title for each in Widget.get(client, colour="blue")] == ["Second"]
    assert widget.maker.get().username == me.username

    widget.colour = "green"
    widget.update()
    assert Widget.get_one(client, widget_guid=widget.guid).colour == "green"

    widget.delete()
    assert client.widgets.count() == 1
    print(client.widgets.get())
