"""A demonstration of the desk and real Chromium in front of it, each in a temporary folder on loopback."""
import atexit, contextlib, json, os, pathlib, re, shutil, signal, subprocess, sys, tempfile, time, unittest, urllib.parse, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CALLDESK_TEST_BINARY", str(ROOT / ".build" / "debug" / "calldesk"))
sys.path.insert(0, str(ROOT / "Tests" / "Support" / "lab"))
import ports  # noqa: E402

SHOTS = ROOT / "var" / "browser"
AXE = ROOT / ".build" / "axe" / "axe.min.js"
PASSWORD = "demonstracao1"

try:
    from selenium import webdriver
    from selenium.common.exceptions import (
        JavascriptException, StaleElementReferenceException, WebDriverException,
    )
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    MISSING = None
except ImportError:
    MISSING = "not on this machine: selenium for Python (Debian: python3-selenium)"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
if not MISSING and not CHROMIUM:
    MISSING = "not on this machine: Chromium (Debian: chromium)"
if not MISSING and not DRIVER:
    MISSING = "not on this machine: Chromium's driver (Debian: chromium-driver)"


def wait_for(what, condition, seconds=60.0):
    """Polls until condition() gives something true, and returns it; fails by name when the time is up.

    A minute means a hang: the machine may be busy with something else.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            with contextlib.suppress(Exception if MISSING else (JavascriptException, StaleElementReferenceException)):
                value = condition()
                if value:
                    return value
        except Exception as error:
            # The driver's other word for an element of the page that was there a moment ago.
            if "does not belong to the document" not in str(error):
                raise
        if time.monotonic() > end:
            raise AssertionError("not in %.0f s: %s" % (seconds, what))
        time.sleep(0.04)


class Demo:
    """One `calldesk demo` whose calls ring when a test says so."""

    def __init__(self, folder):
        self.folder, self.port, self.process = pathlib.Path(folder), ports.reserve(1), None
        self.url = "http://127.0.0.1:%d" % self.port

    def start(self, *flags):
        log = open(self.folder / "demo.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "demo", "--no-calls", "--empty", "--port", str(self.port), "--data", str(self.folder / "data"), *flags],
            cwd=self.folder, stdout=log, stderr=log,
        )
        log.close()
        # Where much else runs on the machine, the start alone takes most of a minute.
        wait_for("the demonstration to listen", self.answers, 180)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("the demonstration ended: " + (self.folder / "demo.log").read_text()[-2000:])
        with contextlib.suppress(OSError):
            parts = json.loads(urllib.request.urlopen(self.url + "/ready", timeout=10).read())["parts"]
            lines = [part["ok"] for part in parts if part["name"].startswith("pbx")]
            return bool(lines) and all(lines)

    def kill(self):
        """As a power cut would: nothing is said, nothing is finished."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            if self.process.poll() is None:
                self.kill()

    def ring(self, kind, number="11987654321", name="Maria Silva", seconds=90):
        """Lets a call ring: fila and direta at one technician's, transferida from Bruno to Ana, abandonada at nobody's."""
        body = urllib.parse.urlencode({"kind": kind, "number": number, "name": name, "seconds": seconds}).encode()
        opener = urllib.request.build_opener(NoRedirect)
        with contextlib.suppress(urllib.error.HTTPError):
            opener.open(urllib.request.Request(self.url + "/demo/calls", data=body), timeout=5)

    def messages(self):
        return json.loads(urllib.request.urlopen(self.url + "/demo/messages.json", timeout=5).read())["items"]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Page:
    """One browser with one person in front of it."""

    def __init__(self, url, width=1280, height=900, language="pt-BR", dark=False):
        self.url, self.is_dead, self.is_dark = url, False, False
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.driver.set_page_load_timeout(30)
        self.size(width, height)
        if dark:
            self.dark(True)

    def size(self, width, height):
        # The window's own least width is more than a telephone's.
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        )

    def click(self, css, seconds=60.0):
        """Clicks what is there; live pages may put a fresh one in its place between looking and clicking."""

        def is_done():
            with contextlib.suppress(StaleElementReferenceException):
                self.there(css, seconds).click()
                return True

        wait_for("a click at %s" % css, is_done, seconds)

    def leave(self, css):
        """Clicks what leads to another page, and waits until that one is there: what is found before is of the old one."""
        self.js("window.isOld = true")
        self.click(css)

        def is_there():
            with contextlib.suppress(WebDriverException):
                return self.js("return !window.isOld && document.readyState === 'complete'")

        wait_for("the page after %s" % css, is_there)

    def dark(self, on):
        self.is_dark = on
        self.wishes()

    def wishes(self, motion=True):
        """What the person asks of every page: its colours, and whether things may move."""
        wishes = {"prefers-color-scheme": "dark" if self.is_dark else "light", "prefers-reduced-motion": "" if motion else "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def quit(self):
        with contextlib.suppress(WebDriverException):
            self.driver.quit()

    def crash(self):
        """Ends the browser as a crash would; its driver stays to be asked nothing any more."""
        driver = self.driver.service.process.pid
        for child in (pathlib.Path("/proc") / str(driver) / "task" / str(driver) / "children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        self.is_dead = True

    # What is there

    def open(self, path):
        self.driver.get(self.url + path)
        return self

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def there(self, css, seconds=60.0):
        """The first element that matches and shows, waited for."""
        return wait_for("%s at %s" % (css, self.driver.current_url), lambda: next((e for e in self.all(css) if e.is_displayed()), None), seconds)

    def gone(self, css, seconds=60.0):
        wait_for("%s to go" % css, lambda: not any(e.is_displayed() for e in self.all(css)), seconds)

    def text(self, css):
        """The text of what matches, read in one go: pages redraw themselves."""
        return self.js("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')", css)

    def says(self, css, text, seconds=60.0):
        """Waits for words, whatever their case: styles set some in capitals."""
        try:
            wait_for("%s to say %r" % (css, text), lambda: text.casefold() in self.text(css).casefold(), seconds)
        except AssertionError as fault:
            raise AssertionError("%s; it says %r" % (fault, self.text(css))) from None

    def js(self, script, *values):
        return self.driver.execute_script(script, *values)

    # What a person does

    def sign_in(self, login, path="/desk"):
        self.open("/desk/sign-in?next=" + path)
        self.there("#login").send_keys(login)
        self.there("#password").send_keys(PASSWORD + Keys.ENTER)
        self.there("header.top")
        return self

    def press(self, *keys):
        """Keys as they fall, wherever the focus is; ("Control", "Enter") are held together."""
        for key in keys:
            held = key if isinstance(key, tuple) else (key,)
            chain = webdriver.ActionChains(self.driver)
            names = [getattr(Keys, name.upper(), name) for name in held]
            for name in names[:-1]:
                chain.key_down(name)
            chain.send_keys(names[-1])
            for name in reversed(names[:-1]):
                chain.key_up(name)
            chain.perform()

    def type(self, text):
        self.driver.switch_to.active_element.send_keys(text)

    def focus(self):
        """What has the focus: its tag, id and words."""
        return self.js("const e = document.activeElement; return [e.tagName.toLowerCase(), e.id, e.innerText ?? '']")

    # The interview

    def question(self):
        """The question on the screen: its id, its kind and its revision."""
        return self.js("const q = document.getElementById('question'); return q && [q.dataset.prompt, q.dataset.kind, Number(q.dataset.revision)]")

    def next_question(self, before, seconds=60.0):
        return wait_for("another question than %s; it says %r" % (before, self.text("#q-error, #said")),
                        lambda: (lambda now: now if now and now != before else None)(self.question()), seconds)

    def shot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SHOTS / (name + ".png")))

    def faults(self):
        """What the browser complained of: scripts, policies, missing files."""
        kept = []
        for line in self.driver.get_log("browser"):
            # Requests that are refused on purpose and servers that are killed on purpose are the tests' own.
            if line["level"] == "SEVERE" and not re.search(r"status of (4\d\d|503)|ERR_(CONNECTION|INCOMPLETE|EMPTY|NETWORK|ABORTED)", line["message"]):
                kept.append(line["message"])
        return kept

    def axe(self):
        """What axe-core finds against WCAG 2.2 AA, a line each."""
        if not AXE.exists():
            raise unittest.SkipTest("not on this machine: axe-core (scripts/install-packages test)")
        # What is half there, as an arriving call is for a moment, has other colours than it will have.
        self.wishes(motion=False)
        # Through the protocol and not as a script of the page: the page's policy lets nothing foreign in.
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text()})
        found = self.driver.execute_async_script(
            """const done = arguments[arguments.length - 1];
            axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']})
              .then(r => done(r.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`))), e => done([String(e)]));"""
        )
        self.wishes()
        return found


