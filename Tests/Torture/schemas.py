#!/usr/bin/env python3
"""Asks a desk everything its OpenAPI description allows and much that it does not, by schemathesis, on one engine.

A fault of the service (5xx), a status or a body that the description does not promise, fails.
"""
import argparse, os, pathlib, shutil, subprocess, sys, tempfile

import world
from world import lab, nodes

TOOL = world.ROOT / ".build" / "schemathesis"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--examples", type=int, default=2, help="for each operation")
    options.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--seed", default="1")
    options.add_argument("--seconds", type=int, default=3600)
    options = options.parse_args()
    if not (TOOL / "bin" / "schemathesis").exists():
        print("skipped: schemathesis is not here (scripts/install-packages test)")
        return 0
    folder = tempfile.mkdtemp(prefix="schemas.")
    os.chmod(folder, 0o755)
    server, desk = None, None
    try:
        settings = {}
        if options.engine == "postgres":
            server = nodes.PostgreSQL("start")
            settings["database"] = server.url
        desk = lab.Desk(pathlib.Path(folder) / "desk", **settings).start()
        desk.post("/api/v1/customers", {"name": "Padaria Esquema", "phones": ["11 98765-4321"]})
        try:
            done = subprocess.run(
                [sys.executable, str(TOOL / "bin" / "schemathesis"), "run",
                 "http://127.0.0.1:%d/api/v1/openapi.json" % desk.port,
                 "--header", "Authorization: Bearer " + desk.token,
                 # A stream is open by design, and takes its reader's time.
                 "--exclude-path", "/events", "--max-examples", str(options.examples), "--seed", options.seed,
                 "--phases", "fuzzing", "--mode", "all", "--request-timeout", "20", "--no-color",
                 "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"],
                env=dict(os.environ, PYTHONPATH=str(TOOL), HYPOTHESIS_STORAGE_DIRECTORY=folder),
                cwd=folder, timeout=options.seconds, capture_output=True, text=True)
            # What was found, and the sums; not its advice on how to describe an API.
            found = done.stdout.partition("= WARNINGS =")[0] if done.returncode else ""
            print(found[-12000:], done.stdout[done.stdout.rfind("Test cases:"):], done.stderr[-2000:], sep="\n")
            status = done.returncode
        except subprocess.TimeoutExpired:
            print("time is up: nothing was found in %d s" % options.seconds)
            status = 0
        desk.alive()
        return status
    except lab.unittest.SkipTest as reason:
        print("skipped: %s" % reason)
        return 0
    finally:
        if desk and desk.process and desk.process.poll() is None:
            desk.stop()
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
