"""What records can do with this plugin. A mixin has no room of its own: `__slots__ = ()`."""

from html import escape


class Linked:
    """What both have: a link that notebooks show."""

    __slots__ = ()

    def _repr_html_(self):
        return f'<a href="{escape(self.link())}">{escape(self.link_text())}</a>'


class LinkedContent(Linked):
    __slots__ = ()

    def link(self):
        return self.dashboard_url

    def link_text(self):
        return self.title or self.name

    def contributors(self):
        """Return the users it was shared with who may change it."""
        shared = self.permissions.get()
        return [each.principal_guid for each in shared if each.principal_type == "user" and each.role == "owner"]


class LinkedUser(Linked):
    __slots__ = ()

    def link(self):
        return f"mailto:{self.email}"

    def link_text(self):
        return f"{self.first_name} {self.last_name}"
