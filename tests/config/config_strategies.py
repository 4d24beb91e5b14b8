"""Valid configurations of every kind, for the tests that hold for all of them."""

from typing import Any

from hypothesis import strategies as st

words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,10}", fullmatch=True)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
hosts = st.one_of(
    st.lists(words, min_size=1, max_size=3).map(".".join),
    st.ip_addresses().map(str),
)
urls = st.builds(
    lambda scheme, host, port, path: f"{scheme}://{host}{port}/{path}",
    st.sampled_from(["http", "https"]),
    st.lists(words, min_size=1, max_size=3).map(".".join),
    st.one_of(st.just(""), st.integers(1, 65_535).map(lambda port: f":{port}")),
    words,
)
seconds = st.one_of(
    st.integers(min_value=1, max_value=60),
    st.floats(min_value=1, max_value=60),
    st.integers(min_value=1, max_value=60).map(lambda number: f"{number}s"),
    st.just("1m"),
)
references = st.one_of(
    words.map(lambda name: f"env:{name}"),
    words.map(lambda name: f"credential:{name}"),
    words.map(lambda name: f"file:/nowhere/{name}"),
)
secrets = st.one_of(references, words.map(lambda word: f"literal-{word}"))
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
statuses = st.one_of(
    st.integers(100, 599),
    st.integers(100, 599).map(str),
    st.integers(1, 5).map(lambda hundred: f"{hundred}00-{hundred}99"),
)


