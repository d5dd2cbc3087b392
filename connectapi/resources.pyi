# Made from the resource files by `python -m connectapi.generate`. Do not edit.

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from connectapi.client.client import Client
from connectapi.query.collection import Collection
from connectapi.query.relations import One
from connectapi.query.results import ResourceIterator, ResourceList
from connectapi.query.search import Search
from connectapi.query.session import BinarySink, BinarySource
from connectapi.resource.record import Record
from connectapi.plugins.manager import Plugins
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import SpecIndex
from connectapi.publish.bundle import BundleMixin
from connectapi.publish.content import ContentMixin
from connectapi.query.tasks import TaskMixin

class Rendering(Record):
    """The outcome of one rendering of a variant."""
    id: int
    """Identifies the rendering."""
    app_id: int
    """The server's own number of the content."""
    variant_id: int
    """The variant that was rendered."""
    bundle_id: int
    """The bundle it was rendered from."""
    job_key: str
    """The job that rendered it."""
    render_time: datetime | None
    """When it was rendered; null if that is not over."""
    render_duration: int | None
    """How long it took; null if it is not over."""
    active: bool
    """Whether it is the one that is shown."""
    def __init__(self, *, id: int | None = None, app_id: int | None = None, variant_id: int | None = None, bundle_id: int | None = None, job_key: str | None = None, render_time: datetime | None = None, render_duration: int | None = None, active: bool | None = None) -> None: ...

class AuditActionResult(Record):
    """A kind of thing that the audit log records."""
    action: str
    """Its name, as `AuditLog.action` has it and the filter of `search` takes it."""
    description: str
    """What it means, in words."""
    def __init__(self, *, action: str | None = None, description: str | None = None) -> None: ...

class BundleMetadata(Record):
    """Where a bundle came from."""
    source: str | None
    """What made it; git if the server fetched it from a repository."""
    source_repo: str | None
    """The URL of its repository."""
    source_branch: str | None
    """The branch it was made from."""
    source_commit: str | None
    """The commit it was made from."""
    archive_md5: str | None
    """The MD5 digest of the archive; null for old bundles."""
    archive_sha1: str | None
    """The SHA-1 digest of the archive; null for old bundles."""
    def __init__(self, *, source: str | None = None, source_repo: str | None = None, source_branch: str | None = None, source_commit: str | None = None, archive_md5: str | None = None, archive_sha1: str | None = None) -> None: ...

class BundleFileContent(Record):
    """One file of a bundle, with its text."""
    path: str
    """Its path in the bundle."""
    size: int
    """How long it is."""
    content: str | None
    """Its text; null if it is no UTF-8 text, or too long."""
    binary: bool
    """Whether it is something else than text."""
    oversize: bool
    """Whether it is too long to be given here."""
    def __init__(self, *, path: str | None = None, size: int | None = None, content: str | None = None, binary: bool | None = None, oversize: bool | None = None) -> None: ...

class ContentOwner(Record):
    """The user who owns content, in short."""
    guid: str
    """The user."""
    username: str | None
    """The name that the user signs in with."""
    first_name: str | None
    """The user's first name."""
    last_name: str | None
    """The user's last name."""
    def __init__(self, *, guid: str | None = None, username: str | None = None, first_name: str | None = None, last_name: str | None = None) -> None: ...

class ContentSchedule(Record):
    """When one variant of a report is rendered by itself."""
    type: str
    """What kind of schedule it is, such as rrule."""
    schedule: RRuleSet
    """The pattern."""
    next_run: datetime | None
    """When it is due next; null if never again."""
    email: bool
    """Whether each new rendering is sent by e-mail."""
    timezone: str
    """The time zone of the pattern, such as Europe/Berlin."""
    start_time: datetime | None
    """When the pattern begins."""
    end_time: datetime | None
    """When the pattern ends; null if it does not."""
    last_run: ScheduleLastRun | None
    """The last time it ran; null if it has not yet."""
    variant: ScheduleVariant | None
    """The variant that is rendered."""
    def __init__(self, *, type: str | None = None, schedule: RRuleSet | None = None, next_run: datetime | None = None, email: bool | None = None, timezone: str | None = None, start_time: datetime | None = None, end_time: datetime | None = None, last_run: ScheduleLastRun | None = None, variant: ScheduleVariant | None = None) -> None: ...

class AccessTestResult(Record):
    """What came of opening content as an anonymous visitor."""
    guid: str
    """The content."""
    url: str
    """The address that was opened, by the guid or the vanity path."""
    checked_at: datetime
    """When it was tried."""
    accessible: bool
    """Whether it worked."""
    message: str
    """More about the outcome, if there is more."""
    def __init__(self, *, guid: str | None = None, url: str | None = None, checked_at: datetime | None = None, accessible: bool | None = None, message: str | None = None) -> None: ...

class EnvironmentVariable(Record):
    """An environment variable that content gets when it runs."""
    name: str
    """The variable's name."""
    value: str | None
    """Its value; null to remove the variable."""
    def __init__(self, *, name: str | None = None, value: str | None = None) -> None: ...

class ContentPackage(Record):
    """An R or Python package that content was installed with."""
    language: str
    """The language it is for, such as r or python."""
    name: str
    """The package's name."""
    version: str
    """The version that is installed."""
    hash: str | None
    """The hash by which an R package is told from others; null for Python."""
    def __init__(self, *, language: str | None = None, name: str | None = None, version: str | None = None, hash: str | None = None) -> None: ...

class GitLocation(Record):
    """The git repository that content is deployed from."""
    repository: str
    """The repository's URL."""
    branch: str
    """The branch that is followed."""
    directory: str
    """The directory in the repository that has the manifest.json."""
    polling: bool
    """Whether the server looks for new commits by itself."""
    last_error: str
    """Why the last look failed, if it did."""
    last_known_commit: str
    """The commit found last."""
    last_fetched_time: datetime
    """When the repository was last fetched."""
    def __init__(self, *, repository: str | None = None, branch: str | None = None, directory: str | None = None, polling: bool | None = None, last_error: str | None = None, last_known_commit: str | None = None, last_fetched_time: datetime | None = None) -> None: ...

class Bookmark(Record):
    """The caller's bookmark of content."""
    created_time: datetime
    """When it was made."""
    def __init__(self, *, created_time: datetime | None = None) -> None: ...

class ContentHitData(Record):
    """The request that made a hit."""
    path: str | None
    """The path below the content's address; null if not recorded."""
    query: str | None
    """The query of the address; null if not recorded."""
    user_agent: str | None
    """What the browser says it is; null if not recorded."""
    sec_fetch_dest: Literal['document', 'iframe', 'empty'] | None
    """What the browser wanted it for (its Sec-Fetch-Dest header); null if it did not say."""
    sec_fetch_site: Literal['same-origin', 'same-site', 'cross-site', 'none'] | None
    """Where the request came from (its Sec-Fetch-Site header); null if it did not say."""
    def __init__(self, *, path: str | None = None, query: str | None = None, user_agent: str | None = None, sec_fetch_dest: Literal['document', 'iframe', 'empty'] | None = None, sec_fetch_site: Literal['same-origin', 'same-site', 'cross-site', 'none'] | None = None) -> None: ...

class ContentStorageDetail(Record):
    """The disk space that the bundles of one content item take, bundle by bundle."""
    content_guid: str
    """The content."""
    content_name: str
    """Its name."""
    owner_guid: str | None
    """The user who owns it; null if there is none any more."""
    owner_username: str | None
    """The owner's user name; null if there is none any more."""
    bundle_count: int
    """How many bundles there are."""
    bundle_bytes_total: int
    """All bundles together."""
    bundle_bytes_active: int
    """The bundle in use."""
    bundle_bytes_inactive: int
    """The bundles kept from before."""
    bundles: list[ContentBundleStorageDetail]
    """Each of them, the newest first."""
    def __init__(self, *, content_guid: str | None = None, content_name: str | None = None, owner_guid: str | None = None, owner_username: str | None = None, bundle_count: int | None = None, bundle_bytes_total: int | None = None, bundle_bytes_active: int | None = None, bundle_bytes_inactive: int | None = None, bundles: list[ContentBundleStorageDetail] | None = None) -> None: ...

class ContentBundleStorageDetail(Record):
    """The disk space that one bundle takes."""
    id: str
    """The bundle."""
    created_time: datetime
    """When it was uploaded."""
    size_bytes: int
    """How much it takes."""
    is_active: bool
    """Whether it is the bundle in use."""
    def __init__(self, *, id: str | None = None, created_time: datetime | None = None, size_bytes: int | None = None, is_active: bool | None = None) -> None: ...

class ContentStorageListItemBundles(Record):
    """The space that the bundles of one content item take."""
    bundle_count: int
    """How many bundles there are."""
    bytes_total: int
    """All of them together."""
    bytes_active: int
    """The bundle in use."""
    bytes_inactive: int
    """The bundles kept from before."""
    def __init__(self, *, bundle_count: int | None = None, bytes_total: int | None = None, bytes_active: int | None = None, bytes_inactive: int | None = None) -> None: ...

class Installations(Record):
    """All versions of one language in an image."""
    installations: list[Installation]
    """One entry a version."""
    def __init__(self, *, installations: list[Installation] | None = None) -> None: ...

class Installation(Record):
    """One version of a language in an image."""
    version: str
    """The version, such as 3.12.4."""
    path: str
    """Where its program lies, as an absolute path."""
    def __init__(self, *, version: str | None = None, path: str | None = None) -> None: ...

class VolumeMount(Record):
    """A piece of storage, and where containers see it."""
    source: VolumeSource
    """What is mounted."""
    target: VolumeTarget
    """Where it is mounted."""
    def __init__(self, *, source: VolumeSource | None = None, target: VolumeTarget | None = None) -> None: ...

class VolumeSource(Record):
    """Storage that can be mounted: a network share (nfs) or a claim on the cluster's storage (pvc)."""
    volume_type: Literal['nfs', 'pvc']
    """Which of the two it is."""
    nfs_host: str | None
    """The host of the share, needed for nfs; null for others."""
    nfs_export_path: str | None
    """The path that the host exports, needed for nfs; null for others."""
    pvc_name: str | None
    """The name of the claim, needed for pvc; null for others."""
    def __init__(self, *, volume_type: Literal['nfs', 'pvc'] | None = None, nfs_host: str | None = None, nfs_export_path: str | None = None, pvc_name: str | None = None) -> None: ...

class VolumeTarget(Record):
    """A place inside a container."""
    path: str
    """The directory that shows the storage."""
    read_only: bool | None
    """Whether content can only read there; null means that it can write too."""
    def __init__(self, *, path: str | None = None, read_only: bool | None = None) -> None: ...

class GroupWithTicket(Record):
    """A group that LDAP knows, with a ticket by which to add it."""
    name: str
    """The group's name."""
    guid: str | None
    """Identifies the group; null for one that was not added yet."""
    temp_ticket: str
    """The ticket to give to `create_remote`."""
    def __init__(self, *, name: str | None = None, guid: str | None = None, temp_ticket: str | None = None) -> None: ...

class GroupOwnershipContent(Record):
    """Content that a group may see or change."""
    content_guid: str
    """The content."""
    content_name: str
    """Its name."""
    content_title: str
    """Its title."""
    access_type: str
    """Who may see it: everyone, everyone who has signed in, or just those it was shared with."""
    permissions: list[GroupOwnershipPermission]
    """Who may do what with it; its owner is there as author."""
    def __init__(self, *, content_guid: str | None = None, content_name: str | None = None, content_title: str | None = None, access_type: str | None = None, permissions: list[GroupOwnershipPermission] | None = None) -> None: ...

class GroupOwnershipPermission(Record):
    """What a user or a group may do with content."""
    principal_guid: str
    """The user or the group."""
    principal_name: str
    """Their name."""
    principal_role: str
    """What they may do."""
    principal_type: Literal['user', 'group']
    """Which of the two it is."""
    def __init__(self, *, principal_guid: str | None = None, principal_name: str | None = None, principal_role: str | None = None, principal_type: Literal['user', 'group'] | None = None) -> None: ...

class KillJobOrder(Record):
    """An order to end a job, which the server carries out in its own time."""
    guid: str
    """Identifies the order."""
    app_id: str | None
    """The server's own number of the content, under its former name."""
    app_guid: str | None
    """The content, under its former name."""
    content_id: str
    """The server's own number of the content."""
    content_guid: str
    """The content."""
    job_id: str
    """The server's own number of the job."""
    job_key: str
    """The job."""
    result: str
    """What became of the order."""
    def __init__(self, *, guid: str | None = None, app_id: str | None = None, app_guid: str | None = None, content_id: str | None = None, content_guid: str | None = None, job_id: str | None = None, job_key: str | None = None, result: str | None = None) -> None: ...

class LoggedError(Record):
    """The error in a job's log that matters most."""
    code: str
    """The short name of the error."""
    summary: str
    """What went wrong."""
    help_url: str
    """A page that tells more about it."""
    def __init__(self, *, code: str | None = None, summary: str | None = None, help_url: str | None = None) -> None: ...

class LogEntry(Record):
    """One line of a job's log."""
    source: Literal['stdout', 'stderr']
    """Where the job wrote it."""
    timestamp: datetime | None
    """When the job wrote it; null if unknown."""
    data: str
    """The line."""
    def __init__(self, *, source: Literal['stdout', 'stderr'] | None = None, timestamp: datetime | None = None, data: str | None = None) -> None: ...

class JobMetrics(Record):
    """What a job took of its machine over time."""
    content_guid: str
    """The content."""
    job_key: str
    """The job."""
    samples: list[MetricSample]
    """What was measured, one moment after the other; empty if nothing was."""
    def __init__(self, *, content_guid: str | None = None, job_key: str | None = None, samples: list[MetricSample] | None = None) -> None: ...

class MetricSample(Record):
    """What a job took of its machine at one moment."""
    timestamp: datetime
    """The moment."""
    cpu_fraction: float
    """How busy it kept processors; 1.0 is one core."""
    memory_bytes: int
    """How much memory it had."""
    connections: int | None
    """How many visitors were connected; null if they can't be counted."""
    process_id: int
    """The process that was measured."""
    def __init__(self, *, timestamp: datetime | None = None, cpu_fraction: float | None = None, memory_bytes: int | None = None, connections: int | None = None, process_id: int | None = None) -> None: ...

class JobSummary(Record):
    """How scheduled jobs went in a span of time."""
    totals: JobSummaryTotals
    """The whole of the span."""
    buckets: list[JobSummaryBucket]
    """The span in equal parts of 5 minutes to 30 days, longer in a longer span."""
    def __init__(self, *, totals: JobSummaryTotals | None = None, buckets: list[JobSummaryBucket] | None = None) -> None: ...

class JobSummaryTotals(Record):
    """How many scheduled jobs ended in which way in the whole of a span of time."""
    waiting: int
    """Those that wait for their turn; 0 for the past."""
    running: int
    """Those that run; 0 for the past."""
    succeeded: int
    """Those that ended with the exit code 0."""
    failed: int
    """Those that ended with any other exit code."""
    skipped: int
    """Those that were skipped; servers before 2026.03.0 did not keep count."""
    def __init__(self, *, waiting: int | None = None, running: int | None = None, succeeded: int | None = None, failed: int | None = None, skipped: int | None = None) -> None: ...

class JobSummaryBucket(Record):
    """How many scheduled jobs that began in one part of a span of time ended in which way."""
    timestamp: datetime
    """When the part begins."""
    failed: int
    """Those that ended with an exit code other than 0."""
    succeeded: int
    """Those that ended with the exit code 0."""
    skipped: int
    """Those that were skipped; servers before 2026.03.0 did not keep count."""
    def __init__(self, *, timestamp: datetime | None = None, failed: int | None = None, succeeded: int | None = None, skipped: int | None = None) -> None: ...

class ActiveUsersResponse(Record):
    """How many people have used the server lately."""
    windows: dict[str, ActiveUsersWindowCounts]
    """The counts by the span up to now: 1d, 7d, 30d and 365d."""
    def __init__(self, *, windows: dict[str, ActiveUsersWindowCounts] | None = None) -> None: ...

class ActiveUsersWindowCounts(Record):
    """How many different licensed users were active in one span, by role."""
    total: int
    """All of them."""
    admin: int
    """The administrators among them."""
    publisher: int
    """The publishers among them."""
    viewer: int
    """The viewers among them."""
    def __init__(self, *, total: int | None = None, admin: int | None = None, publisher: int | None = None, viewer: int | None = None) -> None: ...

class OAuthIntegrationPermission(Record):
    """Leave for one user or one group to use an integration."""
    id: str
    """The server's own number of it."""
    guid: str
    """Identifies the permission."""
    integration_guid: str
    """The integration it is about."""
    user_guid: str | None
    """The user who has it; null if a group has it."""
    group_guid: str | None
    """The group that has it; null if a user has it."""
    def __init__(self, *, id: str | None = None, guid: str | None = None, integration_guid: str | None = None, user_guid: str | None = None, group_guid: str | None = None) -> None: ...

class OAuthIntegrationPermissionInput(Record):
    """A user or a group to give leave to: exactly one of the two."""
    user_guid: str | None
    """The user; null for a group."""
    group_guid: str | None
    """The group; null for a user."""
    def __init__(self, *, user_guid: str | None = None, group_guid: str | None = None) -> None: ...

class OAuthIntegrationAssociation(Record):
    """The use of one integration by one content item."""
    app_guid: str | None
    """The content item, under its former name."""
    content_guid: str
    """The content item."""
    oauth_integration_guid: str
    """The integration."""
    oauth_integration_name: str | None
    """What people call the integration; null if it has no name."""
    oauth_integration_description: str | None
    """What the integration is for; null if nobody said."""
    oauth_integration_template: str | None
    """The id of the template that the integration was made from."""
    oauth_integration_auth_type: Literal['Viewer', 'Service Account', 'Visitor API Key'] | None
    """Whose rights the content gets: each viewer's own, or those of one account."""
    created_time: datetime
    """Since when the content uses it."""
    def __init__(self, *, app_guid: str | None = None, content_guid: str | None = None, oauth_integration_guid: str | None = None, oauth_integration_name: str | None = None, oauth_integration_description: str | None = None, oauth_integration_template: str | None = None, oauth_integration_auth_type: Literal['Viewer', 'Service Account', 'Visitor API Key'] | None = None, created_time: datetime | None = None) -> None: ...

class OAuthIntegrationAssociationInput(Record):
    """An integration that a content item is to use."""
    oauth_integration_guid: str
    """The integration."""
    def __init__(self, *, oauth_integration_guid: str | None = None) -> None: ...

class OAuthCredentials(Record):
    """What lets content into an outside service for a while."""
    access_token: str | None
    """The token, or temporary AWS keys as base64 of JSON, by `issued_token_type`."""
    issued_token_type: str | None
    """What kind of credential it is, as a URN."""
    token_type: str | None
    """How to send it, such as Bearer."""
    expires_in: int | None
    """How long it is still good for; null if unknown."""
    def __init__(self, *, access_token: str | None = None, issued_token_type: str | None = None, token_type: str | None = None, expires_in: int | None = None) -> None: ...

class OAuthTemplateSection(Record):
    """A part of a form."""
    id: int
    """Identifies the part inside its form."""
    order: int
    """Its place in the form, lowest first."""
    name: str
    """Its heading."""
    description: str
    """What it is about."""
    def __init__(self, *, id: int | None = None, order: int | None = None, name: str | None = None, description: str | None = None) -> None: ...

