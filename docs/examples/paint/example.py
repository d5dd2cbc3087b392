"""The embedded server paints walls; it lists, reads, makes and deletes them without being told how."""

from connectapi import Client, NotFoundError
from connectapi.resources import Wall

with Client("demo") as client:
    wall = client.walls.create()
    assert wall.colour == "white"

    wall.paint(colour="red")
    print(wall.paint(colour="blue"))
    assert (wall.refresh().colour, wall.coats) == ("blue", 2)

    wall.delete()
    try:
        Wall(guid=wall.guid).bind(client).paint(colour="red")
    except NotFoundError as error:
        print(error)
    assert client.walls.get() == []