def table(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


common = {"interval": seconds, "timeout": seconds}
json_expectations = st.one_of(
    table(
        {"path": text, "is": st.one_of(text, st.booleans())},
        {"comparison": st.sampled_from(["==", "!="])},
    ),
    table(
        {"path": text, "is": st.one_of(st.integers(), st.floats(allow_nan=False))},
        {"comparison": st.sampled_from(["==", "!=", "<", "<=", ">", ">="])},
    ),
    table({"path": text}, {}),
)


def http_checks(secret: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return table(
        {"kind": st.just("http"), "url": urls},
        common
        | {
            "method": st.sampled_from(["GET", "HEAD", "POST"]),
            "headers": st.dictionaries(words.map(lambda word: f"X-Plain-{word}"), header_values),
            "secret_headers": st.dictionaries(words.map(lambda word: f"X-{word}"), secret),
            "body": text,
            "bearer": secret,
            "status": st.lists(statuses, min_size=1, max_size=3),
            "contains": text,
            "matches": st.sampled_from(["", "^ok$", "a|b"]),
            "json": st.lists(json_expectations, max_size=2),
            "max_latency": seconds,
            "follow_redirects": st.booleans(),
            "ip_version": st.sampled_from(["any", "4", "6"]),
        },
    )


def checks(secret: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        http_checks(secret),
        table(
            {"kind": st.just("tcp"), "host": hosts, "port": st.integers(1, 65_535)},
            common | {"send": text, "expect": text},
        ),
        table({"kind": st.just("dns"), "host": hosts}, common | {"resolver": st.just("[::1]:53")}),
        table(
            {"kind": st.just("tls"), "host": hosts}, common | {"fingerprint": st.just("Ab:" * 32)}
        ),
        table({"kind": st.just("heartbeat")}, {"every": seconds, "grace": seconds}),
        table({"kind": st.just("icmp"), "host": hosts}, common),
        table({"kind": st.just("domain"), "domain": st.just("Example.com")}, {}),
    )


zones = st.sampled_from(["UTC", "Europe/Paris", "America/New_York"])
times = st.times().map(lambda time: f"{time:%H:%M}")
days = st.lists(st.sampled_from(["mon", "tue", "sat", "sun"]), min_size=1, max_size=3)
hours = table({"from": times, "to": times}, {"days": days, "zone": zones})
matches = st.sampled_from(["", "tag:shop !lab", "service:a,b rule:down", "severity:critical *"])
mailboxes = words.map(lambda word: f"{word}@example.com")
booleans = st.booleans()


def channels(secret: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    common = {
        "least": st.sampled_from(["warning", "critical"]),
        "match": matches,
        "hours": hours,
        "escalation_only": booleans,
    }
    addresses = secret.map(lambda one: one if ":" in one else f"https://{one}.example.com/")
    return st.one_of(
        table({"kind": st.just("apprise"), "url": secret}, common),
        table(
            {
                "kind": st.just("smtp"),
                "host": hosts,
                "sender": mailboxes,
                "recipients": st.lists(mailboxes, min_size=1, max_size=2),
                "user": words,
            },
            common | {"password": secret, "security": st.sampled_from(["starttls", "tls"])},
        ),
        table({"kind": st.just("webhook"), "url": addresses}, common | {"allow_private": booleans}),
        table({"kind": st.just("ntfy"), "topic": words}, common | {"token": secret}),
        table(
            {"kind": st.just("command"), "argv": st.lists(words, min_size=1, max_size=3)},
            common | {"timeout": st.just("20s")},
        ),
        table({"kind": st.just("terminal")}, common | {"bell": booleans}),
    )


def telling(secret: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Whom to tell of what, and what Sentinel knows of itself."""
    windows = table(
        {"match": matches, "cron": st.just("0 3 * * sun"), "duration": st.just("2h")},
        {"zone": zones, "until_healthy": booleans},
    )
    return {
        "channels": st.lists(channels(secret), max_size=3).map(_numbered),
        "maintenance": st.lists(windows, max_size=2).map(_numbered),
        "notifications": table({}, {"wait_critical": seconds, "quiet_hours": hours}),
        "network": st.sampled_from(
            [{"witnesses": []}, {"witnesses": ["gateway", "[::1]:53"], "quorum": 1}]
        ),
        "heartbeat": table({"url": references}, {"every": st.just("5m")}),
    }


def acting(secret: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Where services live, how closely they are watched, and what may be done to them."""
    modes = table(
        {
            "cron": st.just("0 23 * * *"),
            "duration": st.just("8h"),
            "mode": st.sampled_from(["hyper-vigilant", "normal", "economy"]),
        },
        {"zone": zones},
    )
    rules = table(
        {
            "verb": st.sampled_from(["*", "restart", "auto-deploy"]),
            "level": st.sampled_from(["observe", "suggest", "confirm", "auto"]),
        },
        {"match": matches, "per_hour": st.integers(1, 60), "cooldown": seconds},
    )
    return {
        "render": table(
            {},
            {
                "key": secret,
                "workspace": words.map(lambda word: f"tea-{word}"),
                "poll": st.just("90s"),
                "budget_hours": st.floats(1, 10_000),
                "reserve": st.integers(0, 90),
                "status_url": st.sampled_from(["", "https://status.example/api"]),
            },
        ),
        "modes": st.lists(modes, max_size=2).map(_numbered),
        "autonomy": table(
            {},
            {
                "dry_run": booleans,
                "tune": st.sampled_from(["off", "suggest", "auto"]),
                "rules": st.lists(rules, max_size=2),
            },
        ),
    }


def watching(secret: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Where videos are, and who tells of them."""
    logs = table({"pull_zone": st.integers(1, 99), "key": secret}, {"anonymised": st.just("no")})
    at_bunny = table(
        {"role": st.sampled_from(["public", "private"]), "key": secret},
        {"logs": logs, "api": st.just("http://127.0.0.1:9000")},
    )
    libraries = st.lists(at_bunny, max_size=2).map(
        lambda tables: [{"bunny_id": 7 + n} | one for n, one in enumerate(_numbered(tables))]
    )
    long_enough = secret.map(lambda one: one if ":" in one else f"{one}-0123456789abcdef")
    scopes = st.lists(st.sampled_from(["views", "actions", "beats", "read"]), min_size=1)
    sources = table(
        {"token": long_enough, "scopes": scopes},
        {"per_s": st.integers(1, 99), "origins": st.just(["https://shop.example"])},
    )
    return {
        "videos": table(
            {"libraries": libraries},
            {"requests_per_s": st.integers(1, 10), "language": st.sampled_from(["en", "fr"])},
        ),
        "ingest": table(
            {"sources": st.lists(sources, min_size=1, max_size=2).map(_numbered)},
            {
                "listen": st.sampled_from(["[::1]:8787", "0.0.0.0:99", "unix:/run/in.sock"]),
                "viewer_key": long_enough,
            },
        ),
    }


def _numbered(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"n{number}"} | one for number, one in enumerate(tables)]


@st.composite
def files(draw: st.DrawFn, secret: st.SearchStrategy[str] = secrets) -> dict[str, Any]:
    """The tables of a configuration without a mistake; each service may need the ones before it."""
    names = draw(st.lists(ids, max_size=3, unique=True))
    services = []
    for number, name in enumerate(names):
        some = draw(st.lists(checks(secret), min_size=1, max_size=3))
        named = [{**check, "name": f"check-{n}"} for n, check in enumerate(some)]
        service = {"id": name, "checks": named} | draw(
            table(
                {},
                {
                    "name": text,
                    "role": st.sampled_from(["curator", "monetizer", "public", "other"]),
                    "url": urls,
                    "tags": st.lists(text, max_size=2),
                    "sleeps": st.just({"after": "15m", "expected_wake": 42.5, "costs_hours": True}),
                    "deploy": table(
                        {"repo": st.just("acme/shop")},
                        {"github_token": secret, "command": st.lists(words, max_size=2)},
                    ),
                    "thresholds": st.just({"confirm_cycles": 2, "burst": [1, "3s"]}),
                    "objective": st.sampled_from([99, 99.9]),
                    "render_service_id": st.just(f"srv-{number}"),
                },
            )
        )
        if number and draw(st.booleans()):
            service["depends_on"] = draw(st.lists(st.sampled_from(names[:number]), max_size=2))
        services.append(service)
    return {"services": services} | draw(
        table(
            {},
            {
                "engine": st.just({"concurrency": 7}),
                "retention": st.just({"raw_days": 10, "backup_cron": ""}),
                "display": st.just({"time_zone": "Europe/Paris", "ascii": True}),
                "keys": st.dictionaries(text, text, max_size=3),
            }
            | telling(secret)
            | acting(secret)
            | watching(secret),
        )
    )
