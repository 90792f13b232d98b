"""A real browser: a page on another origin that logs in, creates and lists; the documentation; and the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from chromium import another_origin, chromium
from server import Running, command, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def other_origin() -> Iterator[str]:
    with another_origin() as url:
        yield url


def waiting(browser: webdriver.Chrome, **how: Any) -> WebDriverWait[webdriver.Chrome]:
    """Looks ten times a second, where Selenium's own would sleep half of one after each look."""
    return WebDriverWait(browser, 60, poll_frequency=0.1, **how)


def told(browser: webdriver.Chrome, text: str) -> None:
    waiting(browser).until(lambda page: text in page.find_element(By.ID, "told").text)


def press(browser: webdriver.Chrome, what: WebElement) -> None:
    """Click it as soon as it stands still with nothing over it, and see that it was hit: what arrives late moves a page.

    A click is sent to where its element was a moment before; on a page that moved since, another element takes it in silence.
    """
    stands = """const [what, done] = arguments, was = JSON.stringify(what.getBoundingClientRect());
        what.addEventListener("click", () => { window.hit = true; }, {capture: true});
        setTimeout(() => done(JSON.stringify(what.getBoundingClientRect()) === was), 50);"""

    def hit(page: webdriver.Chrome) -> bool:
        if not page.execute_async_script(stands, what):
            return False
        what.click()
        return bool(page.execute_script("const hit = window.hit; window.hit = false; return hit;"))

    waiting(browser, ignored_exceptions=[ElementClickInterceptedException]).until(hit)


def severe(browser: webdriver.Chrome) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_a_front_end_on_another_origin(browser: webdriver.Chrome, server: Running, other_origin: str) -> None:
    browser.get(f"{other_origin}/data/page.html?api={server.url}")
    browser.find_element(By.ID, "token").send_keys("no token at all")
    browser.find_element(By.CSS_SELECTOR, "#login button").click()
    told(browser, "GET 401 listCertificationsByContactId the token is not acceptable")
    severe(browser)
    browser.find_element(By.ID, "token").clear()
    browser.find_element(By.ID, "token").send_keys(command("token", "--tenant", "acme").stdout.strip())
    browser.find_element(By.CSS_SELECTOR, "#login button").click()
    told(browser, "GET 200 listCertificationsByContactId")
    assert browser.find_elements(By.CSS_SELECTOR, "#list li") == []
    browser.find_element(By.ID, "name").send_keys("Hedy Lamarr")
    browser.find_element(By.CSS_SELECTOR, "#create button").click()
    waiting(browser).until(
        lambda page: [item.text for item in page.find_elements(By.CSS_SELECTOR, "#list li")] == ["Hedy Lamarr"]
    )
    browser.refresh()
    browser.find_element(By.ID, "token").send_keys(command("token", "--tenant", "acme").stdout.strip())
    browser.find_element(By.CSS_SELECTOR, "#login button").click()
    waiting(browser).until(
        lambda page: [item.text for item in page.find_elements(By.CSS_SELECTOR, "#list li")] == ["Hedy Lamarr"]
    )
    assert severe(browser) == []


def test_a_page_of_another_origin_changes_nothing(
    browser: webdriver.Chrome, server: Running, other_origin: str
) -> None:
    """By fetch, form and image, and by a host name of its own that was bound to this machine."""
    server.send("PUT", "/__mock__/snapshots/kept")
    before = [
        server.send("GET", path).body for path in ("/__mock__/tenants", "/__mock__/snapshots", "/__mock__/faults")
    ]
    port = server.url.rpartition(":")[2]
    for mock in (server.url, f"http://localhost:{port}"):
        browser.get(f"{other_origin}/data/page.html?api={mock}")
        for path, method in (
            ("/reset", "POST"),
            ("/snapshots/kept", "DELETE"),
            ("/snapshots/other", "PUT"),
            ("/faults", "POST"),
        ):
            told = browser.execute_async_script(
                """const [address, method, done] = arguments;
                const simple = fetch(address, {method: method == "POST" ? method : "POST", mode: "no-cors", body: '{"status": 503}'});
                const whole = fetch(address, {method, headers: {"Content-Type": "application/json"}, body: "{}"});
                Promise.allSettled([simple, whole]).then(([one, other]) => done([one.value?.type, other.status]));""",
                f"{mock}/__mock__{path}", method,
            )  # fmt: skip
            assert told == ["opaque", "rejected"], (mock, path)
        browser.execute_async_script(
            """const [address, done] = arguments, image = new Image();
            image.onerror = image.onload = () => done(null); image.src = address + "/reset";""",
            f"{mock}/__mock__",
        )
        for address in ("/reset", "/console/steer?do=reset"):
            browser.get(f"{other_origin}/data/page.html")
            browser.execute_script(
                """const form = document.createElement("form"); form.method = "post"; form.action = arguments[0];
                form.innerHTML = '<input name="do" value="snapshot"><input name="name" value="other">';
                document.body.append(form); form.submit();""",
                f"{mock}/__mock__{address}",
            )
            waiting(browser).until(lambda page: "does not answer a page of another origin" in page.page_source)
    for page in ("/__mock__/", "/__mock__/tenants", f"{CONSOLE}/steering"):
        browser.get(f"http://rebound.example:{port}{page}")
        assert "which is not this machine's" in browser.page_source
    severe(browser)
    after = [server.send("GET", path).body for path in ("/__mock__/tenants", "/__mock__/snapshots", "/__mock__/faults")]
    assert after == before


