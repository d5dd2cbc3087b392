"""Content and users have methods of the plugin beside their own."""

from connectapi import Client, Content, User

with Client("demo") as client:
    report = Content.create(client, name="report", title="R & D")
    assert report.link_text() == "R & D"
    assert "R &amp; D" in report._repr_html_()

    colleague = next(each for each in User.iter(client) if each.user_role == "publisher" and not each.locked)
    report.permissions.create(principal_guid=colleague.guid, principal_type="user", role="owner")
    assert report.contributors() == [colleague.guid]
    assert colleague._repr_html_().startswith('<a href="mailto:')

    report.title = "Research"
    report.update()  # the calls and methods that content has anyway are as they were
    print(report._repr_html_(), colleague._repr_html_())