class BrowserTest(unittest.TestCase):
    """Each test has a demonstration of its own; all are skipped by name without Chromium."""

    @classmethod
    def setUpClass(cls):
        if MISSING:
            raise unittest.SkipTest(MISSING)

    #: A demonstration's folder as it is at the start: its people's passwords are hashed once for all tests.
    fresh = None

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="desk-in-chromium-")
        self.addCleanup(shutil.rmtree, folder, True)
        self.demo = Demo(folder)
        self.addCleanup(self.demo.stop)
        if BrowserTest.fresh:
            shutil.copytree(BrowserTest.fresh, self.demo.folder / "data")
            self.demo.start("--keep")
            return
        self.demo.start()
        # What is acknowledged survives a power cut; the copy is made of what one leaves behind.
        self.demo.kill()
        BrowserTest.fresh = tempfile.mkdtemp(prefix="desk-in-chromium-fresh-") + "/data"
        atexit.register(shutil.rmtree, str(pathlib.Path(BrowserTest.fresh).parent), True)
        shutil.copytree(self.demo.folder / "data", BrowserTest.fresh)
        self.demo.start("--keep")

    #: Browsers that wait for the next test: starting one costs a second.
    idle = []

    def page(self, **options):
        """A browser that knows nothing of the test before."""
        page = self.idle.pop() if self.idle and not options else Page(self.demo.url, **options)
        page.url = self.demo.url
        self.addCleanup(self.put_away, page, bool(options))
        return page

    def put_away(self, page, is_special):
        if page.is_dead:
            return page.quit()
        try:
            faults = page.faults()
            page.driver.get("about:blank")
            for command in ("Network.clearBrowserCookies", "Network.clearBrowserCache"):
                page.driver.execute_cdp_cmd(command, {})
            page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
            # The next test stands before a screen as wide as a new one.
            page.size(1280, 900)
            page.dark(False)
            page.faults()
        except WebDriverException:
            return page.quit()
        if is_special:
            page.quit()
        else:
            self.idle.append(page)
        self.assertEqual(faults, [], "the browser complained")


def quit_all():
    while BrowserTest.idle:
        BrowserTest.idle.pop().quit()


atexit.register(quit_all)
