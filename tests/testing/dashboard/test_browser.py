"""The dashboard and OAuth in a real browser: headless Chromium, without scripts, at the width of a desk and of a hand."""

import json
import os
import queue
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from connectapi import sign_in
from connectapi.testing import ConnectServer

webdriver = pytest.importorskip(
    "selenium.webdriver", reason="selenium is not installed: it is in the dependency group browser"
)
from selenium.common.exceptions import SessionNotCreatedException, WebDriverException  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium here: install chromium and chromium-driver"),
    pytest.mark.timeout(180),
]

#: It shall speak to the server that is tested, and to nobody else: whatever is not on loopback goes to a proxy that
#: is not there, and no name is looked up.
QUIET = [
    "--headless=new",
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=AutofillServerCommunication,MediaRouter,OptimizationHints,Translate",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
]
WIDE, NARROW = 1400, 360


class Browser:
    """A browser that one looks at a server with, as a person would: by labels, links and buttons."""

    def __init__(self, driver, server, pictures):
        self.driver, self.server, self.pictures = driver, server, pictures

    def open(self, path):
        if "#" in path:
            self.driver.get("about:blank")  # or an address that differs behind its # alone is not loaded anew
        self.driver.get(self.server.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.server.url)

    @property
    def said(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def click(self, text, tag="a"):
        """Click on what is called so, and wait for the page that it leads to."""
        words = f"normalize-space()='{text}' or @aria-label='{text}'"
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.find_element(By.XPATH, f"//{tag}[{words}]").click()
        self.wait(lambda: self._gone(before), text)

    def press(self, text):
        self.click(text, "button")

    def type(self, label, text):
        name = self.driver.find_element(By.XPATH, f"//label[contains(., '{label}')]").get_attribute("for")
        field = self.driver.find_element(By.ID, name)
        field.clear()
        field.send_keys(text)

    def wait(self, true, what=""):
        # A page that comes anew takes its elements with it; the driver has several words for that.
        ignored = [WebDriverException]
        WebDriverWait(self.driver, 60, 0.05, ignored).until(lambda _: true(), what)

    def _gone(self, element):
        try:
            element.is_enabled()
        except WebDriverException:
            return True
        return False

    def set_width(self, width):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    @property
    def width(self):
        return self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["width"]

    def sign_in(self):
        self.open("/connect/")
        self.type("API key", self.server.api_key)
        self.press("Sign in")

    def picture(self, name):
        """Keep a picture of the page where CONNECTAPI_PICTURES says, for somebody to look at."""
        if self.pictures:
            self.driver.save_screenshot(str(self.pictures / f"{name}.png"))


@pytest.fixture(scope="module")
def place():
    """A server of the browser's own, with the sample; tasks take long enough for a page to come anew."""
    with ConnectServer(pace=0.05) as server:
        yield server


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """One Chromium for all tests: it takes longer to start than they do."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # root can't have one
    for argument in [*QUIET, *sandbox, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    # With the path of the driver, selenium looks for none on the network.
    try:
        driver = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
    except SessionNotCreatedException as error:
        if sandbox:
            raise
        # Such as in a container that allows no namespaces: there Chromium has no sandbox, and wants one.
        pytest.skip(f"Chromium does not start here: {error.msg}")
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium, place):
    pictures = os.environ.get("CONNECTAPI_PICTURES")
    if pictures:
        Path(pictures).mkdir(parents=True, exist_ok=True)
    chromium.get(place.url)
    chromium.delete_all_cookies()
    browser = Browser(chromium, place, pictures and Path(pictures))
    browser.set_width(WIDE)
    return browser


@pytest.fixture(scope="module")
def report(place, connect, pack):
    """The administrator of the place, and a report of hers that has a second bundle."""
    admin = connect(place.url, place.api_key)
    guid = next(each["guid"] for each in admin.get("/v1/content").json if each["title"] == "Quarterly Sales Report")
    first = admin.get(f"/v1/content/{guid}").json["bundle_id"]
    return admin, guid, first, admin.upload(guid, pack({"index.html": "<h1>Second</h1>"})).json["id"]


def test_a_person_signs_in_finds_reads_rolls_back_and_signs_out(browser, report):
    admin, guid, first, second = report
    browser.set_width(NARROW)  # where buttons are hardest to hit
    browser.open("/connect/")
    assert "You see what is for everyone" in browser.said

    browser.type("API key", "not-a-key")
    browser.press("Sign in")
    assert "This key is not known here" in browser.said
    browser.type("API key", browser.server.api_key)
    browser.press("Sign in")
    assert "Signed in as mara" in browser.said

    browser.type("Search", "quarterly owner:mara type:static")
    browser.press("Search")
    assert "1 to 1 of 1" in browser.said
    browser.click("Quarterly Sales Report")
    assert browser.path == f"/connect/content/{guid}/"

    for bundle in (second, first):
        browser.press(f"Use bundle {bundle}")
        assert browser.path.startswith("/connect/tasks/")
        browser.wait(lambda: "Done" in browser.said, "the task to end")
        assert "Deployment succeeded." in browser.said
        assert admin.get(f"/v1/content/{guid}").json["bundle_id"] == bundle
        browser.click("Back to Quarterly Sales Report")
        assert re.search(rf"{bundle}\s+in use", browser.said)

    browser.driver.find_element(By.LINK_TEXT, "Log").click()
    browser.wait(lambda: browser.path.startswith("/connect/jobs/"))
    assert "Deployment succeeded." in browser.said
    browser.press("Sign out")
    assert "You see what is for everyone" in browser.said
    browser.open("/connect/users/")
    assert "This is not for everyone" in browser.said


def test_what_clients_print_as_dashboard_url_leads_to_the_content_also_by_way_of_signing_in(browser, report):
    admin, guid, _, draft = report
    address = admin.get(f"/v1/content/{guid}").json["dashboard_url"].removeprefix(browser.server.url)
    notice = "This address is that of Quarterly Sales Report."

    browser.open(address)
    assert notice not in browser.said
    browser.type("API key", "mistyped")
    browser.press("Sign in")
    browser.type("API key", browser.server.api_key)
    browser.press("Sign in")
    assert browser.path == address
    assert notice in browser.said

    for end in ("/logs", "/access", f"/draft/{draft}"):
        browser.open(address + end)
        assert notice in browser.said
    browser.open("/connect/")
    assert notice not in browser.said
    browser.open(address)
    browser.driver.find_element(By.XPATH, "//p[contains(., 'This address')]/a[. = 'Quarterly Sales Report']").click()
    browser.wait(lambda: browser.path == f"/connect/content/{guid}/")


def test_the_browser_has_nothing_to_object_to(browser, report):
    browser.sign_in()
    browser.driver.get_log("browser")  # what came before
    browser.open(f"/connect/content/{report[1]}/")

    assert "Bundles" in browser.said
    assert [entry["message"] for entry in browser.driver.get_log("browser")] == []


def test_every_kind_of_page_fits_the_width_of_a_desk_and_of_a_hand(browser, report):
    admin, guid, _, bundle = report
    admin.call("PATCH", f"/v1/content/{guid}/environment", [{"name": "DATABASE_URL", "value": "x"}])
    long = "W" * 900
    hostile = admin.content(title=long, description="\u202e right to left \u202c" + long, access_type="all")["guid"]
    job = admin.get(f"/v1/content/{guid}/jobs").json[0]["key"]
    places = {
        "content-item": f"content/{guid}/",
        "hostile-item": f"content/{hostile}/",
        "job": f"jobs/{guid}/{job}/",
        "bundle": f"bundles/{guid}/{bundle}/",
        "user": f"users/{admin.guid}/",
    }
    places |= {"search": "?q=sales+colour:red", "settings": "server_settings/"}
    lists = ("", "users/", "groups/", "tags/", "content-usage/", "all-resources/", "hits/")
    places |= {name.strip("/") or "content": name for name in lists}
    fits = {}

    def look(name, path):
        browser.open(path)
        for width in (WIDE, NARROW):
            browser.set_width(width)
            browser.picture(f"{name}-{width}")
            fits[name, width] = browser.width <= width

    look("signed-out", "/connect/")
    look("sign-in", "/connect/users/")
    browser.sign_in()
    for name, path in places.items():
        look(name, f"/connect/{path}")
    look("dashboard-url", f"/connect/#/apps/{guid}")
    look("not-found", "/connect/nothing/")
    assert [page for page, fit in fits.items() if not fit] == []


def test_a_page_is_dark_where_that_is_liked_and_prints_without_what_is_for_clicking(browser, report):
    def media(kind, scheme):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})
        browser.open(f"/connect/content/{report[1]}/")
        browser.picture(f"content-item-{kind}-{scheme}")
        body = browser.driver.find_element(By.TAG_NAME, "body")
        return body.value_of_css_property("background-color"), browser.said

    browser.sign_in()
    try:
        light, said = media("screen", "light")
        dark, _ = media("screen", "dark")
        _, printed = media("print", "light")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})

    assert light != dark
    assert "Sign out" in said
    assert "Sign out" not in printed
    assert "Bundles" in printed


# Signing in by OAuth -------------------------------------------------------------------------------


class Program(BaseHTTPRequestHandler):
    """A program that waits on loopback for what the browser brings back."""

    def do_GET(self):
        self.server.brought.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>Back</title>Back at the program")

    def log_message(self, *_):
        pass


@pytest.fixture
def program():
    with HTTPServer(("127.0.0.1", 0), Program) as server:
        server.brought = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def registered(place, connect):
    """The id of a program that registered."""
    grants = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]
    body = {"client_name": "A terminal", "redirect_uris": ["http://127.0.0.1/back"], "grant_types": grants}
    return connect(place.url).send("POST", "/__oauth__/register", json.dumps(body)).json["client_id"]


def test_a_program_is_let_in_from_the_page_where_one_signs_in(browser, program, registered):
    back = f"http://127.0.0.1:{program.server_port}/back"
    asked = {"response_type": "code", "client_id": registered, "redirect_uri": back, "state": "s"}
    browser.open(
        f"/__oauth__/authorize?{urlencode({**asked, 'code_challenge': 'c' * 43, 'code_challenge_method': 'S256'})}"
    )
    browser.type("API key", browser.server.api_key)
    browser.press("Sign in")
    assert "Let A terminal in?" in browser.said
    browser.picture("consent")

    browser.press("Allow")

    browser.wait(lambda: "Back at the program" in browser.said)
    assert re.fullmatch(r"/back\?code=\w+&state=s&iss=.*", program.brought[0])


def test_our_own_sign_in_goes_through_the_browser_and_back(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("CONNECTAPI_CONFIG_DIR", str(tmp_path))
    pages = queue.SimpleQueue()
    with ThreadPoolExecutor(1) as pool:
        signing = pool.submit(sign_in, browser.server.url, open_browser=False, tell=pages.put)
        browser.open(pages.get(timeout=30).url.removeprefix(browser.server.url))
        browser.type("API key", browser.server.api_key)
        browser.press("Sign in")
        assert "Let connectapi in?" in browser.said
        browser.press("Allow")
        browser.wait(lambda: "You can close this page" in browser.said)
        browser.picture("signed-in")

        assert signing.result(timeout=30).username == "mara"


def test_a_code_of_another_screen_is_typed(browser, connect, registered):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path, body = "/__oauth__/device_authorization", urlencode({"client_id": registered})
    code = connect(browser.server.url).send("POST", path, body, form).json["user_code"]
    browser.sign_in()
    browser.open("/__oauth__/device")
    browser.picture("device")
    browser.type("code", code.lower())
    browser.press("Go on")
    assert code in browser.said

    browser.press("Allow")

    assert "The program is signed in now" in browser.said


def test_a_viewer_signs_in_to_a_service_outside_and_out_again(browser, connect):
    admin = connect(browser.server.url, browser.server.api_key)
    made = admin.post(
        "/v1/oauth/integrations", {"template": "github", "name": "A forge", "config": {"client_id": "us"}}
    )
    path = f"/__oauth__/integrations/{made.json['guid']}"
    browser.sign_in()
    browser.open(f"{path}/login")
    browser.picture("provider")
    browser.type("Your account", "mara@forge.example")

    browser.press("Allow")

    browser.wait(lambda: browser.path == "/connect/")
    assert [each["oauth_integration_guid"] for each in admin.get("/v1/oauth/sessions").json] == [made.json["guid"]]
    browser.open(f"{path}/logout")
    browser.press("Sign out")
    browser.wait(lambda: browser.path == "/connect/")
    assert admin.get("/v1/oauth/sessions").json == []