def search(browser: webdriver.Chrome, words: str) -> None:
    """Type ``words`` into the documentation's filter, and wait until what it shows has changed, for good."""
    before, field = shown(browser), browser.find_element(By.CSS_SELECTOR, ".operation-filter-input")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(words)
    seen = [before]

    def settled(page: webdriver.Chrome) -> bool:
        seen.append(shown(page))
        return seen[-1] == seen[-2] != before

    WebDriverWait(browser, 60).until(settled)


def shown(browser: webdriver.Chrome) -> str:
    return str(browser.execute_script("return document.getElementById('swagger-ui').innerHTML"))


def groups(browser: webdriver.Chrome) -> list[str]:
    tags: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('.opblock-tag')].map(tag => tag.dataset.tag)"
    )
    return tags


def test_the_documentation_finds_a_group_logs_itself_in_and_tries_out(
    browser: webdriver.Chrome, server: Running
) -> None:
    severe(browser)
    browser.get(f"{server.url}/docs/")
    told(browser, "Logged in to acme")
    wait = waiting(browser)
    wait.until(lambda page: len(page.find_elements(By.CSS_SELECTOR, ".opblock-tag")) > 50)
    assert browser.find_elements(By.CSS_SELECTOR, ".opblock") == []
    search(browser, "COURSE")
    assert "Courses" in groups(browser)
    assert "Announcements" not in groups(browser)
    search(browser, "previewCertif")
    assert groups(browser) == ["Certifications"]
    search(browser, "certifications")
    press(browser, browser.find_element(By.ID, "operations-tag-Certifications"))
    wait.until(lambda page: len(page.find_elements(By.CSS_SELECTOR, ".opblock")) == 14)
    block = browser.find_element(By.CSS_SELECTOR, ".opblock-get")
    press(browser, block.find_element(By.CSS_SELECTOR, ".opblock-summary-control"))
    wait.until(lambda _: block.find_elements(By.CSS_SELECTOR, "button.execute"))
    press(browser, block.find_element(By.CSS_SELECTOR, "button.execute"))
    status = wait.until(lambda _: block.find_elements(By.CSS_SELECTOR, ".live-responses-table .response-col_status"))
    assert "200" in [cell.text.split()[0] for cell in status if cell.text]
    assert severe(browser) == []


def test_an_operation_that_is_opened_by_its_address_can_be_tried_out(
    browser: webdriver.Chrome, server: Running
) -> None:
    severe(browser)
    wait = waiting(browser)
    browser.get("about:blank")  # else only the fragment would change
    browser.get(f"{server.url}/docs/#/Settings/getSetting")
    for arrive in (lambda: None, browser.refresh):
        arrive()
        told(browser, "Logged in to acme")
        block = wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".opblock.is-open"))[0]
        field = wait.until(lambda _, it=block: it.find_elements(By.CSS_SELECTOR, "[data-param-name=tenantId] input"))[0]
        assert field.get_attribute("value") == "acme"
        press(browser, wait.until(lambda _, it=block: it.find_elements(By.CSS_SELECTOR, "button.execute"))[0])
        status = wait.until(
            lambda _, it=block: it.find_elements(By.CSS_SELECTOR, ".live-responses-table .response-col_status")
        )
        assert "200" in [cell.text.split()[0] for cell in status if cell.text]
        requested = block.find_element(By.CSS_SELECTOR, ".request-url pre").text
        assert requested.partition("?")[0] == f"{server.url}/settings/acme"
    assert severe(browser) == []


@pytest.mark.peers
def test_a_stock_library_logs_in_reloads_renews_and_logs_out(
    browser: webdriver.Chrome, server: Running, other_origin: str
) -> None:
    severe(browser)
    browser.get(f"{other_origin}/data/login.html?api={server.url}")
    told(browser, "nobody")
    browser.find_element(By.ID, "login").click()
    wait = waiting(browser)
    wait.until(lambda page: page.current_url.startswith(f"{server.url}/authorize"))
    assert "acme-portal" in browser.find_element(By.TAG_NAME, "main").text
    browser.find_element(By.CSS_SELECTOR, "button[value=contact-ada]").click()
    told(browser, "Ada Lovelace ada@example.com")
    browser.refresh()
    told(browser, "Ada Lovelace ada@example.com")
    before = browser.find_element(By.ID, "told").text
    browser.find_element(By.ID, "renew").click()
    wait.until(lambda page: page.find_element(By.ID, "told").text not in ("", before))
    told(browser, "Ada Lovelace ada@example.com")
    browser.find_element(By.ID, "read").click()
    told(browser, "200 Ada Lovelace")
    browser.find_element(By.ID, "logout").click()
    told(browser, "nobody")
    assert severe(browser) == []


