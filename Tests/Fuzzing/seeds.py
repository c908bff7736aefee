"""Inputs to start from: what this repository and the corpora hold, in the form that each target reads.

The layout of inputs is described at each target (Tests/Fuzzing/*Target.swift). A target without seeds starts from
nothing; so does every target where the corpora are absent, but for those with files of this repository.
"""

import base64
import hashlib
import json
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]

# Larger seeds slow a target down more than they teach it.
LARGEST = 24 * 1024

# The order of `Dialect.allCases`, which the first byte of a schema input counts in.
DIALECTS = ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"]


def corpora():
    """The folder of the corpora, or None."""
    named = os.environ.get("LINTEL_CORPORA")
    candidates = [Path(named)] if named else [folder / "shared/corpora" for folder in PACKAGE.parents]
    return next((folder for folder in candidates if folder.is_dir()), None)


def files(folder, *patterns):
    """The contents of small files below a folder."""
    if folder is None:
        return
    for pattern in patterns:
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and path.stat().st_size <= LARGEST:
                yield path.read_bytes()


def octets(text):
    """The bytes of a text in which a character stands for an octet."""
    return text.encode("latin-1", "replace")


def heads(folder):
    """Requests and responses, each as what it is; bodies in chunks once more by themselves."""
    if folder is None:
        return
    for case in json.loads((folder / "http/http1_requests.json").read_text())["cases"]:
        raw = octets(case.get("raw", ""))
        yield b"\0" + raw
        if b"chunked" in raw:
            yield b"\4" + raw.partition(b"\r\n\r\n")[2]
    for case in json.loads((folder / "http/http1_responses.json").read_text())["cases"]:
        raw = octets("".join(step[1] for step in case["plan"] if step[0] == "send" and len(step) > 1))
        yield b"\1" + raw
        yield b"\2" + raw
        if b"chunked" in raw:
            yield b"\4" + raw.partition(b"\r\n\r\n")[2]


def vectors(folder):
    """The contract vectors."""
    if folder is None:
        return
    for line in (folder / "contract/vectors.jsonl").read_text().splitlines():
        yield json.loads(line)


def parameters(folder):
    """Paths, queries, header values and cookies of the contract vectors."""
    for vector in vectors(folder):
        path, _, query = vector["request"]["target"].partition("?")
        cookies = [value for name, value in vector["request"].get("headers", []) if name.lower() == "cookie"]
        last = path.rsplit("/", 1)[-1]
        yield "\n".join([path, ";" + last, "." + last, query, "1,2", "; ".join(cookies)]).encode()
    yield b"/a/%2e\n;x=1;y=2\n.1.2\nn=1&a=1&a=2&s=1%20x&p=k|1&d[x]=1&o=r,1&l[]=2020-01-01&j={\"k\":1}&e=\n1, 2\nc=k,1; ci=2"


def bodies(folder):
    """Types and contents of the contract vectors."""
    for vector in vectors(folder):
        request = vector["request"]
        kinds = [value for name, value in request.get("headers", []) if name.lower() == "content-type"]
        content = request.get("body", "").encode() or base64.b64decode(request.get("bodyBase64", ""))
        if kinds and len(content) <= LARGEST:
            yield kinds[0].encode() + b"\n" + content
    yield b'application/xml\n<t:tree xmlns:t="urn:tree" id="1"><leaves><leaf>1</leaf></leaves><text>a&lt;</text></t:tree>'
    yield b'application/jsonl\n{"n":1}\n{"n":2}\n'
    yield b'application/json-seq\n\x1e1\n\x1e2\n'
    yield b'text/event-stream\ndata: 1\ndata: 2\nid: 3\n\n: note\n\n'


def schema_cases(folder):
    """Dialect, schema and instance of every case of the JSON Schema Test Suite."""
    if folder is None:
        return
    for number, dialect in enumerate(DIALECTS):
        for path in sorted((folder / "json-schema-test-suite/tests" / dialect).rglob("*.json")):
            for group in json.loads(path.read_text()):
                for case in group["tests"]:
                    yield number, group["schema"], case["data"]


def compact(value):
    """JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def schemas(folder):
    """Schemas and instances as they stand."""
    for number, schema, instance in schema_cases(folder):
        yield bytes([number]) + compact(instance) + b"\n" + compact(schema)


def patterns(folder):
    """Patterns of schemas, each with the texts that are tried on it."""
    for _, schema, instance in schema_cases(folder):
        if not isinstance(schema, dict):
            continue
        if isinstance(schema.get("pattern"), str) and isinstance(instance, str):
            yield schema["pattern"].encode() + b"\n" + instance.encode("utf-8", "surrogatepass")
        for pattern in schema.get("patternProperties", {}) if isinstance(instance, dict) else []:
            yield pattern.encode() + b"\n" + " ".join(instance).encode("utf-8", "surrogatepass")


def formats(folder):
    """Texts that are tried on formats; the first byte counts in `FormatCode.allCases`, so each text meets several."""
    for number, (_, schema, instance) in enumerate(schema_cases(folder)):
        if isinstance(schema, dict) and "format" in schema and isinstance(instance, str):
            yield bytes([number % 28]) + instance.encode("utf-8", "surrogatepass")


def credentials(_):
    """A token that is good but for its audience, and one that is none."""
    yield (
        b'\1{"alg":"HS256","typ":"JWT"}\n{"iss":"https://id.test/","aud":"store","sub":"ada","exp":1800000100,'
        b'"nbf":1799999999,"scope":"read write"}\nkey=x\nkey=y\n{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}'
    )
    yield b'\0Basic YWRhOnB3\n\na=1&key=%41\na=b; key="y"\n{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}'


def telemetry(_):
    """A trace context and a request."""
    yield b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nid-1\nGET\n/p?q=%C3%A9\xc3\xa9\x1b[0m\"\\"


def settings(folder):
    """The example, and what the contract runner would write."""
    yield from files(PACKAGE / "routes", "*.yaml")


def yaml(folder):
    """Small files of every kind."""
    yield from files(PACKAGE / "specs", "*.yaml")
    yield from files(PACKAGE / "routes", "*.yaml")
    yield from files(folder and folder / "oai/schema-tests", "*.yaml")


def descriptions(folder):
    """Documents that pass and that fail."""
    yield from files(PACKAGE / "specs", "*.yaml")
    yield from files(folder and folder / "oai", "*.yaml", "*.json")
    for vector in vectors(folder):
        yield b"\n========\n".join([compact(vector["spec"])] + [compact(f) for f in vector.get("files", {}).values()])


SOURCES = {
    "json": lambda folder: files(folder and folder / "jsontestsuite", "*.json"),
    "yaml": yaml, "openapi": descriptions, "head": heads, "parameters": parameters, "body": bodies,
    "pattern": patterns, "schema": schemas, "format": formats, "settings": settings, "credentials": credentials,
    "telemetry": telemetry,
}


def write(target, folder):
    """Writes a target's seeds into a folder, which is made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for seed in SOURCES.get(target, lambda _: [])(corpora()):
        if len(seed) <= LARGEST:
            (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