class OAuthTemplateOption(Record):
    """An input that is switched on and off, or chosen from a list."""
    name: str
    """The key of its value in `OAuthIntegration.config`."""
    description: str
    """What it is for."""
    section: int
    """The id of the part of the form that it stands in."""
    order: int
    """Its place in that part, lowest first."""
    label: str
    """What stands beside it in the form."""
    visibility_expression: OAuthTemplateVisibilityExpression | None
    """When the form shows it; null for always."""
    type: Literal['bool', 'select']
    """Switched (bool) or chosen (select)."""
    values: list[str]
    """What can be chosen, if it is chosen."""
    default: Any
    """Its value if nobody sets it: true or false, or one of `values`."""
    def __init__(self, *, name: str | None = None, description: str | None = None, section: int | None = None, order: int | None = None, label: str | None = None, visibility_expression: OAuthTemplateVisibilityExpression | None = None, type: Literal['bool', 'select'] | None = None, values: list[str] | None = None, default: Any = None) -> None: ...

class OAuthTemplateField(Record):
    """An input that is typed."""
    name: str
    """The key of its value in `OAuthIntegration.config`."""
    description: str
    """What it is for."""
    section: int
    """The id of the part of the form that it stands in."""
    order: int
    """Its place in that part, lowest first."""
    label: str
    """What stands beside it in the form."""
    visibility_expression: OAuthTemplateVisibilityExpression | None
    """When the form shows it; null for always."""
    default: str
    """Its value if nobody types one."""
    validation: str
    """A regular expression that its value must match."""
    validation_description: str
    """The same in words."""
    secret: bool
    """Whether its value must not be shown."""
    multiline: bool
    """Whether its value can have several lines."""
    def __init__(self, *, name: str | None = None, description: str | None = None, section: int | None = None, order: int | None = None, label: str | None = None, visibility_expression: OAuthTemplateVisibilityExpression | None = None, default: str | None = None, validation: str | None = None, validation_description: str | None = None, secret: bool | None = None, multiline: bool | None = None) -> None: ...

class OAuthTemplateVisibilityExpression(Record):
    """When an input is shown: a comparison of one other input, or several expressions tied by an operator."""
    name: str
    """The key that is compared, in a comparison."""
    value: Any
    """What it is compared with, in a comparison."""
    operator: str
    """What ties the operands, such as and."""
    operands: list[Any]
    """The expressions that are tied, each of this same shape."""
    def __init__(self, *, name: str | None = None, value: Any = None, operator: str | None = None, operands: list[Any] | None = None) -> None: ...

class RepositoryBundle(Record):
    """A bundle that the server is making from a git repository."""
    bundle_id: str
    """The bundle."""
    task_id: str
    """The task that makes it."""
    def __init__(self, *, bundle_id: str | None = None, task_id: str | None = None) -> None: ...

class DeleteRuntimeCacheResponse(Record):
    """What became of a request to empty a cache."""
    language: str
    """R or Python."""
    version: str
    """The version of the language."""
    image_name: str
    """The image it is for; Local for the server itself."""
    task_id: str | None
    """The task that does it; null after a dry run."""
    def __init__(self, *, language: str | None = None, version: str | None = None, image_name: str | None = None, task_id: str | None = None) -> None: ...

class ScheduleExtra(Record):
    """A schedule in words, what it renders, and when."""
    description: str
    """The pattern in words."""
    content: ScheduleResultContent
    """What is rendered."""
    owner: ScheduleResultOwner
    """Whose content it is."""
    runs: list[datetime]
    """When it is due in the time asked about; not told for patterns of minutes and hours."""
    run_count: int
    """How often it is due in that time."""
    def __init__(self, *, description: str | None = None, content: ScheduleResultContent | None = None, owner: ScheduleResultOwner | None = None, runs: list[datetime] | None = None, run_count: int | None = None) -> None: ...

class ScheduleResultContent(Record):
    """The content and the variant that a schedule renders."""
    id: int
    """The server's own number of the content."""
    guid: str
    """The content."""
    title: str | None
    """The content's title; null if it has none."""
    type: str
    """What kind of content it is."""
    has_parameters: bool
    """Whether it takes parameters."""
    content_category: str
    """What static content is, such as a plot or a site."""
    variant_id: int
    """The variant that is rendered."""
    variant_name: str
    """The variant's name."""
    default_variant: bool
    """Whether it is the variant that is shown first."""
    def __init__(self, *, id: int | None = None, guid: str | None = None, title: str | None = None, type: str | None = None, has_parameters: bool | None = None, content_category: str | None = None, variant_id: int | None = None, variant_name: str | None = None, default_variant: bool | None = None) -> None: ...

class ScheduleResultOwner(Record):
    """The owner of the content that a schedule renders."""
    guid: str
    """The user."""
    username: str
    """The name that the user signs in with."""
    first_name: str
    """The user's first name."""
    last_name: str
    """The user's last name."""
    email: str
    """The user's e-mail address."""
    def __init__(self, *, guid: str | None = None, username: str | None = None, first_name: str | None = None, last_name: str | None = None, email: str | None = None) -> None: ...

class PublicSettings(Record):
    """What the server tells to everyone."""
    authentication: Any
    """How people sign in; what is in it depends on the authentication provider."""
    self_registration: bool
    """Whether people can make an account by themselves."""
    system_display_name: str
    """What the server calls itself in the dashboard and in e-mails."""
    public_warning: str
    """A notice for those who have not signed in; may be HTML."""
    customized_landing: bool
    """Whether it has a landing page of its own."""
    mail_configured: bool
    """Whether it can send e-mails."""
    prohibited_usernames: list[str]
    """User names that nobody can have."""
    username_validator: str
    """The rules for user names: default or permissive."""
    def __init__(self, *, authentication: Any = None, self_registration: bool | None = None, system_display_name: str | None = None, public_warning: str | None = None, customized_landing: bool | None = None, mail_configured: bool | None = None, prohibited_usernames: list[str] | None = None, username_validator: str | None = None) -> None: ...

class ServerInstallation(Record):
    """One version of a language or a tool, and where it is."""
    version: str
    """The version."""
    cluster_name: str
    """The cluster that has it; Local is the server itself."""
    image_name: str
    """The image that has it; Local is the server itself."""
    def __init__(self, *, version: str | None = None, cluster_name: str | None = None, image_name: str | None = None) -> None: ...

class ServerInstallations(Record):
    """All versions of one language or tool on the server."""
    installations: list[ServerInstallation]
    """One entry a version and a place."""
    def __init__(self, *, installations: list[ServerInstallation] | None = None) -> None: ...

class PythonInfo(Record):
    """All versions of Python on the server, and what it does with them."""
    installations: list[ServerInstallation]
    """One entry a version and a place."""
    api_enabled: bool
    """Whether content may be a Python API, by settings and licence."""
    def __init__(self, *, installations: list[ServerInstallation] | None = None, api_enabled: bool | None = None) -> None: ...

class NodeJsInfo(Record):
    """All versions of Node.js on the server, and whether it uses them."""
    installations: list[ServerInstallation]
    """One entry a version and a place."""
    enabled: bool
    """Whether content may use Node.js, by settings and licence."""
    def __init__(self, *, installations: list[ServerInstallation] | None = None, enabled: bool | None = None) -> None: ...

class ServerStorageBundles(Record):
    """The space that all bundles of the server take; those of unknown size are left out."""
    bytes_total: int
    """All of them together."""
    bytes_active: int
    """The bundles in use."""
    bytes_inactive: int
    """The bundles kept from before."""
    bundle_count: int
    """How many bundles there are."""
    content_count: int
    """How many content items have bundles."""
    def __init__(self, *, bytes_total: int | None = None, bytes_active: int | None = None, bytes_inactive: int | None = None, bundle_count: int | None = None, content_count: int | None = None) -> None: ...

class ServiceTokenScope(Record):
    """Something that a service token can allow."""
    name: str
    """Its name, such as identity:manage."""
    description: str
    """What it allows, in words."""
    def __init__(self, *, name: str | None = None, description: str | None = None) -> None: ...

class SystemCheckRunResults(Record):
    """A run and the outcome of its tests."""
    run: SystemCheckRun
    """The run."""
    results: list[SystemCheckRunResult]
    """One entry a test."""
    def __init__(self, *, run: SystemCheckRun | None = None, results: list[SystemCheckRunResult] | None = None) -> None: ...

class SystemCheckRunResult(Record):
    """The outcome of one test."""
    group: TestInfo
    """The group that the test belongs to."""
    test: TestInfo
    """The test."""
    passed: bool
    """Whether it was passed."""
    output: str
    """What it printed."""
    error: str
    """What went wrong; empty if nothing did."""
    def __init__(self, *, group: TestInfo | None = None, test: TestInfo | None = None, passed: bool | None = None, output: str | None = None, error: str | None = None) -> None: ...

class TestInfo(Record):
    """What a test, or a group of them, is called."""
    name: str
    """Its name."""
    args: str
    """What it was run with."""
    def __init__(self, *, name: str | None = None, args: str | None = None) -> None: ...

class UserWithTicket(Record):
    """A user whom the authentication provider knows, with a ticket by which to add the account."""
    email: str
    """The e-mail address; the server may hide it from all but administrators."""
    username: str
    """The name that the user signs in with."""
    first_name: str
    """The user's first name."""
    last_name: str
    """The user's last name."""
    user_role: Literal['administrator', 'publisher', 'viewer']
    """What the user may do on the server."""
    created_time: datetime
    """When the account was made."""
    updated_time: datetime
    """When the account was last changed."""
    active_time: datetime | None
    """About when the user was last there; null if never."""
    confirmed: bool
    """False while the user has yet to confirm the account by e-mail, where the server keeps the passwords."""
    locked: bool
    """Whether the account is shut."""
    external_id: str
    """What the authentication provider calls the user; told to administrators and the user only."""
    guid: str | None
    """Identifies the user; null for one who has no account on this server yet."""
    temp_ticket: str
    """The ticket to give to `create_remote`."""
    def __init__(self, *, email: str | None = None, username: str | None = None, first_name: str | None = None, last_name: str | None = None, user_role: Literal['administrator', 'publisher', 'viewer'] | None = None, created_time: datetime | None = None, updated_time: datetime | None = None, active_time: datetime | None = None, confirmed: bool | None = None, locked: bool | None = None, external_id: str | None = None, guid: str | None = None, temp_ticket: str | None = None) -> None: ...

class VariantSchedule(Record):
    """When a variant of a report is rendered by itself."""
    type: str
    """What kind of schedule it is, such as rrule."""
    schedule: RRuleSet
    """The pattern."""
    next_run: datetime | None
    """When it is due next; null if never again."""
    email: bool
    """Whether each new rendering is sent by e-mail."""
    timezone: str
    """The time zone of the pattern, such as Europe/Berlin."""
    start_time: datetime | None
    """When the pattern begins."""
    end_time: datetime | None
    """When the pattern ends; null if it does not."""
    last_run: ScheduleLastRun | None
    """The last time it ran; null if it has not yet."""
    def __init__(self, *, type: str | None = None, schedule: RRuleSet | None = None, next_run: datetime | None = None, email: bool | None = None, timezone: str | None = None, start_time: datetime | None = None, end_time: datetime | None = None, last_run: ScheduleLastRun | None = None) -> None: ...

class RRuleSet(Record):
    """A pattern of times, in the parts that RFC 5545 gives it."""
    dtstart: str
    """The DTSTART part: the beginning, with its time zone."""
    rrules: list[str]
    """The RRULE parts: how it repeats."""
    until: str
    """The UNTIL part: the end, if there is one."""
    def __init__(self, *, dtstart: str | None = None, rrules: list[str] | None = None, until: str | None = None) -> None: ...

class ScheduleLastRun(Record):
    """The last time that a schedule ran."""
    job_key: str
    """The job that rendered the variant."""
    status: str
    """How it went, such as success."""
    scheduled_time: datetime | None
    """When it was due."""
    queued_time: datetime | None
    """When it began to wait for its turn."""
    start_time: datetime
    """When it began."""
    end_time: datetime | None
    """When it ended; null while it runs."""
    run_duration_ms: int | None
    """How long it took; null while it runs."""
    exit_code: int | None
    """The exit code of its process, 0 for success; null while it runs."""
    def __init__(self, *, job_key: str | None = None, status: str | None = None, scheduled_time: datetime | None = None, queued_time: datetime | None = None, start_time: datetime | None = None, end_time: datetime | None = None, run_duration_ms: int | None = None, exit_code: int | None = None) -> None: ...

class ScheduleVariant(Record):
    """The variant that a schedule renders."""
    key: str
    """Identifies the variant among those of the report."""
    name: str
    """What people call it."""
    is_default: bool
    """Whether it is the variant that is shown first."""
    def __init__(self, *, key: str | None = None, name: str | None = None, is_default: bool | None = None) -> None: ...

class VariantScheduleHistory(Record):
    """How the schedule of one variant was changed over time."""
    variant_key: str
    """The variant."""
    current_schedule: CurrentSchedule | None
    """The schedule as it is now; null if there is none."""
    history: list[ScheduleHistoryEntry]
    """The changes, the newest first; no more than 100."""
    total_count: int
    """How many changes there are in all, with those beyond the 100."""
    def __init__(self, *, variant_key: str | None = None, current_schedule: CurrentSchedule | None = None, history: list[ScheduleHistoryEntry] | None = None, total_count: int | None = None) -> None: ...

class CurrentSchedule(Record):
    """A schedule as it is now."""
    schedule: RRuleSet
    """The pattern."""
    next_run: datetime | None
    """When it is due next; null if never again."""
    def __init__(self, *, schedule: RRuleSet | None = None, next_run: datetime | None = None) -> None: ...

class ScheduleHistoryEntry(Record):
    """One change of a schedule."""
    change_type: str
    """What was done, such as updated."""
    change_time: datetime
    """When it was done."""
    user: User | None
    """Who did it; null if the account is gone."""
    new_schedule: HistorySchedule | None
    """The schedule from then on; null if it was removed."""
    def __init__(self, *, change_type: str | None = None, change_time: datetime | None = None, user: User | None = None, new_schedule: HistorySchedule | None = None) -> None: ...

class HistorySchedule(Record):
    """A schedule as a change left it."""
    schedule: RRuleSet
    """The pattern."""
    def __init__(self, *, schedule: RRuleSet | None = None) -> None: ...

class ApiKey(Record):
    """A key with which programs act as the user it belongs to."""
    id: str
    """Identifies the key among those of its user."""
    name: str
    """What the user called it."""
    key: str | None
    """The key itself in the answer that creates it; only its last characters afterwards."""
    user_role: Literal['administrator', 'publisher', 'viewer']
    """The most that the key allows; never above the role of its user, which it takes when left out."""
    created_time: datetime
    """When it was made."""
    active_time: datetime
    """About when it was last used; a busy key is noted only from time to time."""
    expires_at: datetime | None
    """When it stops working, in the future when set; null if never."""
    def __init__(self, *, id: str | None = None, name: str | None = None, key: str | None = None, user_role: Literal['administrator', 'publisher', 'viewer'] | None = None, created_time: datetime | None = None, active_time: datetime | None = None, expires_at: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, user_guid: str) -> ResourceList[ApiKey]:
        """Only a user's own keys can be listed."""
    @classmethod
    def iter(cls, client: Client, user_guid: str) -> ResourceIterator[ApiKey]:
        """Only a user's own keys can be listed."""
    @classmethod
    def count(cls, client: Client, user_guid: str) -> int:
        """Only a user's own keys can be listed."""
    @classmethod
    def get_one(cls, client: Client, api_key_id: str, user_guid: str) -> ApiKey:
        """Read one key; the secret itself is not in the answer."""
    def refresh(self) -> ApiKey:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, user_guid: str, name: str, *, user_role: Literal['administrator', 'publisher', 'viewer'] = ..., expires_at: datetime | None = ...) -> ApiKey:
        """Make a key for oneself; anyone else's guid is refused. Keep the key: it is shown this once."""
    def delete(self) -> None:
        """Revoke the key."""

class AppVariant(Record):
    """One set of parameters of a report, with the renderings made from it; every report has at least the default one."""
    id: int
    """Identifies the variant."""
    app_id: int
    """The server's own number of the content."""
    key: str
    """Its part of the content's address, and what versioned calls take."""
    bundle_id: int | None
    """The bundle of its last rendering; null if it was never rendered."""
    is_default: bool
    """Whether it is shown first."""
    name: str
    """What people call it."""
    email_collaborators: bool
    """Whether collaborators get each new rendering by e-mail."""
    email_viewers: bool
    """Whether viewers get each new rendering by e-mail."""
    email_all: bool
    """Whether everyone who may see it gets each new rendering by e-mail."""
    created_time: datetime
    """When it was made."""
    rendering_id: int | None
    """The rendering that is shown; null if it was never rendered."""
    render_time: datetime | None
    """When it was last rendered; null if never."""
    render_duration: int | None
    """How long the last rendering took; null if it was never rendered."""
    visibility: str
    """Who may see it, such as public or private."""
    owner_id: int
    """The server's own number of the user who made it; 0 for the default one."""
    def __init__(self, *, id: int | None = None, app_id: int | None = None, key: str | None = None, bundle_id: int | None = None, is_default: bool | None = None, name: str | None = None, email_collaborators: bool | None = None, email_viewers: bool | None = None, email_all: bool | None = None, created_time: datetime | None = None, rendering_id: int | None = None, render_time: datetime | None = None, render_duration: int | None = None, visibility: str | None = None, owner_id: int | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, content_guid: str) -> ResourceList[AppVariant]:
        """List the variants of a report."""
    @classmethod
    def iter(cls, client: Client, content_guid: str) -> ResourceIterator[AppVariant]:
        """List the variants of a report."""
    @classmethod
    def count(cls, client: Client, content_guid: str) -> int:
        """List the variants of a report."""
    @classmethod
    def get_one(cls, client: Client, variant_id: int) -> AppVariant:
        """Read one variant."""
    def refresh(self) -> AppVariant:
        """Read this record anew, in place."""
    def render(self, *, email: Literal['none', 'me', 'collaborators', 'collaborators_viewers'] = ..., activate: bool = ...) -> Task:
        """Render the variant anew, in a task on the server."""
    def renderings(self) -> ResourceList[Rendering]:
        """List the renderings that the server keeps."""
    def subscribers(self) -> ResourceList[Any]:
        """List the users who asked for each new rendering by e-mail."""
    def add_subscribers(self, user_guids: Sequence[str]) -> None:
        """Send each new rendering to more users by e-mail."""
    def remove_subscriber(self, user_guid: str) -> None:
        """Stop sending renderings to a user."""
    def send_mail(self, email: Literal['me', 'collaborators', 'collaborators_viewers'], rendering_id: int) -> None:
        """Send a rendering by e-mail now."""
    @property
    def schedules(self) -> ScheduleCollection:
        """When the server renders it by itself."""

