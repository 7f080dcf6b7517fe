"""Holds answers of the API against the description that the service gives of itself."""
import re

import jsonschema


class Description:
    """The OpenAPI description of one service, read once."""

    def __init__(self, document):
        self.document = document
        self.resolver = jsonschema.RefResolver("", self.document)
        # A word of an address stands before a place for one: /calls/live is not /calls/{id}.
        self.paths = sorted(
            ((path, re.compile("^%s$" % re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(path)))) for path in self.document["paths"]),
            key=lambda one: one[0].count("{"),
        )

    def check(self, method, path, status, kind, body):
        """Raises AssertionError for an answer that the description does not promise; a JSON body comes decoded."""
        where = "%s %s answered %d" % (method, path, status)
        place = path.partition("?")[0].removeprefix("/api/v1")
        found = next((known for known, pattern in self.paths if pattern.match(place)), None)
        if found is None:
            assert status == 404, where + ": no such path is described"
            return
        operation = self.document["paths"][found].get(method.lower())
        if operation is None:
            assert status == 405, where + ": no such method is described"
            return
        promised = operation["responses"].get(str(status)) or operation["responses"].get("default")
        assert promised is not None, where + ": no such status is described"
        while "$ref" in promised:
            promised = self.resolver.resolve(promised["$ref"])[1]
        content = promised.get("content", {})
        if not content:
            assert not body, where + " with a body: none is described"
            return
        described = content.get(kind) or content.get(kind.partition("/")[0] + "/*") or content.get("*/*")
        assert described is not None, "%s as %s: described are %s" % (where, kind, ", ".join(content))
        if kind.endswith("json") and "schema" in described:
            validator = jsonschema.Draft202012Validator(described["schema"], resolver=self.resolver)
            fault = jsonschema.exceptions.best_match(validator.iter_errors(body))
            assert fault is None, "%s: %s at %s" % (where, fault and fault.message[:300], fault and list(fault.absolute_path))