CONSOLE = "/__mock__/console"
PAGES = (
    "/__mock__/", f"{CONSOLE}/records?tenant=acme&resource=certifications", f"{CONSOLE}/steering", f"{CONSOLE}/journal",
    f"{CONSOLE}/record?tenant=acme&resource=certifications&id=cert-ada", f"{CONSOLE}/relations", f"{CONSOLE}/coverage",
    f"{CONSOLE}/edit?tenant=acme&resource=certifications&id=cert-ada", f"{CONSOLE}/exchange?number=1", f"{CONSOLE}/outbox",
    f"{CONSOLE}/due", f"{CONSOLE}/diff?name=before",
)  # fmt: skip
AXE = Path(__file__).parent / "peers" / "node_modules" / "axe-core" / "axe.min.js"


def at_width(browser: webdriver.Chrome, width: int, scheme: str) -> None:
    """Have the page as wide as a device, in the colours that its user prefers."""
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.mark.peers
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_of_the_console_can_be_used_by_everybody(
    browser: webdriver.Chrome, server: Running, width: int, scheme: str
) -> None:
    """axe finds nothing, nothing is wider than the screen, and nothing is logged."""
    token = command("token", "--tenant", "acme").stdout.strip()
    server.send("PUT", "/__mock__/snapshots/before")
    server.send("POST", "/certifications/acme", {"name": 7}, token)
    server.send("DELETE", "/__mock__/tenants/acme/records/billingRunActions/action-ada-reminder")
    server.send("POST", "/__mock__/webhooks", {"url": "http://localhost:1/hooks", "events": ["certifications.changed"]})
    server.send("POST", "/__mock__/faults", {"operation": "createExamRegistration", "status": 503})
    at_width(browser, width, scheme)
    severe(browser)
    for page in PAGES:
        browser.get(server.url + page)
        browser.execute_script(AXE.read_text())
        found = browser.execute_async_script(
            "axe.run({resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], page
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page
    assert severe(browser) == []


def test_the_console_is_used_by_keyboard_alone_and_follows_what_happens(
    browser: webdriver.Chrome, server: Running
) -> None:
    at_width(browser, 1280, "light")
    browser.get(f"{server.url}{CONSOLE}/records?tenant=acme&resource=certifications")
    page = webdriver.ActionChains(browser)
    page.send_keys("/").perform()
    browser.switch_to.active_element.send_keys("ada lovelace", Keys.ENTER)
    wait = waiting(browser)
    wait.until(lambda now: "q=ada+lovelace" in now.current_url)
    browser.find_element(By.LINK_TEXT, "cert-ada").send_keys(Keys.ENTER)
    wait.until(lambda now: now.find_element(By.TAG_NAME, "h1").text == "cert-ada")
    browser.find_element(By.LINK_TEXT, "Edit").send_keys(Keys.ENTER)
    field = wait.until(lambda now: now.find_element(By.NAME, "field.name"))
    field.clear()
    field.send_keys("Ada King", Keys.ENTER)
    wait.until(lambda now: "saved" in now.find_element(By.CSS_SELECTOR, "[role=status]").text)

    browser.get(f"{server.url}{CONSOLE}/journal?operation=getCertification")
    before = len(browser.find_elements(By.CSS_SELECTOR, "#rows tr"))
    token = command("token", "--tenant", "acme").stdout.strip()
    assert server.send("GET", "/certifications/acme/cert-ada", token=token).json["name"] == "Ada King"
    wait.until(lambda now: len(now.find_elements(By.CSS_SELECTOR, "#rows tr")) == before + 1)
    assert severe(browser) == []


def test_the_documentation_of_any_document_shows_the_credentials_that_it_asks_for(browser: webdriver.Chrome) -> None:
    severe(browser)
    document = Path(__file__).parent / "data" / "documents" / "petstore-2.0.json"
    with serving(str(document)) as mock:
        for where, operation in (("pet", "findPetsByStatus"), ("store", "getInventory")):  # by OAuth 2, by a key
            browser.get("about:blank")  # else only the fragment would change
            browser.get(f"{mock.url}/docs/#/{where}/{operation}")
            told(browser, "any is taken")
            wait = waiting(browser)
            wait.until(lambda page: page.execute_script("return ui.authSelectors.authorized()?.size") == 2)
            block = wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".opblock.is-open"))[0]
            for option in block.find_elements(By.CSS_SELECTOR, "[data-param-name=status] option")[:1]:
                option.click()
            press(browser, wait.until(lambda _, it=block: it.find_elements(By.CSS_SELECTOR, "button.execute"))[0])
            status = wait.until(
                lambda _, it=block: it.find_elements(By.CSS_SELECTOR, ".live-responses-table .response-col_status")
            )
            assert "200" in [cell.text.split()[0] for cell in status if cell.text]
        assert severe(browser) == []