class Application(Record):
    """A content item in its former form, which is how some clients still look for content."""
    id: int
    """The server's own number of the content."""
    guid: str
    """Identifies the content."""
    name: str
    """Its short name."""
    title: str | None
    """Its title; null to show the name."""
    description: str
    """What it is about."""
    access_type: Literal['all', 'logged_in', 'acl']
    """Who may see it."""
    app_mode: int
    """The number of the kind of content it is; 0 until its first deployment tells."""
    content_category: str
    """What it is more closely, such as pin."""
    has_parameters: bool
    """Whether it takes parameters."""
    bundle_id: int | None
    """The bundle in use; null if it was not deployed yet."""
    url: str
    """Its address."""
    created_time: datetime
    """When it was made."""
    last_deployed_time: datetime
    """When it was last deployed."""
    app_role: Literal['owner', 'editor', 'viewer', 'none']
    """What it allows the caller."""
    owner_guid: str
    """Its owner."""
    owner_username: str
    """The name that the owner signs in with."""
    owner_first_name: str
    """The owner's first name."""
    owner_last_name: str
    """The owner's last name."""
    owner_email: str
    """The owner's e-mail address."""
    owner_locked: bool
    """Whether the owner's account is locked."""
    def __init__(self, *, id: int | None = None, guid: str | None = None, name: str | None = None, title: str | None = None, description: str | None = None, access_type: Literal['all', 'logged_in', 'acl'] | None = None, app_mode: int | None = None, content_category: str | None = None, has_parameters: bool | None = None, bundle_id: int | None = None, url: str | None = None, created_time: datetime | None = None, last_deployed_time: datetime | None = None, app_role: Literal['owner', 'editor', 'viewer', 'none'] | None = None, owner_guid: str | None = None, owner_username: str | None = None, owner_first_name: str | None = None, owner_last_name: str | None = None, owner_email: str | None = None, owner_locked: bool | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, filter: Sequence[str] | str = ..., search: str = ..., count: int = ...) -> ResourceList[Application]:
        """List content that the caller may see, the newest first."""
    @classmethod
    def iter(cls, client: Client, *, filter: Sequence[str] | str = ..., search: str = ..., count: int = ...) -> ResourceIterator[Application]:
        """List content that the caller may see, the newest first."""
    @classmethod
    def count(cls, client: Client, *, filter: Sequence[str] | str = ..., search: str = ..., count: int = ...) -> int:
        """List content that the caller may see, the newest first."""
    @classmethod
    def get_one(cls, client: Client, application_id: int) -> Application:
        """Read one content item, by its number or its guid."""
    def refresh(self) -> Application:
        """Read this record anew, in place."""
    @property
    def content(self) -> One[Content]:
        """The same in its present form."""
    @property
    def owner(self) -> One[User]:
        """The owner."""

