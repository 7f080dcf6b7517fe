#!/usr/bin/env python3
"""Kills, starves and misleads a desk under load, and holds it to what it acknowledged: `torture.py [MINUTES] [--seed N]`.

Each engine has its share of the time. At random moments the service is killed or ended, its clock set to another day, its
database killed, paused, locked, full, read-only or promoted elsewhere, its PBX cut off, its mail server silent, slow or gone,
and its door full of peers that trickle. Programs go on opening tickets and remember every acknowledgement. The table at the end says what was kept of it;
the status is 1 when anything acknowledged is lost or there twice.
"""
import argparse, collections, contextlib, os, pathlib, random, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time

import world
from world import lab, nodes

# A call is owed when the link held for so long after its last event: what was on the wire has been read then.
SETTLED = 3.0
# After the database was away, calls wait in memory until it is found again: a kill in between may take them along.
CAUGHT_UP = 20.0


class Torture:
    name = ""

    def __init__(self, folder, dice, seconds):
        self.folder, self.dice, self.seconds = pathlib.Path(folder), dice, seconds
        self.did, self.stops = collections.Counter(), []
        # When the database last began and ceased to be in trouble.
        self.trouble = None
        self.mail, self.pbx = world.Mail(), world.PBX()
        self.prepare()
        self.desk = lab.Desk(
            self.folder / "desk",
            database=self.url,
            pbx=[{"line": "matriz", "port": self.pbx.port, "user": "calldesk", "secret": "segredo"}],
            mail={"url": "smtp://127.0.0.1:%d" % self.mail.port, "from": "atendimento@exemplo.com.br", "tls": "off"},
        )
        self.clock = world.Clock(self.folder / "clock")
        self.desk.before, self.desk.environment = self.clock.before, self.clock.environment
        self.stops.append(self.clock.clear)

    # What an engine adds.
    def prepare(self): ...
    def deeds(self): return []
    def finish(self): ...

    # What is done to all.
    def kill_service(self):
        self.desk.kill()
        self.moment()
        self.start()

    def end_service(self):
        self.desk.process.send_signal(signal.SIGTERM)
        try:
            self.desk.process.wait(30)
        except subprocess.TimeoutExpired:
            self.did["did not end in 30 s"] += 1
            self.desk.kill()
        self.start()

    def start(self):
        self.cut()
        self.desk.start()

    def cut(self):
        """Calls of the last moments are nobody's promise: the link to the desk broke after them."""
        with self.pbx.lock:
            now = time.monotonic()
            last = now - SETTLED
            if self.trouble and now - self.trouble[1] < CAUGHT_UP:
                last = min(last, self.trouble[0] - SETTLED)
            self.pbx.told = {key: at for key, at in self.pbx.told.items() if at < last}

    def troubled(self, deed):
        """The deed, remembered as a time in which the database took nothing."""
        def done():
            start = time.monotonic()
            try:
                deed()
            finally:
                self.trouble = (start, time.monotonic())

        return done

    def kill_pbx(self):
        self.pbx.kill()
        self.cut()
        self.moment()
        self.pbx.restart()

    def mood(self, mood):
        self.mail.mood = mood
        self.moment(2)
        self.mail.mood = "well"

    def slow_peers(self):
        ending = threading.Event()
        thread = threading.Thread(target=world.trickle, args=(self.desk.port, 60, ending), daemon=True)
        thread.start()
        self.moment(2)
        ending.set()
        thread.join(10)

    def jump(self):
        """Somebody sets the clock wrong, and right again: what is measured may not hang on it, and nothing is erased by it."""
        for offset in self.dice.sample(["+400d", "+3h", "-2h", "-3d"], 2):
            self.clock.set(offset)
            self.moment(2)
        self.clock.set("+0")

    def moment(self, most=1.5):
        time.sleep(self.dice.uniform(0.2, most))

    def run(self):
        self.desk.start()
        customer = self.desk.post("/api/v1/customers", {
            "name": "Padaria Tortura", "kind": "company", "contact": {"name": "Ana", "email": "ana@exemplo.com.br"}})["id"]
        client = world.Client([self.desk], customer, 4)
        ending = threading.Event()
        caller = threading.Thread(target=self.ring, args=(ending,), daemon=True)
        caller.start()
        deeds = [("kill -9 of the service", self.kill_service), ("kill -9 of the service", self.kill_service),
                 ("SIGTERM", self.end_service), ("PBX gone", self.kill_pbx), ("slow peers", self.slow_peers)]
        if self.clock.is_ours:
            deeds.append(("clock jumps", self.jump))
        else:
            self.did["clock jumps: skipped, no libfaketime (Debian: faketime)"] += 1
        deeds += [("mail server " + mood, lambda mood=mood: self.mood(mood)) for mood in ("silent", "slow", "gone")]
        deeds += self.deeds()
        end = time.monotonic() + self.seconds
        # Each once, in some order, before any comes again by chance: a short run has done all it has time for.
        first = list(deeds)
        self.dice.shuffle(first)
        while time.monotonic() < end:
            name, deed = first.pop() if first else self.dice.choice(deeds)
            self.moment(2.5)
            deed()
            self.did[name] += 1
        ending.set()
        caller.join(10)
        client.stop()
        return self.judge(client)

    def ring(self, ending):
        while not ending.is_set():
            self.pbx.call()
            ending.wait(0.3)

    def judge(self, client):
        lab.wait_for("the service to be ready", lambda: self.ready(), 60, self.desk.tail)

        def waiting():
            return [n for s in ("queued", "sending") for n in nodes.everything(self.desk, "/api/v1/notices?state=" + s)]

        lab.wait_for("every notice to be sent", lambda: not waiting(), 180, lambda: waiting()[:3])
        time.sleep(SETTLED)
        tickets = nodes.everything(self.desk, "/api/v1/tickets")
        summaries = collections.Counter(ticket["summary"] for ticket in tickets)
        numbers = collections.Counter(ticket["number"] for ticket in tickets)
        kept = {"Pedido " + key: number for key, number in client.acknowledged.items()}
        lost = [key for key, number in kept.items() if summaries[key] == 0 or numbers[number] == 0]
        doubled = [key for key, count in (summaries + numbers).items() if count > 1]
        with self.pbx.lock:
            owed = set(self.pbx.told)
        lost_calls = owed
        end = time.monotonic() + CAUGHT_UP
        while lost_calls and time.monotonic() < end:
            lost_calls = owed - {call["key"] for call in nodes.everything(self.desk, "/api/v1/calls")}
            time.sleep(0.5)
        mails = collections.Counter((to, name) for to, name, _ in self.mail.accepted)
        bodies = b"\n".join(text for _, _, text in self.mail.accepted).decode(errors="replace")
        unsent = [number for number in client.acknowledged.values() if number not in bodies]
        self.desk.stop()
        self.finish()
        return {
            "engine": self.name, "tried": client.tried, "acknowledged": len(client.acknowledged), "lost": len(lost),
            "doubled": len(doubled), "without mail": len(unsent),
            "mails": len(self.mail.accepted), "doubled mails": sum(count - 1 for count in mails.values()),
            "calls owed": len(owed), "calls lost": len(lost_calls),
            "longest silence": "%.1f s" % client.silence,
            "done": self.did, "faults": client.faults,
        }

    def ready(self):
        with contextlib.suppress(OSError, KeyError):
            return self.desk.get("/ready").status == 200


class OnSQLite(Torture):
    name = "SQLite"

    def prepare(self):
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        # A small disk of its own, where that may be had.
        self.is_small = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(self.disk)], capture_output=True).returncode == 0
        if self.is_small:
            self.stops.append(lambda: subprocess.run(["umount", "-l", str(self.disk)], capture_output=True))
        self.url = "sqlite:%s" % (self.disk / "desk.sqlite")

    def deeds(self):
        deeds = [("database locked", self.troubled(self.lock))]
        if self.is_small:
            deeds += [("disk full", self.troubled(self.fill)), ("disk read-only", self.read_only)]
        return deeds

    def lock(self):
        other = sqlite3.connect(self.disk / "desk.sqlite", timeout=5, isolation_level=None)
        with contextlib.suppress(sqlite3.OperationalError):
            other.execute("BEGIN IMMEDIATE")
            self.moment(3)
        other.close()

    def fill(self):
        path = self.disk / "filler"
        with contextlib.suppress(OSError), open(path, "wb", buffering=0) as filler:
            while True:
                filler.write(b"\0" * 65536)
        self.moment(3)
        path.unlink(missing_ok=True)

    def read_only(self):
        """A machine that comes up with its disk read-only, as after a fault; one in use the kernel does not turn so."""
        def mount(how):
            subprocess.run(["mount", "-o", "remount," + how, str(self.disk)], check=True, capture_output=True)

        self.desk.kill()
        mount("ro")
        try:
            with open(self.folder / "read-only.log", "wb") as log:
                process = subprocess.Popen([lab.BINARY, "serve", "--config", str(self.desk.config)],
                                           stdout=log, stderr=subprocess.STDOUT)
                try:
                    status = process.wait(3)
                except subprocess.TimeoutExpired:
                    # It may stand and wait, but says that it is not ready.
                    status = "ready" if self.ready() else "waits"
                    process.kill()
                    process.wait()
            if status in ("ready", 0) or (isinstance(status, int) and status < 0):
                self.did["read-only, NOT TOLD (%s)" % status] += 1
        finally:
            mount("rw")
        self.start()

    def finish(self):
        """A damaged file is told at the start, never taken for a new desk."""
        path = self.disk / "desk.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as other:
            # What stands in the log would heal the first page.
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(path, "r+b") as file:
            file.write(b"\0" * 4096)
        process = subprocess.Popen([lab.BINARY, "serve", "--config", str(self.desk.config)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            refused = process.wait(20) not in (0, -6, -11)
        except subprocess.TimeoutExpired:
            refused = self.ready() is not True
            process.kill()
            process.wait()
        self.did["damaged, refused" if refused else "damaged, NOT REFUSED"] += 1


class OnPostgreSQL(Torture):
    name = "PostgreSQL"

    def prepare(self):
        self.server = nodes.PostgreSQL("start")
        self.stops.append(self.server.stop)
        self.copy = self.server.replica()
        self.stops.append(self.copy.stop)
        # What is acknowledged stands on both.
        self.server.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        self.url = "postgres://calldesk@127.0.0.1:%d,127.0.0.1:%d/calldesk" % (self.server.port, self.copy.port)
        self.is_promoted = False

    def deeds(self):
        deeds = [("kill -9 of the database", self.kill_database), ("database away", self.pause), ("failover", self.failover)]
        return [(name, self.troubled(deed)) for name, deed in deeds]

    def current(self):
        return self.copy if self.is_promoted else self.server

    def kill_database(self):
        server = self.current()
        pid = int((pathlib.Path(server.folder) / "data" / "postmaster.pid").read_text().split()[0])
        # The server and its children: what a power cut does.
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
        for one in [pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.moment()
        # As after a power cut: no process is left, and its marks are old. Where nobody reaps the dead they look alive.
        folder = pathlib.Path(server.folder)
        for mark in [folder / "data" / "postmaster.pid", *folder.glob(".s.PGSQL.*.lock")]:
            mark.unlink(missing_ok=True)
        server.do("resume")

    def pause(self):
        self.current().do("pause", "fast")
        self.moment(3)
        self.current().do("resume")

    def failover(self):
        if self.is_promoted:
            # There is one copy: after it, failing over is the server being away.
            self.did["failover"] -= 1
            self.did["database away"] += 1
            return self.pause()
        self.server.do("pause", "immediate")
        self.copy.do("promote")
        self.copy.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        self.is_promoted = True


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("minutes", nargs="?", type=float, default=4)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options.add_argument("--engine", choices=["sqlite", "postgres"], help="one alone")
    options = options.parse_args()
    kinds = {"sqlite": OnSQLite, "postgres": OnPostgreSQL}
    chosen = [kinds[options.engine]] if options.engine else list(kinds.values())
    print("seed %d, %.1f minutes" % (options.seed, options.minutes), flush=True)
    rows, ok = [], True
    for kind in chosen:
        folder = tempfile.mkdtemp(prefix="torture.")
        os.chmod(folder, 0o755)
        torture = None
        try:
            torture = kind(folder, random.Random(options.seed), options.minutes * 60 / len(chosen))
            rows.append(torture.run())
        except lab.unittest.SkipTest as reason:
            print("skipped: %s" % reason)
        except subprocess.CalledProcessError as error:
            raise AssertionError("%s\n%s" % (error, (error.stderr or b"").decode(errors="replace")))
        finally:
            if torture:
                if torture.desk.process and torture.desk.process.poll() is None:
                    torture.desk.kill()
                for stop in reversed(torture.stops):
                    stop()
            shutil.rmtree(folder, ignore_errors=True)
    names = ["engine", "tried", "acknowledged", "lost", "doubled", "without mail", "mails", "doubled mails", "calls owed",
             "calls lost", "longest silence"]
    table = [names] + [[str(row[name]) for name in names] for row in rows]
    widths = [max(len(line[n]) for line in table) for n in range(len(names))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)))
    for row in rows:
        print("%s: %s" % (row["engine"], ", ".join("%s ×%d" % one for one in sorted(row["done"].items()))))
        for fault in row["faults"]:
            print("%s: fault: %s" % (row["engine"], fault))
        ok = ok and not (row["lost"] or row["doubled"] or row["without mail"] or row["calls lost"] or row["faults"])
        ok = ok and not any("NOT " in what or what == "did not end in 30 s" for what in row["done"])
    return 0 if ok and rows else 1


if __name__ == "__main__":
    sys.exit(main())