class AuditLog(Record):
    """One thing that somebody did on the server, as its audit log has it."""
    id: str
    """Identifies the entry."""
    time: datetime
    """When it was done."""
    user_id: str
    """The server's own number of the user who did it."""
    user_guid: str | None
    """The user who did it; null if it was not done by a user."""
    user_description: str
    """The user in words, as known at the time."""
    action: str
    """What kind of thing was done; `list_actions` tells all kinds."""
    event_description: str
    """What was done, in words."""
    def __init__(self, *, id: str | None = None, time: datetime | None = None, user_id: str | None = None, user_guid: str | None = None, user_description: str | None = None, action: str | None = None, event_description: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[AuditLog]:
        """Read the whole log, in the order of time."""
    @classmethod
    def iter(cls, client: Client, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[AuditLog]:
        """Read the whole log, in the order of time."""
    @classmethod
    def count(cls, client: Client, *, asc_order: bool = ...) -> int:
        """Read the whole log, in the order of time."""
    @classmethod
    def search(cls, client: Client, *, q: str | Search = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[AuditLog]:
        """Find entries by words and filters."""
    @classmethod
    def list_actions(cls, client: Client) -> ResourceList[AuditActionResult]:
        """List the kinds of things that the log records."""
    @property
    def user(self) -> One[User]:
        """The user who did it."""

class Bootstrap(Record):
    """The first administrator of a server that has no users yet, made without a browser."""
    api_key: str | None
    """A key of the new administrator."""
    def __init__(self, *, api_key: str | None = None) -> None: ...
    @classmethod
    def create(cls, client: Client, authorization: str) -> Bootstrap:
        """Make the first administrator; refused as soon as the server has a user."""
    @classmethod
    def create_experimental(cls, client: Client, authorization: str) -> Bootstrap:
        """The same at its former path, for servers that do not have the newer one."""

class Bundle(BundleMixin, Record):
    """One upload of everything that content is made of."""
    id: str
    """Identifies the bundle."""
    content_guid: str
    """The content it belongs to."""
    created_by: str | None
    """The user who uploaded it; null if unknown."""
    created_time: datetime
    """When it was uploaded."""
    environment_guid: str | None
    """The environment it was prepared in; null on the server itself, or without the right to know."""
    cluster_name: str | None
    """The cluster it was prepared in; null or Local on the server itself, null also without the right to know."""
    image_name: str | None
    """The image it was prepared in; null or Local on the server itself, null also without the right to know."""
    r_version: str | None
    """The R version it runs with; null if none, not prepared yet, or for viewers."""
    r_environment_management: bool | None
    """Whether the server installs its R packages; null if undecided, none, or for viewers."""
    py_version: str | None
    """The Python version it runs with; null if none, not prepared yet, or for viewers."""
    py_environment_management: bool | None
    """Whether the server installs its Python packages; null if undecided, none, or for viewers."""
    quarto_version: str | None
    """The Quarto version it is rendered with; null if none, not prepared yet, or for viewers."""
    active: bool
    """Whether it is the bundle in use; servers before 2025.02.0 may be wrong about it."""
    size: int
    """How long the archive is; 0 if the server has no file of it."""
    metadata: BundleMetadata
    """Where it came from."""
    def __init__(self, *, id: str | None = None, content_guid: str | None = None, created_by: str | None = None, created_time: datetime | None = None, environment_guid: str | None = None, cluster_name: str | None = None, image_name: str | None = None, r_version: str | None = None, r_environment_management: bool | None = None, py_version: str | None = None, py_environment_management: bool | None = None, quarto_version: str | None = None, active: bool | None = None, size: int | None = None, metadata: BundleMetadata | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, content_guid: str, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[Bundle]:
        """List the bundles of the content."""
    @classmethod
    def iter(cls, client: Client, content_guid: str, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[Bundle]:
        """List the bundles of the content."""
    @classmethod
    def count(cls, client: Client, content_guid: str, *, asc_order: bool = ...) -> int:
        """List the bundles of the content."""
    @classmethod
    def get_one(cls, client: Client, bundle_id: str, content_guid: str) -> Bundle:
        """Read one bundle."""
    def refresh(self) -> Bundle:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, content_guid: str, archive: BinarySource | None = ..., *, url: str = ..., checksum: str = ...) -> Bundle:
        """Upload a bundle, which is not in use before it is deployed; also administrators must be collaborators for that."""
    def delete(self) -> None:
        """Remove the bundle; the one in use can't be removed."""
    def download(self, *, to: BinarySink) -> Path | None:
        """Save the archive, a gzipped tar; collaborators alone may."""
    def list_files(self) -> Any:
        """List the files in the bundle, in the server's own form."""
    def read_file(self, path: str) -> BundleFileContent:
        """Read one file of the bundle, by its path in it."""
    @property
    def content(self) -> One[Content]:
        """The content it belongs to."""
    @property
    def creator(self) -> One[User]:
        """The user who uploaded it."""

class Content(ContentMixin, Record):
    """Something published on the server: an app, an API, a report, a site, a pin."""
    guid: str
    """Identifies the content."""
    name: str
    """Its short name, unique among one owner's content: letters, digits, '.', '_' and '-'."""
    title: str | None
    """What people see as its title; null to show the name."""
    description: str
    """What it is about."""
    access_type: Literal['all', 'logged_in', 'acl']
    """Who may see it: everyone, everyone who has signed in, or just those it was shared with."""
    connection_timeout: int | None
    """How long a connection may be silent both ways; 0 for ever, null for the server's default."""
    read_timeout: int | None
    """How long a visitor's side of a connection may be silent; 0 for ever, null for the server's default."""
    init_timeout: int | None
    """How long a process may take to start; null for the server's default."""
    idle_timeout: int | None
    """How long a process is kept once its last visitor has left; null for the server's default."""
    max_processes: int | None
    """The most processes at a time on one node; null for the server's default."""
    min_processes: int | None
    """The processes that one node keeps ready; null for the server's default."""
    max_conns_per_process: int | None
    """The most connections to one process; null for the server's default."""
    load_factor: float | None
    """How full processes get before one more starts; null for the server's default."""
    created_time: datetime
    """When it was made."""
    last_deployed_time: datetime
    """When it was last deployed."""
    bundle_id: str | None
    """The bundle in use; null before the first deployment."""
    app_mode: Literal['api', 'jupyter-static', 'jupyter-voila', 'python-api', 'python-bokeh', 'python-panel', 'python-dash', 'python-fastapi', 'python-gradio', 'python-shiny', 'python-streamlit', 'quarto-shiny', 'quarto-static', 'rmd-shiny', 'rmd-static', 'shiny', 'static', 'tensorflow-saved-model', 'unknown']
    """What kind of content it is; unknown until its first deployment tells."""
    content_category: Literal['', 'plot', 'pin', 'site', 'mcp']
    """What it is more closely, empty for most; only mcp and empty can be set."""
    parameterized: bool
    """Whether it is an R Markdown report that takes parameters."""
    cluster_name: str | None
    """The cluster it runs in; null or Local on the server itself, null also without the right to know."""
    image_name: str | None
    """The image it runs in; null or Local on the server itself, null also without the right to know."""
    r_version: str | None
    """The R version it runs with; null if none, or without the right to know."""
    py_version: str | None
    """The Python version it runs with; null if none, or without the right to know."""
    quarto_version: str | None
    """The Quarto version it is rendered with; null if none, or without the right to know."""
    run_as: str | None
    """The Unix user it runs as, set by administrators; null for the server's default."""
    run_as_current_user: bool
    """Whether it runs as the visitor's own Unix user; set by administrators."""
    owner_guid: str
    """The user who owns it; changed by administrators."""
    content_url: str
    """The address of the content itself."""
    dashboard_url: str
    """The address of its page in the dashboard."""
    role: str | None
    """What the caller is to it, as older servers call it."""
    id: str
    """The server's own number of it; calls take the guid."""
    locked: bool
    """Whether nobody can open it for now."""
    locked_message: str
    """What visitors of locked content get to read, as Markdown."""
    memory_request: int | None
    """Memory set aside for a process off the server; null for the default."""
    memory_limit: int | None
    """The most memory a process may take; null for the server's default."""
    cpu_request: float | None
    """Processor time set aside off the server; null for the default."""
    cpu_limit: float | None
    """The most processor time off the server; null for the default."""
    amd_gpu_limit: int | None
    """How many AMD GPUs it gets off the server; null for the default."""
    nvidia_gpu_limit: int | None
    """How many Nvidia GPUs it gets off the server; null for the default."""
    service_account_name: str | None
    """The Kubernetes service account it runs under; set by administrators, hidden from viewers."""
    default_image_name: str | None
    """The image to use when the manifest names none; null if there is none, or without the right to know."""
    default_environment_guid: str | None
    """The environment to use when the manifest names none; null if there is none, or without the right to know."""
    environment_guid: str | None
    """The environment it runs in; null on the server itself, or without the right to know."""
    node_version: str | None
    """The Node.js version it runs with; null if none, or without the right to know."""
    r_environment_management: bool | None
    """Whether the server installs its R packages; null if it has none, or unknown."""
    default_r_environment_management: bool | None
    """Whether the server is to install R packages when the manifest does not say; null to let it decide."""
    py_environment_management: bool | None
    """Whether the server installs its Python packages; null if it has none, or unknown."""
    default_py_environment_management: bool | None
    """Whether the server is to install Python packages when the manifest does not say; null to let it decide."""
    metrics_collection_enabled: bool | None
    """Whether its use of memory and processors is recorded; null for the default."""
    notify_on_share: bool | None
    """Whether people get an e-mail when it is shared with them; null for the default."""
    otel_enabled: bool
    """Whether it sends OpenTelemetry data; told to its owner and collaborators only."""
    vanity_url: str | None
    """Its address under its own path, if it has one."""
    app_role: Literal['owner', 'editor', 'viewer', 'none']
    """What the caller is to it."""
    bookmarked: bool | None
    """Whether the caller has a bookmark of it."""
    schedules: list[ContentSchedule] | None
    """When its variants are rendered by themselves."""
    tags: list[Tag] | None
    """Its tags; empty if it has none."""
    owner: ContentOwner | None
    """The user who owns it, in short."""
    public_content_status: Literal['ok', 'warning', 'restricted', 'unrestricted', 'unlicensed', 'none'] | None
    """Where it stands with the server's limits on public access."""
    def __init__(self, *, guid: str | None = None, name: str | None = None, title: str | None = None, description: str | None = None, access_type: Literal['all', 'logged_in', 'acl'] | None = None, connection_timeout: int | None = None, read_timeout: int | None = None, init_timeout: int | None = None, idle_timeout: int | None = None, max_processes: int | None = None, min_processes: int | None = None, max_conns_per_process: int | None = None, load_factor: float | None = None, created_time: datetime | None = None, last_deployed_time: datetime | None = None, bundle_id: str | None = None, app_mode: Literal['api', 'jupyter-static', 'jupyter-voila', 'python-api', 'python-bokeh', 'python-panel', 'python-dash', 'python-fastapi', 'python-gradio', 'python-shiny', 'python-streamlit', 'quarto-shiny', 'quarto-static', 'rmd-shiny', 'rmd-static', 'shiny', 'static', 'tensorflow-saved-model', 'unknown'] | None = None, content_category: Literal['', 'plot', 'pin', 'site', 'mcp'] | None = None, parameterized: bool | None = None, cluster_name: str | None = None, image_name: str | None = None, r_version: str | None = None, py_version: str | None = None, quarto_version: str | None = None, run_as: str | None = None, run_as_current_user: bool | None = None, owner_guid: str | None = None, content_url: str | None = None, dashboard_url: str | None = None, role: str | None = None, id: str | None = None, locked: bool | None = None, locked_message: str | None = None, memory_request: int | None = None, memory_limit: int | None = None, cpu_request: float | None = None, cpu_limit: float | None = None, amd_gpu_limit: int | None = None, nvidia_gpu_limit: int | None = None, service_account_name: str | None = None, default_image_name: str | None = None, default_environment_guid: str | None = None, environment_guid: str | None = None, node_version: str | None = None, r_environment_management: bool | None = None, default_r_environment_management: bool | None = None, py_environment_management: bool | None = None, default_py_environment_management: bool | None = None, metrics_collection_enabled: bool | None = None, notify_on_share: bool | None = None, otel_enabled: bool | None = None, vanity_url: str | None = None, app_role: Literal['owner', 'editor', 'viewer', 'none'] | None = None, bookmarked: bool | None = None, schedules: list[ContentSchedule] | None = None, tags: list[Tag] | None = None, owner: ContentOwner | None = None, public_content_status: Literal['ok', 'warning', 'restricted', 'unrestricted', 'unlicensed', 'none'] | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, name: str = ..., owner_guid: str = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> ResourceList[Content]:
        """List the content that the caller may see; for administrators that is all of it."""
    @classmethod
    def iter(cls, client: Client, *, name: str = ..., owner_guid: str = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> ResourceIterator[Content]:
        """List the content that the caller may see; for administrators that is all of it."""
    @classmethod
    def count(cls, client: Client, *, name: str = ..., owner_guid: str = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> int:
        """List the content that the caller may see; for administrators that is all of it."""
    @classmethod
    def get_one(cls, client: Client, content_guid: str, *, include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> Content:
        """Read one content item."""
    def refresh(self, *, include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> Content:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, name: str, *, title: str | None = ..., description: str = ..., access_type: Literal['all', 'logged_in', 'acl'] = ..., connection_timeout: int | None = ..., read_timeout: int | None = ..., init_timeout: int | None = ..., idle_timeout: int | None = ..., max_processes: int | None = ..., min_processes: int | None = ..., max_conns_per_process: int | None = ..., load_factor: float | None = ..., run_as: str | None = ..., run_as_current_user: bool = ..., memory_request: int | None = ..., memory_limit: int | None = ..., cpu_request: float | None = ..., cpu_limit: float | None = ..., amd_gpu_limit: int | None = ..., nvidia_gpu_limit: int | None = ..., service_account_name: str | None = ..., default_image_name: str | None = ..., default_environment_guid: str | None = ..., default_r_environment_management: bool | None = ..., default_py_environment_management: bool | None = ..., metrics_collection_enabled: bool | None = ..., notify_on_share: bool | None = ..., otel_enabled: bool = ...) -> Content:
        """Make content that has nothing in it yet; upload a bundle next, then deploy it."""
    def update(self, *, name: str = ..., title: str | None = ..., description: str = ..., access_type: Literal['all', 'logged_in', 'acl'] = ..., connection_timeout: int | None = ..., read_timeout: int | None = ..., init_timeout: int | None = ..., idle_timeout: int | None = ..., max_processes: int | None = ..., min_processes: int | None = ..., max_conns_per_process: int | None = ..., load_factor: float | None = ..., content_category: Literal['', 'plot', 'pin', 'site', 'mcp'] = ..., run_as: str | None = ..., run_as_current_user: bool = ..., owner_guid: str = ..., locked: bool = ..., locked_message: str = ..., memory_request: int | None = ..., memory_limit: int | None = ..., cpu_request: float | None = ..., cpu_limit: float | None = ..., amd_gpu_limit: int | None = ..., nvidia_gpu_limit: int | None = ..., service_account_name: str | None = ..., default_image_name: str | None = ..., default_environment_guid: str | None = ..., default_r_environment_management: bool | None = ..., default_py_environment_management: bool | None = ..., metrics_collection_enabled: bool | None = ..., notify_on_share: bool | None = ..., otel_enabled: bool = ...) -> Content:
        """Change settings of the content; its collaborators may."""
    def delete(self) -> None:
        """Remove the content with all its bundles, files and records."""
    def test_access(self) -> AccessTestResult:
        """Try whether anonymous visitors can open an app that is shared with everyone; needs a licence for public access."""
    def deploy(self, *, bundle_id: str | None = ..., activate: bool | None = ...) -> Task:
        """Deploy a bundle, in a task on the server."""
    def build(self, *, bundle_id: str | None = ..., activate: bool | None = ...) -> Task:
        """Install what a bundle needs without rendering it anew, in a task on the server."""
    def render(self, variant_key: str | None = ...) -> Task:
        """Render a report anew, in a task on the server; viewers need the server's leave for that."""
    def list_environment(self) -> ResourceList[str]:
        """List the names of its environment variables; no call gives their values."""
    def set_environment(self, variables: Sequence[EnvironmentVariable | Mapping[str, Any]]) -> ResourceList[str]:
        """Replace all environment variables, and list the names of those it has now."""
    def change_environment(self, variables: Sequence[EnvironmentVariable | Mapping[str, Any]]) -> ResourceList[str]:
        """Change some environment variables, and list the names of those it has now."""
    def download_lockfile(self, *, to: BinarySink) -> Path | None:
        """Save the exact Python packages of the bundle in use, as a requirements file; the server must have installed them."""
    def list_associations(self) -> ResourceList[OAuthIntegrationAssociation]:
        """List the OAuth integrations that it uses."""
    def set_associations(self, associations: Sequence[OAuthIntegrationAssociationInput | Mapping[str, Any]]) -> None:
        """Replace the OAuth integrations that it uses."""
    def list_packages(self) -> ResourceList[ContentPackage]:
        """List the packages it was installed with, by language and name; none before the first deployment."""
    def get_repository(self) -> GitLocation:
        """Read which git repository it is deployed from."""
    def set_repository(self, *, repository: str = ..., branch: str = ..., directory: str = ..., polling: bool = ...) -> GitLocation:
        """Have it deployed from a git repository."""
    def change_repository(self, *, repository: str = ..., branch: str = ..., directory: str = ..., polling: bool = ...) -> GitLocation:
        """Change some of what is set about its git repository."""
    def delete_repository(self) -> None:
        """Forget the git repository; the content stays."""
    def set_thumbnail(self, image: BinarySource) -> None:
        """Upload the small image that stands for it in lists."""
    def delete_thumbnail(self) -> None:
        """Remove the small image that stands for it in lists."""
    @classmethod
    def search(cls, client: Client, *, q: str | Search = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ..., sort: str = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[Content]:
        """Find content by words and filters; the list's `meta` has warnings of filters that the server could not read."""
    def list_tags(self) -> ResourceList[Tag]:
        """List its tags."""
    def add_tag(self, tag_id: str) -> None:
        """Put a tag on it, and with the tag all those above it."""
    def remove_tag(self, tag_id: str) -> None:
        """Take a tag off it, and with the tag all those below it."""
    def get_bookmark(self) -> Bookmark:
        """Read one's own bookmark of it; not found if there is none."""
    def add_bookmark(self) -> None:
        """Make a bookmark of it for oneself."""
    def remove_bookmark(self) -> None:
        """Remove one's own bookmark of it."""
    def schedule_history(self, *, variant: str = ...) -> ResourceList[VariantScheduleHistory]:
        """List how the schedules of its variants were changed, up to 100 changes a variant."""
    def storage(self) -> ContentStorageDetail:
        """Read how much disk space its bundles take."""
    @property
    def bundles(self) -> BundleCollection:
        """What was uploaded for it."""
    @property
    def jobs(self) -> JobCollection:
        """What ran and runs for it."""
    @property
    def permissions(self) -> PermissionCollection:
        """Who it is shared with."""
    @property
    def vanity(self) -> One[Vanity]:
        """The path of its own, if it has one."""
    @property
    def owner_user(self) -> One[User]:
        """The user who owns it."""
    @property
    def app_variants(self) -> AppVariantCollection:
        """The variants of a report, for schedules and renderings."""
    @property
    def default_environment(self) -> One[Environment]:
        """The environment to use when the manifest names none, if one is set."""

class ContentHit(Record):
    """One time that somebody opened a content item, of any kind."""
    id: str
    """Identifies the hit."""
    user_guid: str | None
    """Who opened it; null if nobody had to sign in."""
    content_guid: str
    """What was opened."""
    timestamp: datetime
    """When it was opened."""
    data: ContentHitData
    """What is known of the browser's request."""
    def __init__(self, *, id: str | None = None, user_guid: str | None = None, content_guid: str | None = None, timestamp: datetime | None = None, data: ContentHitData | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, content_guid: Sequence[str] | str = ..., start: datetime = ..., end: datetime = ...) -> ResourceList[ContentHit]:
        """List hits, all in one answer; a publisher gets those of own content only."""
    @classmethod
    def iter(cls, client: Client, *, content_guid: Sequence[str] | str = ..., start: datetime = ..., end: datetime = ...) -> ResourceIterator[ContentHit]:
        """List hits, all in one answer; a publisher gets those of own content only."""
    @classmethod
    def count(cls, client: Client, *, content_guid: Sequence[str] | str = ..., start: datetime = ..., end: datetime = ...) -> int:
        """List hits, all in one answer; a publisher gets those of own content only."""
    @property
    def content(self) -> One[Content]:
        """What was opened."""
    @property
    def user(self) -> One[User]:
        """Who opened it."""

class ContentStorage(Record):
    """How much disk space the bundles of one content item take."""
    content_guid: str
    """The content item."""
    content_name: str
    """Its name."""
    content_title: str | None
    """Its title; null if it has none."""
    owner_guid: str | None
    """Who owns it; null if that user was deleted."""
    owner_username: str | None
    """The owner's user name; null if that user was deleted."""
    app_mode: str
    """What kind of content it is."""
    bundles: ContentStorageListItemBundles
    """The space that its bundles take."""
    def __init__(self, *, content_guid: str | None = None, content_name: str | None = None, content_title: str | None = None, owner_guid: str | None = None, owner_username: str | None = None, app_mode: str | None = None, bundles: ContentStorageListItemBundles | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, sort: Literal['bundle_bytes_total', 'bundle_bytes_active', 'bundle_bytes_inactive', 'bundle_count'] = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[ContentStorage]:
        """List all content by the disk space it takes."""
    @classmethod
    def iter(cls, client: Client, *, sort: Literal['bundle_bytes_total', 'bundle_bytes_active', 'bundle_bytes_inactive', 'bundle_count'] = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceIterator[ContentStorage]:
        """List all content by the disk space it takes."""
    @classmethod
    def count(cls, client: Client, *, sort: Literal['bundle_bytes_total', 'bundle_bytes_active', 'bundle_bytes_inactive', 'bundle_count'] = ..., order: Literal['asc', 'desc'] = ...) -> int:
        """List all content by the disk space it takes."""
    @property
    def content(self) -> One[Content]:
        """The content item."""
    @property
    def owner_user(self) -> One[User]:
        """Who owns it."""

class ContentVisit(Record):
    """One time that somebody opened a content item that is not a Shiny app."""
    content_guid: str
    """What was opened."""
    user_guid: str | None
    """Who opened it; null if nobody had to sign in."""
    variant_key: str | None
    """The variant that was shown; null for static content."""
    time: datetime
    """When it was opened."""
    rendering_id: str | None
    """The rendering that was shown; null for static content."""
    bundle_id: str | None
    """The bundle that was active at the time; null if unknown."""
    path: str | None
    """The path below the content's address; null if not recorded."""
    data_version: int
    """How the record was made: the higher, the more exact."""
    user_agent: str | None
    """What the browser says it is; null if not recorded."""
    def __init__(self, *, content_guid: str | None = None, user_guid: str | None = None, variant_key: str | None = None, time: datetime | None = None, rendering_id: str | None = None, bundle_id: str | None = None, path: str | None = None, data_version: int | None = None, user_agent: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, content_guid: str = ..., min_data_version: int = ..., user_agent: str = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[ContentVisit]:
        """List visits; a publisher gets those of own content only."""
    @classmethod
    def iter(cls, client: Client, *, content_guid: str = ..., min_data_version: int = ..., user_agent: str = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[ContentVisit]:
        """List visits; a publisher gets those of own content only."""
    @classmethod
    def count(cls, client: Client, *, content_guid: str = ..., min_data_version: int = ..., user_agent: str = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ...) -> int:
        """List visits; a publisher gets those of own content only."""
    @property
    def content(self) -> One[Content]:
        """What was opened."""
    @property
    def user(self) -> One[User]:
        """Who opened it."""

class CustomDocumentation(Record):
    """A page of the administrators' own in the server's documentation."""
    content: str
    """The page in Markdown."""
    created_time: datetime
    """When it was written."""
    def __init__(self, *, content: str | None = None, created_time: datetime | None = None) -> None: ...
    @classmethod
    def get_one(cls, client: Client) -> CustomDocumentation:
        """Read the page; a `NotFoundError` says that there is none."""
    @classmethod
    def create(cls, client: Client, content: str, *, created_time: datetime = ...) -> None:
        """Set the page, in place of the one before."""
    @classmethod
    def delete(cls, client: Client) -> None:
        """Remove the page; a `NotFoundError` says that there was none."""

class Environment(Record):
    """A container image in which content can run, on servers that run it off the host."""
    id: str
    """The server's own number of it; calls take the guid."""
    guid: str
    """Identifies the environment."""
    created_time: datetime
    """When it was registered."""
    updated_time: datetime
    """When it was last changed."""
    title: str | None
    """A name for people; null if it has none."""
    description: str | None
    """What it is for; null if nobody said."""
    cluster_name: str
    """The cluster it runs on: Kubernetes, the only kind so far."""
    name: str
    """The container image, with its tag."""
    environment_type: str
    """The kind of cluster: Kubernetes, the only one so far."""
    matching: Literal['any', 'exact', 'none']
    """When content gets it: whenever it fits (any, the default), only when asked for by name (exact), or never (none)."""
    supervisor: str | None
    """A script or command that starts each process in it; null if none."""
    managed_by: str | None
    """What looks after it, such as a configuration file; null if its administrators do."""
    python: Installations
    """The versions of Python in the image."""
    nodejs: Installations
    """The versions of Node.js in the image."""
    quarto: Installations
    """The versions of Quarto in the image."""
    r: Installations
    """The versions of R in the image."""
    tensorflow: Installations
    """The versions of TensorFlow in the image."""
    volume_mounts: list[VolumeMount]
    """What is mounted into each container."""
    def __init__(self, *, id: str | None = None, guid: str | None = None, created_time: datetime | None = None, updated_time: datetime | None = None, title: str | None = None, description: str | None = None, cluster_name: str | None = None, name: str | None = None, environment_type: str | None = None, matching: Literal['any', 'exact', 'none'] | None = None, supervisor: str | None = None, managed_by: str | None = None, python: Installations | None = None, nodejs: Installations | None = None, quarto: Installations | None = None, r: Installations | None = None, tensorflow: Installations | None = None, volume_mounts: list[VolumeMount] | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[Environment]:
        """List the environments of the server."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[Environment]:
        """List the environments of the server."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the environments of the server."""
    @classmethod
    def get_one(cls, client: Client, environment_guid: str) -> Environment:
        """Read one environment."""
    def refresh(self) -> Environment:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, cluster_name: str, name: str, *, title: str | None = ..., description: str | None = ..., matching: Literal['any', 'exact', 'none'] | None = ..., supervisor: str | None = ..., python: Installations | Mapping[str, Any] = ..., nodejs: Installations | Mapping[str, Any] = ..., quarto: Installations | Mapping[str, Any] = ..., r: Installations | Mapping[str, Any] = ..., tensorflow: Installations | Mapping[str, Any] = ..., volume_mounts: Sequence[VolumeMount | Mapping[str, Any]] = ...) -> Environment:
        """Register an image as an environment."""
    def update(self, *, title: str | None = ..., description: str | None = ..., matching: Literal['any', 'exact', 'none'] | None = ..., supervisor: str | None = ..., python: Installations | Mapping[str, Any] = ..., nodejs: Installations | Mapping[str, Any] = ..., quarto: Installations | Mapping[str, Any] = ..., r: Installations | Mapping[str, Any] = ..., tensorflow: Installations | Mapping[str, Any] = ..., volume_mounts: Sequence[VolumeMount | Mapping[str, Any]] = ...) -> Environment:
        """Refused if a configuration file manages the environment."""
    def delete(self) -> None:
        """Remove the environment; refused if a configuration file manages it."""
    @property
    def permissions(self) -> EnvironmentPermissionCollection:
        """Who may use it."""

class EnvironmentPermission(Record):
    """Leave for one user or one group to use an environment."""
    id: str
    """The server's own number of it; calls take the guid."""
    guid: str
    """Identifies the permission."""
    environment_guid: str
    """The environment it is about."""
    user_guid: str | None
    """The user who has it; null if a group has it."""
    group_guid: str | None
    """The group that has it; null if a user has it."""
    def __init__(self, *, id: str | None = None, guid: str | None = None, environment_guid: str | None = None, user_guid: str | None = None, group_guid: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, environment_guid: str) -> ResourceList[EnvironmentPermission]:
        """List who may use an environment."""
    @classmethod
    def iter(cls, client: Client, environment_guid: str) -> ResourceIterator[EnvironmentPermission]:
        """List who may use an environment."""
    @classmethod
    def count(cls, client: Client, environment_guid: str) -> int:
        """List who may use an environment."""
    @classmethod
    def get_one(cls, client: Client, environment_permission_guid: str, environment_guid: str) -> EnvironmentPermission:
        """Read one permission."""
    def refresh(self) -> EnvironmentPermission:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, environment_guid: str, *, user_guid: str | None = ..., group_guid: str | None = ...) -> EnvironmentPermission:
        """Give leave to a user or to a group: exactly one of the two guids."""
    def delete(self) -> None:
        """Take the leave back."""
    @property
    def environment(self) -> One[Environment]:
        """The environment it is about."""
    @property
    def user(self) -> One[User]:
        """The user who has it, if it is one."""
    @property
    def group(self) -> One[Group]:
        """The group that has it, if it is one."""

class Example(Record):
    """A piece of content that the server offers for trying out. The calls are deprecated."""
    name: str
    """Identifies the example. What else the server tells of it is in `extra`."""
    def __init__(self, *, name: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[Example]:
        """List the examples."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[Example]:
        """List the examples."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the examples."""
    def thumbnail(self, *, to: BinarySink) -> Path | None:
        """Download a picture of the example."""
    def download(self, *, to: BinarySink) -> Path | None:
        """Download the example's files as a ZIP archive."""

class Feature(Record):
    """A feature of the server, and whether anyone uses it."""
    name: str
    """What the server calls it."""
    used: bool
    """Whether it has been used on this server."""
    def __init__(self, *, name: str | None = None, used: bool | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[Feature]:
        """List the features that the server keeps track of."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[Feature]:
        """List the features that the server keeps track of."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the features that the server keeps track of."""

class Group(Record):
    """A number of users with whom content is shared at once."""
    name: str
    """The group's name."""
    owner_guid: str | None
    """The user who owns it; null if the authentication provider does."""
    gid: int | None
    """The POSIX group that content run as its visitor gets; null for none, set by administrators."""
    guid: str
    """Identifies the group."""
    member_count: int
    """How many members it has."""
    def __init__(self, *, name: str | None = None, owner_guid: str | None = None, gid: int | None = None, guid: str | None = None, member_count: int | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, prefix: str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[Group]:
        """List the groups of the server."""
    @classmethod
    def iter(cls, client: Client, *, prefix: str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[Group]:
        """List the groups of the server."""
    @classmethod
    def count(cls, client: Client, *, prefix: str = ..., asc_order: bool = ...) -> int:
        """List the groups of the server."""
    @classmethod
    def get_one(cls, client: Client, group_guid: str) -> Group:
        """Read one group."""
    def refresh(self) -> Group:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, name: str, *, gid: int | None = ..., unique_id: str = ...) -> Group:
        """Add a group that the server keeps itself, which is not for LDAP; see `create_remote` for that."""
    def update(self, *, name: str = ..., owner_guid: str | None = ..., gid: int | None = ...) -> Group:
        """Its owner and administrators may; which fields, depends on the authentication provider."""
    def delete(self) -> None:
        """Remove the group; its members stay users."""
    @classmethod
    def create_remote(cls, client: Client, temp_ticket: str) -> Group:
        """Add a group from LDAP."""
    @classmethod
    def search_remote(cls, client: Client, *, prefix: str = ..., limit: int = ...) -> ResourceList[GroupWithTicket]:
        """Find groups in LDAP, whether or not they are on this server."""
    def replace(self, *, name: str = ..., owner_guid: str = ...) -> Group:
        """Change name and owner as servers took it before there was `update`; not for LDAP."""
    def list_content(self) -> ResourceList[GroupOwnershipContent]:
        """List the content that is shared with the group. The call is experimental: the server may change or drop it."""
    @property
    def members(self) -> GroupMemberCollection:
        """The users in it."""
    @property
    def owner_user(self) -> One[User]:
        """The user who owns it."""

class GroupMember(Record):
    """A user as a member of a group."""
    email: str
    """The e-mail address; the server may hide it from all but administrators."""
    username: str
    """The name that the user signs in with."""
    first_name: str
    """The user's first name."""
    last_name: str
    """The user's last name."""
    user_role: Literal['administrator', 'publisher', 'viewer']
    """What the user may do on the server."""
    created_time: datetime
    """When the account was made."""
    updated_time: datetime
    """When the account was last changed."""
    active_time: datetime | None
    """About when the user was last there; null if never."""
    confirmed: bool
    """False while the user has yet to confirm the account by e-mail, where the server keeps the passwords."""
    locked: bool
    """Whether the account is shut."""
    external_id: str
    """What the authentication provider calls the user; told to administrators and the user only."""
    guid: str
    """Identifies the user."""
    def __init__(self, *, email: str | None = None, username: str | None = None, first_name: str | None = None, last_name: str | None = None, user_role: Literal['administrator', 'publisher', 'viewer'] | None = None, created_time: datetime | None = None, updated_time: datetime | None = None, active_time: datetime | None = None, confirmed: bool | None = None, locked: bool | None = None, external_id: str | None = None, guid: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, group_guid: str, *, sort: Literal['first_name', 'user_role', 'active_time'] = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[GroupMember]:
        """List the members of the group; not for LDAP."""
    @classmethod
    def iter(cls, client: Client, group_guid: str, *, sort: Literal['first_name', 'user_role', 'active_time'] = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[GroupMember]:
        """List the members of the group; not for LDAP."""
    @classmethod
    def count(cls, client: Client, group_guid: str, *, sort: Literal['first_name', 'user_role', 'active_time'] = ..., asc_order: bool = ...) -> int:
        """List the members of the group; not for LDAP."""
    @classmethod
    def create(cls, client: Client, group_guid: str, user_guid: str) -> None:
        """Put a user into the group; its owner and administrators may, unless the authentication provider says who is in."""
    def delete(self) -> None:
        """Take the user out of the group; members may leave, unless the authentication provider says who is in."""

class Host(Record):
    """A machine that runs, or once ran, this server."""
    hostname: str
    """The machine's name."""
    version: str
    """The release of Connect on it."""
    last_seen: datetime
    """When it last reported."""
    def __init__(self, *, hostname: str | None = None, version: str | None = None, last_seen: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, active: bool = ...) -> ResourceList[Host]:
        """List the machines, those that have gone among them."""
    @classmethod
    def iter(cls, client: Client, *, active: bool = ...) -> ResourceIterator[Host]:
        """List the machines, those that have gone among them."""
    @classmethod
    def count(cls, client: Client, *, active: bool = ...) -> int:
        """List the machines, those that have gone among them."""

class Job(Record):
    """A process that the server ran or runs for content, such as one of an app or the rendering of a report."""
    id: str
    """The server's own number of it; calls take the key."""
    ppid: str | None
    """The process that started its process; null if there is none."""
    pid: str
    """Its process on the machine it runs on."""
    key: str
    """Identifies the job among those of its content."""
    remote_id: str | None
    """What it is called where it runs; null if that is the server itself."""
    app_id: str | None
    """The server's own number of the content, under its former name."""
    content_id: str
    """The server's own number of the content."""
    content_guid: str
    """The content."""
    variant_id: str
    """The server's own number of the variant."""
    variant_key: str
    """The variant; empty if it was removed."""
    bundle_id: str
    """The bundle that it runs."""
    start_time: datetime
    """When it began."""
    end_time: datetime | None
    """When it ended; null while it runs."""
    last_heartbeat_time: datetime | None
    """When it was last known to run."""
    queued_time: datetime | None
    """When it began to wait for its turn; null unless scheduled."""
    queue_name: str | None
    """The queue it waited in; null unless scheduled."""
    tag: Literal['unknown', 'build_report', 'build_site', 'build_jupyter', 'packrat_restore', 'python_restore', 'configure_report', 'run_app', 'run_api', 'run_tensorflow', 'run_python_api', 'run_dash_app', 'run_streamlit', 'run_bokeh_app', 'run_panel_app', 'run_fastapi_app', 'run_gradio_app', 'run_pyshiny_app', 'render_shiny', 'run_voila_app', 'testing', 'git', 'val_py_ext_pkg', 'val_r_ext_pkg', 'val_r_install']
    """What it does."""
    exit_code: int | None
    """The exit code of its process, 0 for success; null while it runs."""
    error: str | None
    """What went wrong on the server's side; null if nothing did."""
    status: Literal[0, 1, 2, 3]
    """How it stands: active (0), finished (1), finalized (2) or skipped (3)."""
    hostname: str | None
    """The machine it runs on."""
    cluster: str | None
    """The cluster it runs in; null or Local on the server itself."""
    image: str | None
    """The image it runs in; null or Local on the server itself."""
    run_as: str | None
    """The Unix user it runs as."""
    skip_reason: str | None
    """Why it was skipped; null if it was not."""
    def __init__(self, *, id: str | None = None, ppid: str | None = None, pid: str | None = None, key: str | None = None, remote_id: str | None = None, app_id: str | None = None, content_id: str | None = None, content_guid: str | None = None, variant_id: str | None = None, variant_key: str | None = None, bundle_id: str | None = None, start_time: datetime | None = None, end_time: datetime | None = None, last_heartbeat_time: datetime | None = None, queued_time: datetime | None = None, queue_name: str | None = None, tag: Literal['unknown', 'build_report', 'build_site', 'build_jupyter', 'packrat_restore', 'python_restore', 'configure_report', 'run_app', 'run_api', 'run_tensorflow', 'run_python_api', 'run_dash_app', 'run_streamlit', 'run_bokeh_app', 'run_panel_app', 'run_fastapi_app', 'run_gradio_app', 'run_pyshiny_app', 'render_shiny', 'run_voila_app', 'testing', 'git', 'val_py_ext_pkg', 'val_r_ext_pkg', 'val_r_install'] | None = None, exit_code: int | None = None, error: str | None = None, status: Literal[0, 1, 2, 3] | None = None, hostname: str | None = None, cluster: str | None = None, image: str | None = None, run_as: str | None = None, skip_reason: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, content_guid: str) -> ResourceList[Job]:
        """List the jobs of the content; its owner and collaborators may."""
    @classmethod
    def iter(cls, client: Client, content_guid: str) -> ResourceIterator[Job]:
        """List the jobs of the content; its owner and collaborators may."""
    @classmethod
    def count(cls, client: Client, content_guid: str) -> int:
        """List the jobs of the content; its owner and collaborators may."""
    @classmethod
    def get_one(cls, client: Client, job_key: str, content_guid: str) -> Job:
        """Read one job."""
    def refresh(self) -> Job:
        """Read this record anew, in place."""
    def kill(self) -> KillJobOrder:
        """Order the job to be ended; it goes on until the server comes to it."""
    def download_log(self, *, filename: str = ..., to: BinarySink) -> Path | None:
        """Save the whole log as a text file."""
    def get_error(self) -> LoggedError | None:
        """Read the error in the log that matters most; None if there is none."""
    def log(self, *, max_lines: int = ...) -> ResourceList[LogEntry]:
        """List the lines of the log."""
    def tail(self) -> LogEntry:
        """Read what a running job logs next."""
    def metrics(self, *, start: datetime = ..., end: datetime = ...) -> JobMetrics:
        """Read what the job took of its machine; the server must be set to record that for each content item."""
    @classmethod
    def summary(cls, client: Client, *, start: datetime = ..., end: datetime = ...) -> JobSummary:
        """Count scheduled jobs: for administrators all, else those one may edit. The server may change or drop this call."""
    @property
    def content(self) -> One[Content]:
        """The content."""
    @property
    def bundle(self) -> One[Bundle]:
        """The bundle that it runs."""

class Metrics(Record):
    """Figures about the server as a whole."""
    def __init__(self) -> None: ...
    @classmethod
    def active_users(cls, client: Client) -> ActiveUsersResponse:
        """Count the users who were active in the last 1, 7, 30 and 365 days."""

class OAuthClient(Record):
    """A program that has registered with the server to sign people in by OAuth."""
    id: str
    """The server's own number of it; calls take the client_id."""
    client_id: str
    """Identifies the program."""
    client_name: str | None
    """What the program calls itself; null if it did not say."""
    redirect_uris: list[str]
    """Where the server may send people back to."""
    created_at: datetime
    """When it registered."""
    last_used_at: datetime | None
    """When it last signed someone in; null if never."""
    def __init__(self, *, id: str | None = None, client_id: str | None = None, client_name: str | None = None, redirect_uris: list[str] | None = None, created_at: datetime | None = None, last_used_at: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[OAuthClient]:
        """List the programs that have registered."""
    @classmethod
    def iter(cls, client: Client, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[OAuthClient]:
        """List the programs that have registered."""
    @classmethod
    def count(cls, client: Client, *, asc_order: bool = ...) -> int:
        """List the programs that have registered."""
    @classmethod
    def get_one(cls, client: Client, client_id: str) -> OAuthClient:
        """Read one of them."""
    def refresh(self) -> OAuthClient:
        """Read this record anew, in place."""
    def delete(self) -> None:
        """Remove the registration; the program must register anew."""

class OAuthIntegration(Record):
    """A way for content to sign in to an outside service, on behalf of its viewers or of a service account."""
    id: str
    """The server's own number of it; calls take the guid."""
    guid: str
    """Identifies the integration."""
    created_time: datetime
    """When it was made."""
    updated_time: datetime
    """When it was last changed."""
    name: str | None
    """What people call it; null if it has no name."""
    description: str | None
    """What it is for; null if nobody said."""
    template: str | None
    """The id of the `OAuthTemplate` it was made from."""
    auth_type: Literal['Viewer', 'Service Account', 'Visitor API Key'] | None
    """Whose rights content gets: each viewer's own (Viewer; Visitor API Key for Connect itself), or those of one account (Service Account)."""
    config: dict[str, Any] | None
    """Its settings, by the names in its template; hidden when shown, as a client secret may be among them."""
    permissions: list[OAuthIntegrationPermission]
    """Who may use it in their content; everyone if empty."""
    environment_variables: list[str]
    """The names of the variables that content gets from it."""
    content_count: int | None
    """How much content uses it; null unless an administrator asks."""
    def __init__(self, *, id: str | None = None, guid: str | None = None, created_time: datetime | None = None, updated_time: datetime | None = None, name: str | None = None, description: str | None = None, template: str | None = None, auth_type: Literal['Viewer', 'Service Account', 'Visitor API Key'] | None = None, config: dict[str, Any] | None = None, permissions: list[OAuthIntegrationPermission] | None = None, environment_variables: list[str] | None = None, content_count: int | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[OAuthIntegration]:
        """List the integrations of the server."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[OAuthIntegration]:
        """List the integrations of the server."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the integrations of the server."""
    @classmethod
    def get_one(cls, client: Client, oauth_integration_guid: str) -> OAuthIntegration:
        """Read one integration."""
    def refresh(self) -> OAuthIntegration:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, template: str, config: Mapping[str, Any], *, name: str | None = ..., description: str | None = ..., permissions: Sequence[OAuthIntegrationPermissionInput | Mapping[str, Any]] | None = ...) -> OAuthIntegration:
        """Make an integration from a template."""
    def update(self, *, name: str | None = ..., description: str | None = ..., config: Mapping[str, Any] = ..., permissions: Sequence[OAuthIntegrationPermissionInput | Mapping[str, Any]] | None = ...) -> OAuthIntegration:
        """The template stays as it is."""
    def delete(self) -> None:
        """Remove the integration; content that uses it is left without."""
    def associations(self) -> ResourceList[OAuthIntegrationAssociation]:
        """List the content that uses the integration."""
    def verify(self) -> None:
        """Try whether a service account can sign in; a `BadRequestError` says that it can't, or that it is none."""
    @classmethod
    def exchange(cls, client: Client, grant_type: Literal['urn:ietf:params:oauth:grant-type:token-exchange'], subject_token: str, subject_token_type: str, *, audience: str = ..., requested_token_type: str = ...) -> OAuthCredentials:
        """Get credentials for an outside service, from inside content that runs on the server; viewers must have signed in there. It takes the key of the content's owner; a CI's identity token needs none."""

class OAuthSession(Record):
    """What ties a user to an outside service after signing in there through an integration."""
    id: str
    """The server's own number of it; calls take the guid."""
    guid: str
    """Identifies the session."""
    user_guid: str | None
    """Whose session it is; null if no user's."""
    oauth_integration_guid: str
    """The integration it was made through."""
    has_refresh_token: bool
    """Whether the server can renew it without the user."""
    created_time: datetime
    """When the user signed in."""
    updated_time: datetime
    """When it was last renewed or changed."""
    def __init__(self, *, id: str | None = None, guid: str | None = None, user_guid: str | None = None, oauth_integration_guid: str | None = None, has_refresh_token: bool | None = None, created_time: datetime | None = None, updated_time: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, all: bool = ...) -> ResourceList[OAuthSession]:
        """List sessions."""
    @classmethod
    def iter(cls, client: Client, *, all: bool = ...) -> ResourceIterator[OAuthSession]:
        """List sessions."""
    @classmethod
    def count(cls, client: Client, *, all: bool = ...) -> int:
        """List sessions."""
    @classmethod
    def get_one(cls, client: Client, oauth_session_guid: str) -> OAuthSession:
        """Read a session; other people's only as an administrator."""
    def refresh(self) -> OAuthSession:
        """Read this record anew, in place."""
    def delete(self) -> None:
        """End a session; other people's only as an administrator."""
    @property
    def user(self) -> One[User]:
        """Whose session it is."""
    @property
    def integration(self) -> One[OAuthIntegration]:
        """The integration it was made through."""

class OAuthTemplate(Record):
    """What the server knows of an outside service: the form that a new integration with it fills in."""
    id: str
    """Identifies the template, as `OAuthIntegration.template` has it."""
    name: str
    """The service's name."""
    description: str
    """What the service is."""
    sections: list[OAuthTemplateSection]
    """The parts of the form."""
    options: list[OAuthTemplateOption]
    """The inputs that are switched or chosen."""
    fields: list[OAuthTemplateField]
    """The inputs that are typed."""
    environment_variables: list[str]
    """The names of the variables that content gets from such an integration."""
    def __init__(self, *, id: str | None = None, name: str | None = None, description: str | None = None, sections: list[OAuthTemplateSection] | None = None, options: list[OAuthTemplateOption] | None = None, fields: list[OAuthTemplateField] | None = None, environment_variables: list[str] | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[OAuthTemplate]:
        """List the services that the server knows."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[OAuthTemplate]:
        """List the services that the server knows."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the services that the server knows."""
    @classmethod
    def get_one(cls, client: Client, oauth_template_id: str) -> OAuthTemplate:
        """Read one template."""
    def refresh(self) -> OAuthTemplate:
        """Read this record anew, in place."""

class Package(Record):
    """A package of R or Python that a content item has installed."""
    language: str
    """The language it is for."""
    language_version: str
    """The version of the language that the content runs on."""
    name: str
    """The package's name."""
    version: str
    """The package's version."""
    hash: str | None
    """A digest of its description, for R; null for Python."""
    bundle_id: str
    """The bundle that needs it."""
    app_id: str | None
    """The server's own number of the content, under its former name."""
    app_guid: str | None
    """The content that has it, under its former name."""
    content_id: str
    """The server's own number of the content."""
    content_guid: str
    """The content that has it."""
    def __init__(self, *, language: str | None = None, language_version: str | None = None, name: str | None = None, version: str | None = None, hash: str | None = None, bundle_id: str | None = None, app_id: str | None = None, app_guid: str | None = None, content_id: str | None = None, content_guid: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, asc_order: bool = ..., name: str = ..., page_size: int | None = ...) -> ResourceList[Package]:
        """List the packages of all content by language and name; content whose packages the server does not manage is left out."""
    @classmethod
    def iter(cls, client: Client, *, asc_order: bool = ..., name: str = ..., page_size: int | None = ...) -> ResourceIterator[Package]:
        """List the packages of all content by language and name; content whose packages the server does not manage is left out."""
    @classmethod
    def count(cls, client: Client, *, asc_order: bool = ..., name: str = ...) -> int:
        """List the packages of all content by language and name; content whose packages the server does not manage is left out."""
    @property
    def content(self) -> One[Content]:
        """The content that has it."""

class Permission(Record):
    """What one user or one group may do with content."""
    id: str
    """Identifies the permission."""
    content_guid: str
    """The content."""
    principal_guid: str
    """The user or the group."""
    principal_type: Literal['user', 'group']
    """Which of the two it is."""
    role: str
    """What they may do: a viewer sees the content, an owner may also change it."""
    def __init__(self, *, id: str | None = None, content_guid: str | None = None, principal_guid: str | None = None, principal_type: Literal['user', 'group'] | None = None, role: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, content_guid: str) -> ResourceList[Permission]:
        """List who the content is shared with."""
    @classmethod
    def iter(cls, client: Client, content_guid: str) -> ResourceIterator[Permission]:
        """List who the content is shared with."""
    @classmethod
    def count(cls, client: Client, content_guid: str) -> int:
        """List who the content is shared with."""
    @classmethod
    def get_one(cls, client: Client, permission_id: str, content_guid: str) -> Permission:
        """Read one permission."""
    def refresh(self) -> Permission:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, content_guid: str, principal_guid: str, principal_type: Literal['user', 'group'], role: str, *, send_email: bool = ...) -> Permission:
        """Share the content with a user or a group; one who has a permission gets the new role."""
    def update(self, *, principal_guid: str = ..., principal_type: Literal['user', 'group'] = ..., role: str = ..., send_email: bool = ...) -> Permission:
        """The server takes the whole of the permission, so all of it is sent."""
    def delete(self) -> None:
        """Take the permission away."""
    @property
    def content(self) -> One[Content]:
        """The content."""

class QueueItem(Record):
    """A piece of work that the server has put off until it has the means for it."""
    id: str
    """Identifies the item."""
    name: str
    """The queue it is in."""
    job_type: str
    """What kind of work it is."""
    created_time: datetime
    """When it was queued."""
    updated_time: datetime
    """When something last happened to it."""
    started_time: datetime
    """When the work began; missing as long as it waits."""
    def __init__(self, *, id: str | None = None, name: str | None = None, job_type: str | None = None, created_time: datetime | None = None, updated_time: datetime | None = None, started_time: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, queue_names: Sequence[str] | str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[QueueItem]:
        """List what waits and what is being worked on."""
    @classmethod
    def iter(cls, client: Client, *, queue_names: Sequence[str] | str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[QueueItem]:
        """List what waits and what is being worked on."""
    @classmethod
    def count(cls, client: Client, *, queue_names: Sequence[str] | str = ..., asc_order: bool = ...) -> int:
        """List what waits and what is being worked on."""
    def delete(self) -> None:
        """Take an item out of its queue; refused while it is being worked on."""

class Repository(Record):
    """What the server can do with the git repository behind a content item, beyond its settings."""
    def __init__(self) -> None: ...
    @classmethod
    def branches(cls, client: Client, content_guid: str) -> Any:
        """List the branches of the content's repository, in the server's own form."""
    @classmethod
    def create_bundle(cls, client: Client, content_guid: str, *, repository: str = ..., ref: str = ..., directory: str = ...) -> RepositoryBundle:
        """Make a bundle from a git repository, in a task on the server; deploying it is another call."""

class RuntimeCache(Record):
    """Packages that the server keeps for one version of R or Python in one environment."""
    language: str
    """R or Python."""
    version: str
    """The version of the language."""
    image_name: str
    """The image it is for; Local for the server itself."""
    def __init__(self, *, language: str | None = None, version: str | None = None, image_name: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[RuntimeCache]:
        """List the caches of packages."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[RuntimeCache]:
        """List the caches of packages."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the caches of packages."""
    @classmethod
    def purge(cls, client: Client, language: Literal['R', 'Python'], version: str, image_name: str, *, dry_run: bool = ...) -> DeleteRuntimeCacheResponse:
        """Delete one cache, in a task on the server; content that needs its packages installs them anew."""

class Schedule(Record):
    """When the server renders a variant of a report by itself."""
    id: int
    """Identifies the schedule."""
    app_id: int
    """The server's own number of the content, under its former name."""
    content_id: int
    """The server's own number of the content."""
    variant_id: int
    """The variant that is rendered."""
    activate: bool
    """Whether viewers get to see each new rendering; otherwise it is only kept."""
    email: bool
    """Whether each new rendering is sent by e-mail."""
    type: Literal['minute', 'hour', 'day', 'weekday', 'week', 'dayofweek', 'semimonth', 'dayofmonth', 'dayweekofmonth', 'year']
    """What the pattern counts in."""
    schedule: str
    """The pattern itself, as JSON in text by `type`: {"N": 2} is every second hour, day or week."""
    timezone: str
    """The time zone of the pattern, such as Europe/Berlin."""
    start_time: datetime | None
    """When the pattern begins; null if at once."""
    next_run: datetime | None
    """When it is due next; null if never again."""
    end_time: datetime | None
    """When the pattern ends; null if it does not."""
    details: ScheduleExtra
    """What `calendar` tells beside it when asked for details."""
    def __init__(self, *, id: int | None = None, app_id: int | None = None, content_id: int | None = None, variant_id: int | None = None, activate: bool | None = None, email: bool | None = None, type: Literal['minute', 'hour', 'day', 'weekday', 'week', 'dayofweek', 'semimonth', 'dayofmonth', 'dayweekofmonth', 'year'] | None = None, schedule: str | None = None, timezone: str | None = None, start_time: datetime | None = None, next_run: datetime | None = None, end_time: datetime | None = None, details: ScheduleExtra | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, variant_id: str) -> ResourceList[Schedule]:
        """Read the schedule of a variant, as a list: it has one or none."""
    @classmethod
    def iter(cls, client: Client, variant_id: str) -> ResourceIterator[Schedule]:
        """Read the schedule of a variant, as a list: it has one or none."""
    @classmethod
    def count(cls, client: Client, variant_id: str) -> int:
        """Read the schedule of a variant, as a list: it has one or none."""
    @classmethod
    def create(cls, client: Client, variant_id: str, type: Literal['minute', 'hour', 'day', 'weekday', 'week', 'dayofweek', 'semimonth', 'dayofmonth', 'dayweekofmonth', 'year'], schedule: str, timezone: str, start_time: datetime | None, *, app_id: int = ..., activate: bool = ..., email: bool = ..., end_time: datetime | None = ...) -> Schedule:
        """Set up the schedule of a variant."""
    def update(self, *, app_id: int = ..., variant_id: int = ..., activate: bool = ..., email: bool = ..., type: Literal['minute', 'hour', 'day', 'weekday', 'week', 'dayofweek', 'semimonth', 'dayofmonth', 'dayweekofmonth', 'year'] = ..., schedule: str = ..., timezone: str = ..., start_time: datetime | None = ..., end_time: datetime | None = ..., id: int = ..., content_id: int = ...) -> Schedule:
        """The server takes the whole of the schedule, so all of it is sent."""
    def delete(self) -> None:
        """Stop rendering by itself."""
    @classmethod
    def calendar(cls, client: Client, *, start: datetime = ..., end: datetime = ..., detailed: bool = ...) -> ResourceList[Schedule]:
        """List all schedules that are due in a span of time. The call is experimental: the server may change or drop it."""

class ServerSettings(Record):
    """What the server tells of itself."""
    version: str | None
    """The release of Connect that it runs; it may hide that from all but administrators."""
    build: str | None
    """The exact build of that release."""
    about: str | None
    """The release in words."""
    hostname: str | None
    """The machine that answers."""
    def __init__(self, *, version: str | None = None, build: str | None = None, about: str | None = None, hostname: str | None = None) -> None: ...
    @classmethod
    def get_one(cls, client: Client) -> ServerSettings:
        """Read what the server tells of itself to the caller."""
    @classmethod
    def public(cls, client: Client) -> PublicSettings:
        """Read what the server tells to everyone."""
    @classmethod
    def python(cls, client: Client) -> PythonInfo:
        """List the Python versions of the server."""
    @classmethod
    def r(cls, client: Client) -> ServerInstallations:
        """List the R versions of the server."""
    @classmethod
    def quarto(cls, client: Client) -> ServerInstallations:
        """List the Quarto versions of the server."""
    @classmethod
    def tensorflow(cls, client: Client) -> ServerInstallations:
        """List the TensorFlow versions of the server."""
    @classmethod
    def nodejs(cls, client: Client) -> NodeJsInfo:
        """List the Node.js versions of the server."""

class ServerStorage(Record):
    """How much disk space content takes on the server."""
    bundles: ServerStorageBundles
    """The space that all bundles take."""
    def __init__(self, *, bundles: ServerStorageBundles | None = None) -> None: ...
    @classmethod
    def get_one(cls, client: Client) -> ServerStorage:
        """Read the totals."""

class ServiceAccounts(Record):
    """The Kubernetes service accounts under which content can run, on servers that run it off the host."""
    enabled: bool
    """Whether content may choose its own."""
    default: str | None
    """The one that content gets otherwise; null if the server names none."""
    accounts: list[str]
    """The names of those to choose from."""
    def __init__(self, *, enabled: bool | None = None, default: str | None = None, accounts: list[str] | None = None) -> None: ...
    @classmethod
    def get_one(cls, client: Client) -> ServiceAccounts:
        """Read which there are, as the server found them when it started."""

class ServiceToken(Record):
    """A credential for a program that belongs to no user and may do only what its scopes allow."""
    guid: str
    """Identifies the token."""
    name: str
    """What it is called; several can have the same name."""
    key: str | None
    """The token itself; only in the answer that creates it."""
    scopes: list[str]
    """What it allows, one or more of those that `list_scopes` tells."""
    created_time: datetime
    """When it was made."""
    active_time: datetime
    """When it was last used, to a quarter of an hour."""
    expires_at: datetime | None
    """When it stops working, in the future when set; null if never."""
    def __init__(self, *, guid: str | None = None, name: str | None = None, key: str | None = None, scopes: list[str] | None = None, created_time: datetime | None = None, active_time: datetime | None = None, expires_at: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[ServiceToken]:
        """List the tokens; the secrets themselves are not in the answer."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[ServiceToken]:
        """List the tokens; the secrets themselves are not in the answer."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the tokens; the secrets themselves are not in the answer."""
    @classmethod
    def create(cls, client: Client, name: str, scopes: Sequence[str], *, expires_at: datetime | None = ...) -> ServiceToken:
        """Make a token. Keep its key: it is shown this once."""
    def delete(self) -> None:
        """Revoke the token, at once."""
    @classmethod
    def list_scopes(cls, client: Client) -> ResourceList[ServiceTokenScope]:
        """List what tokens can allow."""

class ShinyUsage(Record):
    """One session of somebody with a Shiny app."""
    content_guid: str
    """The app."""
    user_guid: str | None
    """Who used it; null if unknown."""
    started: datetime
    """When the session began."""
    ended: datetime | None
    """When it ended; null if it goes on, or its end was not noticed."""
    data_version: int
    """How the record was made: the higher, the more exact."""
    def __init__(self, *, content_guid: str | None = None, user_guid: str | None = None, started: datetime | None = None, ended: datetime | None = None, data_version: int | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, content_guid: str = ..., min_data_version: int = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[ShinyUsage]:
        """List sessions; a publisher gets those of own content only."""
    @classmethod
    def iter(cls, client: Client, *, content_guid: str = ..., min_data_version: int = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[ShinyUsage]:
        """List sessions; a publisher gets those of own content only."""
    @classmethod
    def count(cls, client: Client, *, content_guid: str = ..., min_data_version: int = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ...) -> int:
        """List sessions; a publisher gets those of own content only."""
    @property
    def content(self) -> One[Content]:
        """The app."""
    @property
    def user(self) -> One[User]:
        """Who used it."""

class SystemCheckRun(Record):
    """One run of the tests by which a server examines its own installation."""
    id: str
    """Identifies the run."""
    start_time: datetime
    """When it was asked for."""
    hostname: str
    """The machine that is examined; the one that answers the call if left out."""
    status: Literal['requested', 'running', 'done', 'canceled']
    """How far it is."""
    passed: int
    """How many tests were passed so far."""
    failed: int
    """How many tests were failed so far."""
    def __init__(self, *, id: str | None = None, start_time: datetime | None = None, hostname: str | None = None, status: Literal['requested', 'running', 'done', 'canceled'] | None = None, passed: int | None = None, failed: int | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[SystemCheckRun]:
        """List the runs that the server remembers."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[SystemCheckRun]:
        """List the runs that the server remembers."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the runs that the server remembers."""
    @classmethod
    def get_one(cls, client: Client, system_check_run_id: str) -> SystemCheckRun:
        """Read how far a run is."""
    def refresh(self) -> SystemCheckRun:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, hostname: str = ...) -> SystemCheckRun:
        """Begin a run; the answer comes at once, so refresh it until its status is done."""
    def delete(self) -> None:
        """Forget a run and its results."""
    def results(self) -> SystemCheckRunResults:
        """Read the outcome of each test of a run."""

class Tag(Record):
    """A word under which content is found; tags form trees, and those at the top are categories, which content can't have."""
    id: str
    """Identifies the tag."""
    name: str
    """The word, unique among the tags below the same one."""
    parent_id: str | None
    """The tag above it; null at the top."""
    created_time: datetime
    """When it was made."""
    updated_time: datetime
    """When it was last changed."""
    def __init__(self, *, id: str | None = None, name: str | None = None, parent_id: str | None = None, created_time: datetime | None = None, updated_time: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, name: str = ..., parent_id: str = ...) -> ResourceList[Tag]:
        """List the tags of the server."""
    @classmethod
    def iter(cls, client: Client, *, name: str = ..., parent_id: str = ...) -> ResourceIterator[Tag]:
        """List the tags of the server."""
    @classmethod
    def count(cls, client: Client, *, name: str = ..., parent_id: str = ...) -> int:
        """List the tags of the server."""
    @classmethod
    def get_one(cls, client: Client, tag_id: str) -> Tag:
        """Read one tag; in place of its id the names down to it will do, with commas between them."""
    def refresh(self) -> Tag:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, name: str, *, parent_id: str | None = ...) -> Tag:
        """Make a tag; without `parent_id` it is a category."""
    def update(self, *, name: str = ..., parent_id: str | None = ...) -> Tag:
        """Rename the tag, or put it below another one."""
    def delete(self) -> None:
        """Remove the tag with all tags below it."""
    def list_content(self) -> ResourceList[Content]:
        """List the content with this tag; administrators also get what they could not open."""
    @property
    def parent(self) -> One[Tag]:
        """The tag above it."""
    @property
    def children(self) -> TagCollection:
        """The tags right below it."""

class Task(TaskMixin, Record):
    """Work that goes on on the server, such as a deployment, and its log."""
    id: str
    """Identifies the task."""
    output: list[str]
    """Lines of the log, from the position asked for."""
    result: Any
    """What came of it, by the kind of task; null for deployments."""
    finished: bool
    """Whether it has ended, well or not."""
    code: int
    """Its exit code; 0 unless it failed."""
    error: str
    """Why it failed; empty if it did not."""
    last: int
    """How many lines the log has by now: the position to ask from next."""
    def __init__(self, *, id: str | None = None, output: list[str] | None = None, result: Any = None, finished: bool | None = None, code: int | None = None, error: str | None = None, last: int | None = None) -> None: ...
    @classmethod
    def get_one(cls, client: Client, task_id: str, *, first: int = ..., wait: int = ...) -> Task:
        """Read how a task stands and what it has logged."""
    def refresh(self, *, first: int = ..., wait: int = ...) -> Task:
        """Read this record anew, in place."""

class TimeZone(Record):
    """A time zone that the server knows, for schedules."""
    timezone: str
    """Its name, such as America/New_York."""
    offset: str
    """How far it is from UTC at present, such as -04:00."""
    def __init__(self, *, timezone: str | None = None, offset: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[TimeZone]:
        """List the time zones that the server knows."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[TimeZone]:
        """List the time zones that the server knows."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the time zones that the server knows."""

class User(Record):
    """A person, or a program that acts like one, with an account on the server."""
    email: str
    """The e-mail address; the server may hide it from all but administrators."""
    username: str
    """The name that the user signs in with."""
    first_name: str
    """The user's first name."""
    last_name: str
    """The user's last name."""
    user_role: Literal['administrator', 'publisher', 'viewer']
    """What the user may do on the server."""
    created_time: datetime
    """When the account was made."""
    updated_time: datetime
    """When the account was last changed."""
    active_time: datetime | None
    """About when the user was last there; null if never."""
    confirmed: bool
    """False while the user has yet to confirm the account by e-mail, where the server keeps the passwords."""
    locked: bool
    """Whether the account is shut."""
    external_id: str
    """What the authentication provider calls the user; told to administrators and the user only."""
    guid: str
    """Identifies the user."""
    def __init__(self, *, email: str | None = None, username: str | None = None, first_name: str | None = None, last_name: str | None = None, user_role: Literal['administrator', 'publisher', 'viewer'] | None = None, created_time: datetime | None = None, updated_time: datetime | None = None, active_time: datetime | None = None, confirmed: bool | None = None, locked: bool | None = None, external_id: str | None = None, guid: str | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client, *, prefix: str = ..., asc_order: bool = ..., sort: Literal['first_name', 'last_name', 'username', 'active_time', 'created_time', 'user_role'] = ..., user_role: Sequence[Literal['administrator', 'publisher', 'viewer']] | Literal['administrator', 'publisher', 'viewer'] = ..., account_status: Sequence[Literal['locked', 'licensed', 'inactive']] | Literal['locked', 'licensed', 'inactive'] = ..., page_size: int | None = ...) -> ResourceList[User]:
        """List the users of the server."""
    @classmethod
    def iter(cls, client: Client, *, prefix: str = ..., asc_order: bool = ..., sort: Literal['first_name', 'last_name', 'username', 'active_time', 'created_time', 'user_role'] = ..., user_role: Sequence[Literal['administrator', 'publisher', 'viewer']] | Literal['administrator', 'publisher', 'viewer'] = ..., account_status: Sequence[Literal['locked', 'licensed', 'inactive']] | Literal['locked', 'licensed', 'inactive'] = ..., page_size: int | None = ...) -> ResourceIterator[User]:
        """List the users of the server."""
    @classmethod
    def count(cls, client: Client, *, prefix: str = ..., asc_order: bool = ..., sort: Literal['first_name', 'last_name', 'username', 'active_time', 'created_time', 'user_role'] = ..., user_role: Sequence[Literal['administrator', 'publisher', 'viewer']] | Literal['administrator', 'publisher', 'viewer'] = ..., account_status: Sequence[Literal['locked', 'licensed', 'inactive']] | Literal['locked', 'licensed', 'inactive'] = ...) -> int:
        """List the users of the server."""
    @classmethod
    def get_one(cls, client: Client, user_guid: str) -> User:
        """Read one user."""
    def refresh(self) -> User:
        """Read this record anew, in place."""
    @classmethod
    def create(cls, client: Client, username: str, *, email: str = ..., first_name: str = ..., last_name: str = ..., user_role: Literal['administrator', 'publisher', 'viewer'] = ..., external_id: str = ..., user_must_set_password: bool = ..., password: str = ..., unique_id: str = ...) -> User:
        """Add a user whose account the server is told about, which is not for LDAP and Google OAuth2; see `create_remote` for those."""
    def update(self, *, email: str = ..., username: str = ..., first_name: str = ..., last_name: str = ..., user_role: Literal['administrator', 'publisher', 'viewer'] = ...) -> User:
        """Users may change themselves and administrators everyone, as far as the authentication provider leaves it to the server."""
    @classmethod
    def whoami(cls, client: Client) -> User:
        """Read the user who calls, by the API key of the client."""
    @classmethod
    def create_remote(cls, client: Client, temp_ticket: str) -> User:
        """Add a user from LDAP or Google OAuth2."""
    @classmethod
    def search_remote(cls, client: Client, *, prefix: str = ..., limit: int = ...) -> ResourceList[UserWithTicket]:
        """Find users in LDAP or Google OAuth2, whether or not they have an account here."""
    def set_lock(self, locked: bool | None) -> None:
        """Shut the account or open it again; opening takes a free seat of the licence. The record itself is not read anew."""
    @property
    def content(self) -> ContentCollection:
        """The content that the user owns."""
    @property
    def keys(self) -> ApiKeyCollection:
        """The API keys of the user; one sees just one's own."""

class Vanity(Record):
    """A path of its own on the server, by which content is reached beside its guid."""
    content_guid: str
    """The content."""
    path: str
    """The path, such as /sales/report/."""
    created_time: datetime
    """When it was set."""
    def __init__(self, *, content_guid: str | None = None, path: str | None = None, created_time: datetime | None = None) -> None: ...
    @classmethod
    def get(cls, client: Client) -> ResourceList[Vanity]:
        """List the paths of all content."""
    @classmethod
    def iter(cls, client: Client) -> ResourceIterator[Vanity]:
        """List the paths of all content."""
    @classmethod
    def count(cls, client: Client) -> int:
        """List the paths of all content."""
    @classmethod
    def get_one(cls, client: Client, content_guid: str) -> Vanity:
        """Read the path of one content item; not found if it has none."""
    def refresh(self) -> Vanity:
        """Read this record anew, in place."""
    def update(self, *, path: str = ..., force: bool = ...) -> Vanity:
        """Set the path, whether or not there was one; the server may leave this to administrators."""
    def delete(self) -> None:
        """Remove the path; the server may leave this to administrators."""
    @property
    def content(self) -> One[Content]:
        """The content."""

class Variant(Record):
    """One variant of a report as a search across all content finds it; see AppVariant for what can be done with one."""
    content_guid: str
    """The report."""
    content_name: str
    """The report's name."""
    content_title: str | None
    """The report's title; null if it has none."""
    variant_key: str
    """Identifies the variant among those of the report."""
    variant_name: str
    """What people call the variant."""
    is_default: bool
    """Whether it is the variant that is shown first."""
    created_time: datetime
    """When it was made."""
    render_time: datetime | None
    """When it was last rendered; null if never."""
    failures: int
    """How many renderings failed; a filter `failed:>=` limits which count."""
    last_failed: datetime | None
    """When one last failed; null if none did, within such a filter."""
    skips: int
    """How many scheduled renderings were skipped; a filter `skipped:>=` limits which count."""
    last_skipped: datetime | None
    """When one was last skipped; null if none was, within such a filter."""
    schedule: VariantSchedule | None
    """When it is rendered by itself; null if it is not."""
    def __init__(self, *, content_guid: str | None = None, content_name: str | None = None, content_title: str | None = None, variant_key: str | None = None, variant_name: str | None = None, is_default: bool | None = None, created_time: datetime | None = None, render_time: datetime | None = None, failures: int | None = None, last_failed: datetime | None = None, skips: int | None = None, last_skipped: datetime | None = None, schedule: VariantSchedule | None = None) -> None: ...
    @classmethod
    def search(cls, client: Client, *, q: str = ..., include: Sequence[Literal['schedule']] | Literal['schedule'] = ..., sort: str = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[Variant]:
        """Find variants of reports; private ones are found by their owner alone, and those made for one visit by nobody."""
    @property
    def content(self) -> One[Content]:
        """The report."""

class ApiKeyCollection(Collection):
    """A key with which programs act as the user it belongs to."""
    def get(self, *, user_guid: str = ...) -> ResourceList[ApiKey]:
        """Only a user's own keys can be listed."""
    def iter(self, *, user_guid: str = ...) -> ResourceIterator[ApiKey]:
        """Only a user's own keys can be listed."""
    def count(self, *, user_guid: str = ...) -> int:
        """Only a user's own keys can be listed."""
    def get_one(self, api_key_id: str, *, user_guid: str = ...) -> ApiKey:
        """Read one key; the secret itself is not in the answer."""
    def create(self, name: str, *, user_guid: str = ..., user_role: Literal['administrator', 'publisher', 'viewer'] = ..., expires_at: datetime | None = ...) -> ApiKey:
        """Make a key for oneself; anyone else's guid is refused. Keep the key: it is shown this once."""
    def delete(self, api_key_id: str, *, user_guid: str = ...) -> None:
        """Revoke the key."""

class AppVariantCollection(Collection):
    """One set of parameters of a report, with the renderings made from it; every report has at least the default one."""
    def get(self, *, content_guid: str = ...) -> ResourceList[AppVariant]:
        """List the variants of a report."""
    def iter(self, *, content_guid: str = ...) -> ResourceIterator[AppVariant]:
        """List the variants of a report."""
    def count(self, *, content_guid: str = ...) -> int:
        """List the variants of a report."""
    def get_one(self, variant_id: int) -> AppVariant:
        """Read one variant."""
    def render(self, variant_id: str, *, email: Literal['none', 'me', 'collaborators', 'collaborators_viewers'] = ..., activate: bool = ...) -> Task:
        """Render the variant anew, in a task on the server."""
    def renderings(self, variant_id: str) -> ResourceList[Rendering]:
        """List the renderings that the server keeps."""
    def subscribers(self, variant_id: str) -> ResourceList[Any]:
        """List the users who asked for each new rendering by e-mail."""
    def add_subscribers(self, variant_id: str, user_guids: Sequence[str]) -> None:
        """Send each new rendering to more users by e-mail."""
    def remove_subscriber(self, variant_id: str, user_guid: str) -> None:
        """Stop sending renderings to a user."""
    def send_mail(self, variant_id: str, email: Literal['me', 'collaborators', 'collaborators_viewers'], rendering_id: int) -> None:
        """Send a rendering by e-mail now."""

class ApplicationCollection(Collection):
    """A content item in its former form, which is how some clients still look for content."""
    def get(self, *, filter: Sequence[str] | str = ..., search: str = ..., count: int = ...) -> ResourceList[Application]:
        """List content that the caller may see, the newest first."""
    def iter(self, *, filter: Sequence[str] | str = ..., search: str = ..., count: int = ...) -> ResourceIterator[Application]:
        """List content that the caller may see, the newest first."""
    def count(self, *, filter: Sequence[str] | str = ..., search: str = ..., count: int = ...) -> int:
        """List content that the caller may see, the newest first."""
    def get_one(self, application_id: int) -> Application:
        """Read one content item, by its number or its guid."""

class AuditLogCollection(Collection):
    """One thing that somebody did on the server, as its audit log has it."""
    def get(self, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[AuditLog]:
        """Read the whole log, in the order of time."""
    def iter(self, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[AuditLog]:
        """Read the whole log, in the order of time."""
    def count(self, *, asc_order: bool = ...) -> int:
        """Read the whole log, in the order of time."""
    def search(self, *, q: str | Search = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[AuditLog]:
        """Find entries by words and filters."""
    def list_actions(self) -> ResourceList[AuditActionResult]:
        """List the kinds of things that the log records."""

class BootstrapCollection(Collection):
    """The first administrator of a server that has no users yet, made without a browser."""
    def create(self, authorization: str) -> Bootstrap:
        """Make the first administrator; refused as soon as the server has a user."""
    def create_experimental(self, authorization: str) -> Bootstrap:
        """The same at its former path, for servers that do not have the newer one."""

class BundleCollection(Collection):
    """One upload of everything that content is made of."""
    def get(self, *, content_guid: str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[Bundle]:
        """List the bundles of the content."""
    def iter(self, *, content_guid: str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[Bundle]:
        """List the bundles of the content."""
    def count(self, *, content_guid: str = ..., asc_order: bool = ...) -> int:
        """List the bundles of the content."""
    def get_one(self, bundle_id: str, *, content_guid: str = ...) -> Bundle:
        """Read one bundle."""
    def create(self, archive: BinarySource | None = ..., *, content_guid: str = ..., url: str = ..., checksum: str = ...) -> Bundle:
        """Upload a bundle, which is not in use before it is deployed; also administrators must be collaborators for that."""
    def delete(self, bundle_id: str, *, content_guid: str = ...) -> None:
        """Remove the bundle; the one in use can't be removed."""
    def download(self, bundle_id: str, *, content_guid: str = ..., to: BinarySink) -> Path | None:
        """Save the archive, a gzipped tar; collaborators alone may."""
    def list_files(self, bundle_id: str, *, content_guid: str = ...) -> Any:
        """List the files in the bundle, in the server's own form."""
    def read_file(self, bundle_id: str, path: str, *, content_guid: str = ...) -> BundleFileContent:
        """Read one file of the bundle, by its path in it."""

class ContentCollection(Collection):
    """Something published on the server: an app, an API, a report, a site, a pin."""
    def get(self, *, name: str = ..., owner_guid: str = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> ResourceList[Content]:
        """List the content that the caller may see; for administrators that is all of it."""
    def iter(self, *, name: str = ..., owner_guid: str = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> ResourceIterator[Content]:
        """List the content that the caller may see; for administrators that is all of it."""
    def count(self, *, name: str = ..., owner_guid: str = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> int:
        """List the content that the caller may see; for administrators that is all of it."""
    def get_one(self, content_guid: str, *, include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ...) -> Content:
        """Read one content item."""
    def create(self, name: str, *, title: str | None = ..., description: str = ..., access_type: Literal['all', 'logged_in', 'acl'] = ..., connection_timeout: int | None = ..., read_timeout: int | None = ..., init_timeout: int | None = ..., idle_timeout: int | None = ..., max_processes: int | None = ..., min_processes: int | None = ..., max_conns_per_process: int | None = ..., load_factor: float | None = ..., run_as: str | None = ..., run_as_current_user: bool = ..., memory_request: int | None = ..., memory_limit: int | None = ..., cpu_request: float | None = ..., cpu_limit: float | None = ..., amd_gpu_limit: int | None = ..., nvidia_gpu_limit: int | None = ..., service_account_name: str | None = ..., default_image_name: str | None = ..., default_environment_guid: str | None = ..., default_r_environment_management: bool | None = ..., default_py_environment_management: bool | None = ..., metrics_collection_enabled: bool | None = ..., notify_on_share: bool | None = ..., otel_enabled: bool = ...) -> Content:
        """Make content that has nothing in it yet; upload a bundle next, then deploy it."""
    def update(self, content_guid: str, *, name: str = ..., title: str | None = ..., description: str = ..., access_type: Literal['all', 'logged_in', 'acl'] = ..., connection_timeout: int | None = ..., read_timeout: int | None = ..., init_timeout: int | None = ..., idle_timeout: int | None = ..., max_processes: int | None = ..., min_processes: int | None = ..., max_conns_per_process: int | None = ..., load_factor: float | None = ..., content_category: Literal['', 'plot', 'pin', 'site', 'mcp'] = ..., run_as: str | None = ..., run_as_current_user: bool = ..., owner_guid: str = ..., locked: bool = ..., locked_message: str = ..., memory_request: int | None = ..., memory_limit: int | None = ..., cpu_request: float | None = ..., cpu_limit: float | None = ..., amd_gpu_limit: int | None = ..., nvidia_gpu_limit: int | None = ..., service_account_name: str | None = ..., default_image_name: str | None = ..., default_environment_guid: str | None = ..., default_r_environment_management: bool | None = ..., default_py_environment_management: bool | None = ..., metrics_collection_enabled: bool | None = ..., notify_on_share: bool | None = ..., otel_enabled: bool = ...) -> Content:
        """Change settings of the content; its collaborators may."""
    def delete(self, content_guid: str) -> None:
        """Remove the content with all its bundles, files and records."""
    def test_access(self, content_guid: str) -> AccessTestResult:
        """Try whether anonymous visitors can open an app that is shared with everyone; needs a licence for public access."""
    def deploy(self, content_guid: str, *, bundle_id: str | None = ..., activate: bool | None = ...) -> Task:
        """Deploy a bundle, in a task on the server."""
    def build(self, content_guid: str, *, bundle_id: str | None = ..., activate: bool | None = ...) -> Task:
        """Install what a bundle needs without rendering it anew, in a task on the server."""
    def render(self, content_guid: str, variant_key: str | None = ...) -> Task:
        """Render a report anew, in a task on the server; viewers need the server's leave for that."""
    def list_environment(self, content_guid: str) -> ResourceList[str]:
        """List the names of its environment variables; no call gives their values."""
    def set_environment(self, content_guid: str, variables: Sequence[EnvironmentVariable | Mapping[str, Any]]) -> ResourceList[str]:
        """Replace all environment variables, and list the names of those it has now."""
    def change_environment(self, content_guid: str, variables: Sequence[EnvironmentVariable | Mapping[str, Any]]) -> ResourceList[str]:
        """Change some environment variables, and list the names of those it has now."""
    def download_lockfile(self, content_guid: str, *, to: BinarySink) -> Path | None:
        """Save the exact Python packages of the bundle in use, as a requirements file; the server must have installed them."""
    def list_associations(self, content_guid: str) -> ResourceList[OAuthIntegrationAssociation]:
        """List the OAuth integrations that it uses."""
    def set_associations(self, content_guid: str, associations: Sequence[OAuthIntegrationAssociationInput | Mapping[str, Any]]) -> None:
        """Replace the OAuth integrations that it uses."""
    def list_packages(self, content_guid: str) -> ResourceList[ContentPackage]:
        """List the packages it was installed with, by language and name; none before the first deployment."""
    def get_repository(self, content_guid: str) -> GitLocation:
        """Read which git repository it is deployed from."""
    def set_repository(self, content_guid: str, *, repository: str = ..., branch: str = ..., directory: str = ..., polling: bool = ...) -> GitLocation:
        """Have it deployed from a git repository."""
    def change_repository(self, content_guid: str, *, repository: str = ..., branch: str = ..., directory: str = ..., polling: bool = ...) -> GitLocation:
        """Change some of what is set about its git repository."""
    def delete_repository(self, content_guid: str) -> None:
        """Forget the git repository; the content stays."""
    def set_thumbnail(self, content_guid: str, image: BinarySource) -> None:
        """Upload the small image that stands for it in lists."""
    def delete_thumbnail(self, content_guid: str) -> None:
        """Remove the small image that stands for it in lists."""
    def search(self, *, q: str | Search = ..., include: Sequence[Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule']] | Literal['tags', 'owner', 'vanity_url', 'bookmarked', 'schedule'] = ..., sort: str = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[Content]:
        """Find content by words and filters; the list's `meta` has warnings of filters that the server could not read."""
    def list_tags(self, content_guid: str) -> ResourceList[Tag]:
        """List its tags."""
    def add_tag(self, content_guid: str, tag_id: str) -> None:
        """Put a tag on it, and with the tag all those above it."""
    def remove_tag(self, content_guid: str, tag_id: str) -> None:
        """Take a tag off it, and with the tag all those below it."""
    def get_bookmark(self, content_guid: str) -> Bookmark:
        """Read one's own bookmark of it; not found if there is none."""
    def add_bookmark(self, content_guid: str) -> None:
        """Make a bookmark of it for oneself."""
    def remove_bookmark(self, content_guid: str) -> None:
        """Remove one's own bookmark of it."""
    def schedule_history(self, content_guid: str, *, variant: str = ...) -> ResourceList[VariantScheduleHistory]:
        """List how the schedules of its variants were changed, up to 100 changes a variant."""
    def storage(self, content_guid: str) -> ContentStorageDetail:
        """Read how much disk space its bundles take."""

class ContentHitCollection(Collection):
    """One time that somebody opened a content item, of any kind."""
    def get(self, *, content_guid: Sequence[str] | str = ..., start: datetime = ..., end: datetime = ...) -> ResourceList[ContentHit]:
        """List hits, all in one answer; a publisher gets those of own content only."""
    def iter(self, *, content_guid: Sequence[str] | str = ..., start: datetime = ..., end: datetime = ...) -> ResourceIterator[ContentHit]:
        """List hits, all in one answer; a publisher gets those of own content only."""
    def count(self, *, content_guid: Sequence[str] | str = ..., start: datetime = ..., end: datetime = ...) -> int:
        """List hits, all in one answer; a publisher gets those of own content only."""

class ContentStorageCollection(Collection):
    """How much disk space the bundles of one content item take."""
    def get(self, *, sort: Literal['bundle_bytes_total', 'bundle_bytes_active', 'bundle_bytes_inactive', 'bundle_count'] = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[ContentStorage]:
        """List all content by the disk space it takes."""
    def iter(self, *, sort: Literal['bundle_bytes_total', 'bundle_bytes_active', 'bundle_bytes_inactive', 'bundle_count'] = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceIterator[ContentStorage]:
        """List all content by the disk space it takes."""
    def count(self, *, sort: Literal['bundle_bytes_total', 'bundle_bytes_active', 'bundle_bytes_inactive', 'bundle_count'] = ..., order: Literal['asc', 'desc'] = ...) -> int:
        """List all content by the disk space it takes."""

class ContentVisitCollection(Collection):
    """One time that somebody opened a content item that is not a Shiny app."""
    def get(self, *, content_guid: str = ..., min_data_version: int = ..., user_agent: str = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[ContentVisit]:
        """List visits; a publisher gets those of own content only."""
    def iter(self, *, content_guid: str = ..., min_data_version: int = ..., user_agent: str = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[ContentVisit]:
        """List visits; a publisher gets those of own content only."""
    def count(self, *, content_guid: str = ..., min_data_version: int = ..., user_agent: str = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ...) -> int:
        """List visits; a publisher gets those of own content only."""

class CustomDocumentationCollection(Collection):
    """A page of the administrators' own in the server's documentation."""
    def get_one(self) -> CustomDocumentation:
        """Read the page; a `NotFoundError` says that there is none."""
    def create(self, content: str, *, created_time: datetime = ...) -> None:
        """Set the page, in place of the one before."""
    def delete(self) -> None:
        """Remove the page; a `NotFoundError` says that there was none."""

class EnvironmentCollection(Collection):
    """A container image in which content can run, on servers that run it off the host."""
    def get(self) -> ResourceList[Environment]:
        """List the environments of the server."""
    def iter(self) -> ResourceIterator[Environment]:
        """List the environments of the server."""
    def count(self) -> int:
        """List the environments of the server."""
    def get_one(self, environment_guid: str) -> Environment:
        """Read one environment."""
    def create(self, cluster_name: str, name: str, *, title: str | None = ..., description: str | None = ..., matching: Literal['any', 'exact', 'none'] | None = ..., supervisor: str | None = ..., python: Installations | Mapping[str, Any] = ..., nodejs: Installations | Mapping[str, Any] = ..., quarto: Installations | Mapping[str, Any] = ..., r: Installations | Mapping[str, Any] = ..., tensorflow: Installations | Mapping[str, Any] = ..., volume_mounts: Sequence[VolumeMount | Mapping[str, Any]] = ...) -> Environment:
        """Register an image as an environment."""
    def update(self, environment_guid: str, *, title: str | None = ..., description: str | None = ..., matching: Literal['any', 'exact', 'none'] | None = ..., supervisor: str | None = ..., python: Installations | Mapping[str, Any] = ..., nodejs: Installations | Mapping[str, Any] = ..., quarto: Installations | Mapping[str, Any] = ..., r: Installations | Mapping[str, Any] = ..., tensorflow: Installations | Mapping[str, Any] = ..., volume_mounts: Sequence[VolumeMount | Mapping[str, Any]] = ...) -> Environment:
        """Refused if a configuration file manages the environment."""
    def delete(self, environment_guid: str) -> None:
        """Remove the environment; refused if a configuration file manages it."""

class EnvironmentPermissionCollection(Collection):
    """Leave for one user or one group to use an environment."""
    def get(self, *, environment_guid: str = ...) -> ResourceList[EnvironmentPermission]:
        """List who may use an environment."""
    def iter(self, *, environment_guid: str = ...) -> ResourceIterator[EnvironmentPermission]:
        """List who may use an environment."""
    def count(self, *, environment_guid: str = ...) -> int:
        """List who may use an environment."""
    def get_one(self, environment_permission_guid: str, *, environment_guid: str = ...) -> EnvironmentPermission:
        """Read one permission."""
    def create(self, *, environment_guid: str = ..., user_guid: str | None = ..., group_guid: str | None = ...) -> EnvironmentPermission:
        """Give leave to a user or to a group: exactly one of the two guids."""
    def delete(self, environment_permission_guid: str, *, environment_guid: str = ...) -> None:
        """Take the leave back."""

class ExampleCollection(Collection):
    """A piece of content that the server offers for trying out. The calls are deprecated."""
    def get(self) -> ResourceList[Example]:
        """List the examples."""
    def iter(self) -> ResourceIterator[Example]:
        """List the examples."""
    def count(self) -> int:
        """List the examples."""
    def thumbnail(self, example_name: str, *, to: BinarySink) -> Path | None:
        """Download a picture of the example."""
    def download(self, example_name: str, *, to: BinarySink) -> Path | None:
        """Download the example's files as a ZIP archive."""

class FeatureCollection(Collection):
    """A feature of the server, and whether anyone uses it."""
    def get(self) -> ResourceList[Feature]:
        """List the features that the server keeps track of."""
    def iter(self) -> ResourceIterator[Feature]:
        """List the features that the server keeps track of."""
    def count(self) -> int:
        """List the features that the server keeps track of."""

class GroupCollection(Collection):
    """A number of users with whom content is shared at once."""
    def get(self, *, prefix: str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[Group]:
        """List the groups of the server."""
    def iter(self, *, prefix: str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[Group]:
        """List the groups of the server."""
    def count(self, *, prefix: str = ..., asc_order: bool = ...) -> int:
        """List the groups of the server."""
    def get_one(self, group_guid: str) -> Group:
        """Read one group."""
    def create(self, name: str, *, gid: int | None = ..., unique_id: str = ...) -> Group:
        """Add a group that the server keeps itself, which is not for LDAP; see `create_remote` for that."""
    def update(self, group_guid: str, *, name: str = ..., owner_guid: str | None = ..., gid: int | None = ...) -> Group:
        """Its owner and administrators may; which fields, depends on the authentication provider."""
    def delete(self, group_guid: str) -> None:
        """Remove the group; its members stay users."""
    def create_remote(self, temp_ticket: str) -> Group:
        """Add a group from LDAP."""
    def search_remote(self, *, prefix: str = ..., limit: int = ...) -> ResourceList[GroupWithTicket]:
        """Find groups in LDAP, whether or not they are on this server."""
    def replace(self, group_guid: str, *, name: str = ..., owner_guid: str = ...) -> Group:
        """Change name and owner as servers took it before there was `update`; not for LDAP."""
    def list_content(self, group_guid: str) -> ResourceList[GroupOwnershipContent]:
        """List the content that is shared with the group. The call is experimental: the server may change or drop it."""

class GroupMemberCollection(Collection):
    """A user as a member of a group."""
    def get(self, *, group_guid: str = ..., sort: Literal['first_name', 'user_role', 'active_time'] = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[GroupMember]:
        """List the members of the group; not for LDAP."""
    def iter(self, *, group_guid: str = ..., sort: Literal['first_name', 'user_role', 'active_time'] = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[GroupMember]:
        """List the members of the group; not for LDAP."""
    def count(self, *, group_guid: str = ..., sort: Literal['first_name', 'user_role', 'active_time'] = ..., asc_order: bool = ...) -> int:
        """List the members of the group; not for LDAP."""
    def create(self, user_guid: str, *, group_guid: str = ...) -> None:
        """Put a user into the group; its owner and administrators may, unless the authentication provider says who is in."""
    def delete(self, user_guid: str, *, group_guid: str = ...) -> None:
        """Take the user out of the group; members may leave, unless the authentication provider says who is in."""

class HostCollection(Collection):
    """A machine that runs, or once ran, this server."""
    def get(self, *, active: bool = ...) -> ResourceList[Host]:
        """List the machines, those that have gone among them."""
    def iter(self, *, active: bool = ...) -> ResourceIterator[Host]:
        """List the machines, those that have gone among them."""
    def count(self, *, active: bool = ...) -> int:
        """List the machines, those that have gone among them."""

class JobCollection(Collection):
    """A process that the server ran or runs for content, such as one of an app or the rendering of a report."""
    def get(self, *, content_guid: str = ...) -> ResourceList[Job]:
        """List the jobs of the content; its owner and collaborators may."""
    def iter(self, *, content_guid: str = ...) -> ResourceIterator[Job]:
        """List the jobs of the content; its owner and collaborators may."""
    def count(self, *, content_guid: str = ...) -> int:
        """List the jobs of the content; its owner and collaborators may."""
    def get_one(self, job_key: str, *, content_guid: str = ...) -> Job:
        """Read one job."""
    def kill(self, job_key: str, *, content_guid: str = ...) -> KillJobOrder:
        """Order the job to be ended; it goes on until the server comes to it."""
    def download_log(self, job_key: str, *, content_guid: str = ..., filename: str = ..., to: BinarySink) -> Path | None:
        """Save the whole log as a text file."""
    def get_error(self, job_key: str, *, content_guid: str = ...) -> LoggedError | None:
        """Read the error in the log that matters most; None if there is none."""
    def log(self, job_key: str, *, content_guid: str = ..., max_lines: int = ...) -> ResourceList[LogEntry]:
        """List the lines of the log."""
    def tail(self, job_key: str, *, content_guid: str = ...) -> LogEntry:
        """Read what a running job logs next."""
    def metrics(self, job_key: str, *, content_guid: str = ..., start: datetime = ..., end: datetime = ...) -> JobMetrics:
        """Read what the job took of its machine; the server must be set to record that for each content item."""
    def summary(self, *, start: datetime = ..., end: datetime = ...) -> JobSummary:
        """Count scheduled jobs: for administrators all, else those one may edit. The server may change or drop this call."""

class MetricsCollection(Collection):
    """Figures about the server as a whole."""
    def active_users(self) -> ActiveUsersResponse:
        """Count the users who were active in the last 1, 7, 30 and 365 days."""

class OAuthClientCollection(Collection):
    """A program that has registered with the server to sign people in by OAuth."""
    def get(self, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[OAuthClient]:
        """List the programs that have registered."""
    def iter(self, *, asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[OAuthClient]:
        """List the programs that have registered."""
    def count(self, *, asc_order: bool = ...) -> int:
        """List the programs that have registered."""
    def get_one(self, client_id: str) -> OAuthClient:
        """Read one of them."""
    def delete(self, client_id: str) -> None:
        """Remove the registration; the program must register anew."""

class OAuthIntegrationCollection(Collection):
    """A way for content to sign in to an outside service, on behalf of its viewers or of a service account."""
    def get(self) -> ResourceList[OAuthIntegration]:
        """List the integrations of the server."""
    def iter(self) -> ResourceIterator[OAuthIntegration]:
        """List the integrations of the server."""
    def count(self) -> int:
        """List the integrations of the server."""
    def get_one(self, oauth_integration_guid: str) -> OAuthIntegration:
        """Read one integration."""
    def create(self, template: str, config: Mapping[str, Any], *, name: str | None = ..., description: str | None = ..., permissions: Sequence[OAuthIntegrationPermissionInput | Mapping[str, Any]] | None = ...) -> OAuthIntegration:
        """Make an integration from a template."""
    def update(self, oauth_integration_guid: str, *, name: str | None = ..., description: str | None = ..., config: Mapping[str, Any] = ..., permissions: Sequence[OAuthIntegrationPermissionInput | Mapping[str, Any]] | None = ...) -> OAuthIntegration:
        """The template stays as it is."""
    def delete(self, oauth_integration_guid: str) -> None:
        """Remove the integration; content that uses it is left without."""
    def associations(self, oauth_integration_guid: str) -> ResourceList[OAuthIntegrationAssociation]:
        """List the content that uses the integration."""
    def verify(self, oauth_integration_guid: str) -> None:
        """Try whether a service account can sign in; a `BadRequestError` says that it can't, or that it is none."""
    def exchange(self, grant_type: Literal['urn:ietf:params:oauth:grant-type:token-exchange'], subject_token: str, subject_token_type: str, *, audience: str = ..., requested_token_type: str = ...) -> OAuthCredentials:
        """Get credentials for an outside service, from inside content that runs on the server; viewers must have signed in there. It takes the key of the content's owner; a CI's identity token needs none."""

class OAuthSessionCollection(Collection):
    """What ties a user to an outside service after signing in there through an integration."""
    def get(self, *, all: bool = ...) -> ResourceList[OAuthSession]:
        """List sessions."""
    def iter(self, *, all: bool = ...) -> ResourceIterator[OAuthSession]:
        """List sessions."""
    def count(self, *, all: bool = ...) -> int:
        """List sessions."""
    def get_one(self, oauth_session_guid: str) -> OAuthSession:
        """Read a session; other people's only as an administrator."""
    def delete(self, oauth_session_guid: str) -> None:
        """End a session; other people's only as an administrator."""

class OAuthTemplateCollection(Collection):
    """What the server knows of an outside service: the form that a new integration with it fills in."""
    def get(self) -> ResourceList[OAuthTemplate]:
        """List the services that the server knows."""
    def iter(self) -> ResourceIterator[OAuthTemplate]:
        """List the services that the server knows."""
    def count(self) -> int:
        """List the services that the server knows."""
    def get_one(self, oauth_template_id: str) -> OAuthTemplate:
        """Read one template."""

class PackageCollection(Collection):
    """A package of R or Python that a content item has installed."""
    def get(self, *, asc_order: bool = ..., name: str = ..., page_size: int | None = ...) -> ResourceList[Package]:
        """List the packages of all content by language and name; content whose packages the server does not manage is left out."""
    def iter(self, *, asc_order: bool = ..., name: str = ..., page_size: int | None = ...) -> ResourceIterator[Package]:
        """List the packages of all content by language and name; content whose packages the server does not manage is left out."""
    def count(self, *, asc_order: bool = ..., name: str = ...) -> int:
        """List the packages of all content by language and name; content whose packages the server does not manage is left out."""

class PermissionCollection(Collection):
    """What one user or one group may do with content."""
    def get(self, *, content_guid: str = ...) -> ResourceList[Permission]:
        """List who the content is shared with."""
    def iter(self, *, content_guid: str = ...) -> ResourceIterator[Permission]:
        """List who the content is shared with."""
    def count(self, *, content_guid: str = ...) -> int:
        """List who the content is shared with."""
    def get_one(self, permission_id: str, *, content_guid: str = ...) -> Permission:
        """Read one permission."""
    def create(self, principal_guid: str, principal_type: Literal['user', 'group'], role: str, *, content_guid: str = ..., send_email: bool = ...) -> Permission:
        """Share the content with a user or a group; one who has a permission gets the new role."""
    def update(self, permission_id: str, *, content_guid: str = ..., principal_guid: str = ..., principal_type: Literal['user', 'group'] = ..., role: str = ..., send_email: bool = ...) -> Permission:
        """The server takes the whole of the permission, so all of it is sent."""
    def delete(self, permission_id: str, *, content_guid: str = ...) -> None:
        """Take the permission away."""

class QueueItemCollection(Collection):
    """A piece of work that the server has put off until it has the means for it."""
    def get(self, *, queue_names: Sequence[str] | str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[QueueItem]:
        """List what waits and what is being worked on."""
    def iter(self, *, queue_names: Sequence[str] | str = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[QueueItem]:
        """List what waits and what is being worked on."""
    def count(self, *, queue_names: Sequence[str] | str = ..., asc_order: bool = ...) -> int:
        """List what waits and what is being worked on."""
    def delete(self, queue_item_id: str) -> None:
        """Take an item out of its queue; refused while it is being worked on."""

class RepositoryCollection(Collection):
    """What the server can do with the git repository behind a content item, beyond its settings."""
    def branches(self, content_guid: str) -> Any:
        """List the branches of the content's repository, in the server's own form."""
    def create_bundle(self, content_guid: str, *, repository: str = ..., ref: str = ..., directory: str = ...) -> RepositoryBundle:
        """Make a bundle from a git repository, in a task on the server; deploying it is another call."""

class RuntimeCacheCollection(Collection):
    """Packages that the server keeps for one version of R or Python in one environment."""
    def get(self) -> ResourceList[RuntimeCache]:
        """List the caches of packages."""
    def iter(self) -> ResourceIterator[RuntimeCache]:
        """List the caches of packages."""
    def count(self) -> int:
        """List the caches of packages."""
    def purge(self, language: Literal['R', 'Python'], version: str, image_name: str, *, dry_run: bool = ...) -> DeleteRuntimeCacheResponse:
        """Delete one cache, in a task on the server; content that needs its packages installs them anew."""

class ScheduleCollection(Collection):
    """When the server renders a variant of a report by itself."""
    def get(self, *, variant_id: str = ...) -> ResourceList[Schedule]:
        """Read the schedule of a variant, as a list: it has one or none."""
    def iter(self, *, variant_id: str = ...) -> ResourceIterator[Schedule]:
        """Read the schedule of a variant, as a list: it has one or none."""
    def count(self, *, variant_id: str = ...) -> int:
        """Read the schedule of a variant, as a list: it has one or none."""
    def create(self, type: Literal['minute', 'hour', 'day', 'weekday', 'week', 'dayofweek', 'semimonth', 'dayofmonth', 'dayweekofmonth', 'year'], schedule: str, timezone: str, start_time: datetime | None, *, variant_id: str = ..., app_id: int = ..., activate: bool = ..., email: bool = ..., end_time: datetime | None = ...) -> Schedule:
        """Set up the schedule of a variant."""
    def update(self, schedule_id: str, *, app_id: int = ..., variant_id: int = ..., activate: bool = ..., email: bool = ..., type: Literal['minute', 'hour', 'day', 'weekday', 'week', 'dayofweek', 'semimonth', 'dayofmonth', 'dayweekofmonth', 'year'] = ..., schedule: str = ..., timezone: str = ..., start_time: datetime | None = ..., end_time: datetime | None = ..., id: int = ..., content_id: int = ...) -> Schedule:
        """The server takes the whole of the schedule, so all of it is sent."""
    def delete(self, schedule_id: str) -> None:
        """Stop rendering by itself."""
    def calendar(self, *, start: datetime = ..., end: datetime = ..., detailed: bool = ...) -> ResourceList[Schedule]:
        """List all schedules that are due in a span of time. The call is experimental: the server may change or drop it."""

class ServerSettingsCollection(Collection):
    """What the server tells of itself."""
    def get_one(self) -> ServerSettings:
        """Read what the server tells of itself to the caller."""
    def public(self) -> PublicSettings:
        """Read what the server tells to everyone."""
    def python(self) -> PythonInfo:
        """List the Python versions of the server."""
    def r(self) -> ServerInstallations:
        """List the R versions of the server."""
    def quarto(self) -> ServerInstallations:
        """List the Quarto versions of the server."""
    def tensorflow(self) -> ServerInstallations:
        """List the TensorFlow versions of the server."""
    def nodejs(self) -> NodeJsInfo:
        """List the Node.js versions of the server."""

class ServerStorageCollection(Collection):
    """How much disk space content takes on the server."""
    def get_one(self) -> ServerStorage:
        """Read the totals."""

class ServiceAccountsCollection(Collection):
    """The Kubernetes service accounts under which content can run, on servers that run it off the host."""
    def get_one(self) -> ServiceAccounts:
        """Read which there are, as the server found them when it started."""

class ServiceTokenCollection(Collection):
    """A credential for a program that belongs to no user and may do only what its scopes allow."""
    def get(self) -> ResourceList[ServiceToken]:
        """List the tokens; the secrets themselves are not in the answer."""
    def iter(self) -> ResourceIterator[ServiceToken]:
        """List the tokens; the secrets themselves are not in the answer."""
    def count(self) -> int:
        """List the tokens; the secrets themselves are not in the answer."""
    def create(self, name: str, scopes: Sequence[str], *, expires_at: datetime | None = ...) -> ServiceToken:
        """Make a token. Keep its key: it is shown this once."""
    def delete(self, service_token_guid: str) -> None:
        """Revoke the token, at once."""
    def list_scopes(self) -> ResourceList[ServiceTokenScope]:
        """List what tokens can allow."""

class ShinyUsageCollection(Collection):
    """One session of somebody with a Shiny app."""
    def get(self, *, content_guid: str = ..., min_data_version: int = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceList[ShinyUsage]:
        """List sessions; a publisher gets those of own content only."""
    def iter(self, *, content_guid: str = ..., min_data_version: int = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ..., page_size: int | None = ...) -> ResourceIterator[ShinyUsage]:
        """List sessions; a publisher gets those of own content only."""
    def count(self, *, content_guid: str = ..., min_data_version: int = ..., start: datetime = ..., end: datetime = ..., asc_order: bool = ...) -> int:
        """List sessions; a publisher gets those of own content only."""

class SystemCheckRunCollection(Collection):
    """One run of the tests by which a server examines its own installation."""
    def get(self) -> ResourceList[SystemCheckRun]:
        """List the runs that the server remembers."""
    def iter(self) -> ResourceIterator[SystemCheckRun]:
        """List the runs that the server remembers."""
    def count(self) -> int:
        """List the runs that the server remembers."""
    def get_one(self, system_check_run_id: str) -> SystemCheckRun:
        """Read how far a run is."""
    def create(self, hostname: str = ...) -> SystemCheckRun:
        """Begin a run; the answer comes at once, so refresh it until its status is done."""
    def delete(self, system_check_run_id: str) -> None:
        """Forget a run and its results."""
    def results(self, system_check_run_id: str) -> SystemCheckRunResults:
        """Read the outcome of each test of a run."""

class TagCollection(Collection):
    """A word under which content is found; tags form trees, and those at the top are categories, which content can't have."""
    def get(self, *, name: str = ..., parent_id: str = ...) -> ResourceList[Tag]:
        """List the tags of the server."""
    def iter(self, *, name: str = ..., parent_id: str = ...) -> ResourceIterator[Tag]:
        """List the tags of the server."""
    def count(self, *, name: str = ..., parent_id: str = ...) -> int:
        """List the tags of the server."""
    def get_one(self, tag_id: str) -> Tag:
        """Read one tag; in place of its id the names down to it will do, with commas between them."""
    def create(self, name: str, *, parent_id: str | None = ...) -> Tag:
        """Make a tag; without `parent_id` it is a category."""
    def update(self, tag_id: str, *, name: str = ..., parent_id: str | None = ...) -> Tag:
        """Rename the tag, or put it below another one."""
    def delete(self, tag_id: str) -> None:
        """Remove the tag with all tags below it."""
    def list_content(self, tag_id: str) -> ResourceList[Content]:
        """List the content with this tag; administrators also get what they could not open."""

class TaskCollection(Collection):
    """Work that goes on on the server, such as a deployment, and its log."""
    def get_one(self, task_id: str, *, first: int = ..., wait: int = ...) -> Task:
        """Read how a task stands and what it has logged."""

class TimeZoneCollection(Collection):
    """A time zone that the server knows, for schedules."""
    def get(self) -> ResourceList[TimeZone]:
        """List the time zones that the server knows."""
    def iter(self) -> ResourceIterator[TimeZone]:
        """List the time zones that the server knows."""
    def count(self) -> int:
        """List the time zones that the server knows."""

class UserCollection(Collection):
    """A person, or a program that acts like one, with an account on the server."""
    def get(self, *, prefix: str = ..., asc_order: bool = ..., sort: Literal['first_name', 'last_name', 'username', 'active_time', 'created_time', 'user_role'] = ..., user_role: Sequence[Literal['administrator', 'publisher', 'viewer']] | Literal['administrator', 'publisher', 'viewer'] = ..., account_status: Sequence[Literal['locked', 'licensed', 'inactive']] | Literal['locked', 'licensed', 'inactive'] = ..., page_size: int | None = ...) -> ResourceList[User]:
        """List the users of the server."""
    def iter(self, *, prefix: str = ..., asc_order: bool = ..., sort: Literal['first_name', 'last_name', 'username', 'active_time', 'created_time', 'user_role'] = ..., user_role: Sequence[Literal['administrator', 'publisher', 'viewer']] | Literal['administrator', 'publisher', 'viewer'] = ..., account_status: Sequence[Literal['locked', 'licensed', 'inactive']] | Literal['locked', 'licensed', 'inactive'] = ..., page_size: int | None = ...) -> ResourceIterator[User]:
        """List the users of the server."""
    def count(self, *, prefix: str = ..., asc_order: bool = ..., sort: Literal['first_name', 'last_name', 'username', 'active_time', 'created_time', 'user_role'] = ..., user_role: Sequence[Literal['administrator', 'publisher', 'viewer']] | Literal['administrator', 'publisher', 'viewer'] = ..., account_status: Sequence[Literal['locked', 'licensed', 'inactive']] | Literal['locked', 'licensed', 'inactive'] = ...) -> int:
        """List the users of the server."""
    def get_one(self, user_guid: str) -> User:
        """Read one user."""
    def create(self, username: str, *, email: str = ..., first_name: str = ..., last_name: str = ..., user_role: Literal['administrator', 'publisher', 'viewer'] = ..., external_id: str = ..., user_must_set_password: bool = ..., password: str = ..., unique_id: str = ...) -> User:
        """Add a user whose account the server is told about, which is not for LDAP and Google OAuth2; see `create_remote` for those."""
    def update(self, user_guid: str, *, email: str = ..., username: str = ..., first_name: str = ..., last_name: str = ..., user_role: Literal['administrator', 'publisher', 'viewer'] = ...) -> User:
        """Users may change themselves and administrators everyone, as far as the authentication provider leaves it to the server."""
    def whoami(self) -> User:
        """Read the user who calls, by the API key of the client."""
    def create_remote(self, temp_ticket: str) -> User:
        """Add a user from LDAP or Google OAuth2."""
    def search_remote(self, *, prefix: str = ..., limit: int = ...) -> ResourceList[UserWithTicket]:
        """Find users in LDAP or Google OAuth2, whether or not they have an account here."""
    def set_lock(self, user_guid: str, locked: bool | None) -> None:
        """Shut the account or open it again; opening takes a free seat of the licence. The record itself is not read anew."""

class VanityCollection(Collection):
    """A path of its own on the server, by which content is reached beside its guid."""
    def get(self) -> ResourceList[Vanity]:
        """List the paths of all content."""
    def iter(self) -> ResourceIterator[Vanity]:
        """List the paths of all content."""
    def count(self) -> int:
        """List the paths of all content."""
    def get_one(self, content_guid: str) -> Vanity:
        """Read the path of one content item; not found if it has none."""
    def update(self, content_guid: str, *, path: str = ..., force: bool = ...) -> Vanity:
        """Set the path, whether or not there was one; the server may leave this to administrators."""
    def delete(self, content_guid: str) -> None:
        """Remove the path; the server may leave this to administrators."""

class VariantCollection(Collection):
    """One variant of a report as a search across all content finds it; see AppVariant for what can be done with one."""
    def search(self, *, q: str = ..., include: Sequence[Literal['schedule']] | Literal['schedule'] = ..., sort: str = ..., order: Literal['asc', 'desc'] = ..., page_size: int | None = ...) -> ResourceList[Variant]:
        """Find variants of reports; private ones are found by their owner alone, and those made for one visit by nobody."""

class Collections:
    """The collections of every resource, as attributes of a client."""
    @property
    def api_keys(self) -> ApiKeyCollection: ...
    @property
    def app_variants(self) -> AppVariantCollection: ...
    @property
    def applications(self) -> ApplicationCollection: ...
    @property
    def audit_logs(self) -> AuditLogCollection: ...
    @property
    def bootstrap(self) -> BootstrapCollection: ...
    @property
    def bundles(self) -> BundleCollection: ...
    @property
    def content(self) -> ContentCollection: ...
    @property
    def content_storage(self) -> ContentStorageCollection: ...
    @property
    def documentation(self) -> CustomDocumentationCollection: ...
    @property
    def environment_permissions(self) -> EnvironmentPermissionCollection: ...
    @property
    def environments(self) -> EnvironmentCollection: ...
    @property
    def examples(self) -> ExampleCollection: ...
    @property
    def features(self) -> FeatureCollection: ...
    @property
    def group_members(self) -> GroupMemberCollection: ...
    @property
    def groups(self) -> GroupCollection: ...
    @property
    def hits(self) -> ContentHitCollection: ...
    @property
    def hosts(self) -> HostCollection: ...
    @property
    def jobs(self) -> JobCollection: ...
    @property
    def metrics(self) -> MetricsCollection: ...
    @property
    def oauth_clients(self) -> OAuthClientCollection: ...
    @property
    def oauth_integrations(self) -> OAuthIntegrationCollection: ...
    @property
    def oauth_sessions(self) -> OAuthSessionCollection: ...
    @property
    def oauth_templates(self) -> OAuthTemplateCollection: ...
    @property
    def packages(self) -> PackageCollection: ...
    @property
    def permissions(self) -> PermissionCollection: ...
    @property
    def queue(self) -> QueueItemCollection: ...
    @property
    def repository(self) -> RepositoryCollection: ...
    @property
    def runtime_caches(self) -> RuntimeCacheCollection: ...
    @property
    def schedules(self) -> ScheduleCollection: ...
    @property
    def server_settings(self) -> ServerSettingsCollection: ...
    @property
    def server_storage(self) -> ServerStorageCollection: ...
    @property
    def service_accounts(self) -> ServiceAccountsCollection: ...
    @property
    def service_tokens(self) -> ServiceTokenCollection: ...
    @property
    def shiny_usage(self) -> ShinyUsageCollection: ...
    @property
    def system_checks(self) -> SystemCheckRunCollection: ...
    @property
    def tags(self) -> TagCollection: ...
    @property
    def tasks(self) -> TaskCollection: ...
    @property
    def timezones(self) -> TimeZoneCollection: ...
    @property
    def users(self) -> UserCollection: ...
    @property
    def vanities(self) -> VanityCollection: ...
    @property
    def variants(self) -> VariantCollection: ...
    @property
    def visits(self) -> ContentVisitCollection: ...

def default_catalog() -> Catalog: ...
def default_index() -> SpecIndex: ...
def catalog_of(plugins: Plugins) -> Catalog: ...
def class_named(name: str) -> Any: ...
