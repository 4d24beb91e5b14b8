"""The configuration as text: its options for the README, and itself with its secrets masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sentinel_tui.config.calendar import ModeHours
from sentinel_tui.config.channels import (
    AppriseChannel,
    CommandChannel,
    NtfyChannel,
    SmtpChannel,
    TerminalChannel,
    WebhookChannel,
)
from sentinel_tui.config.checks import (
    DnsCheck,
    DomainCheck,
    HeartbeatCheck,
    HttpCheck,
    IcmpCheck,
    JsonExpectation,
    TcpCheck,
    TlsCheck,
)
from sentinel_tui.config.hosting import DeployOptions, RenderOptions
from sentinel_tui.config.hours import HoursOptions, QuietHours
from sentinel_tui.config.ingest import IngestOptions, SourceOptions
from sentinel_tui.config.maintenance import MaintenanceWindow
from sentinel_tui.config.model import (
    AlertingOptions,
    Config,
    DisplayOptions,
    EngineOptions,
    KeepAliveOptions,
    RetentionOptions,
    Service,
    Sleeps,
    ThresholdOptions,
)
from sentinel_tui.config.network import HeartbeatOptions, NetworkOptions
from sentinel_tui.config.notifications import EscalationStep, NotificationOptions
from sentinel_tui.config.permissions import AutonomyOptions, PermissionRule
from sentinel_tui.config.schema import in_words, json_schema
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.toml import toml_duration, toml_value
from sentinel_tui.config.videos import LibraryOptions, LogOptions, VideoOptions

__all__ = ["json_schema", "masked_toml", "options_markdown"]

_TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[[services]]", Service),
    ("[services.sleeps]", Sleeps),
    ("[services.thresholds]", ThresholdOptions),
    ("[services.deploy]", DeployOptions),
    ('[[services.checks]] with kind = "http"', HttpCheck),
    ("json = [{ … }] of an http check", JsonExpectation),
    ('[[services.checks]] with kind = "tcp"', TcpCheck),
    ('[[services.checks]] with kind = "dns"', DnsCheck),
    ('[[services.checks]] with kind = "tls"', TlsCheck),
    ('[[services.checks]] with kind = "heartbeat"', HeartbeatCheck),
    ('[[services.checks]] with kind = "icmp"', IcmpCheck),
    ('[[services.checks]] with kind = "domain"', DomainCheck),
    ("[engine]", EngineOptions),
    ("[retention]", RetentionOptions),
    ("[keep_alive]", KeepAliveOptions),
    ("[alerting]", AlertingOptions),
    ("[network]", NetworkOptions),
    ("[notifications]", NotificationOptions),
    ("[notifications.quiet_hours]", QuietHours),
    ("[[notifications.escalation]]", EscalationStep),
    ('[[channels]] with kind = "smtp"', SmtpChannel),
    ('[[channels]] with kind = "webhook"', WebhookChannel),
    ('[[channels]] with kind = "ntfy"', NtfyChannel),
    ('[[channels]] with kind = "command"', CommandChannel),
    ('[[channels]] with kind = "terminal"', TerminalChannel),
    ('[[channels]] with kind = "apprise"', AppriseChannel),
    ("[channels.hours]", HoursOptions),
    ("[[maintenance]]", MaintenanceWindow),
    ("[render]", RenderOptions),
    ("[[modes]]", ModeHours),
    ("[autonomy]", AutonomyOptions),
    ("[[autonomy.rules]]", PermissionRule),
    ("[videos]", VideoOptions),
    ("[[videos.libraries]]", LibraryOptions),
    ("[videos.libraries.logs]", LogOptions),
    ("[ingest]", IngestOptions),
    ("[[ingest.sources]]", SourceOptions),
    ("[heartbeat]", HeartbeatOptions),
    ("[display]", DisplayOptions),
)


def options_markdown() -> str:
    """Every option in tables for the README: what it is called, takes, defaults to and means."""
    sections = [_section(title, model) for title, model in _TABLES]
    keys = json_schema()["properties"]["keys"]["description"]
    return "\n\n".join([*sections, f"#### `[keys]`\n\n{keys}"]) + "\n"


def masked_toml(config: Config) -> str:
    """The whole configuration, defaults included, as a file that can be read again.

    Secrets are shown as their references; one that stood in the file itself is masked.
    """
    return "\n\n".join(_blocks("", "", config)) + "\n"


def _section(title: str, model: type[BaseModel]) -> str:
    properties = json_schema()["$defs"][model.__name__]["properties"]
    rows = ["| option | takes | default | meaning |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        cells = (
            f"`{key}`",
            in_words(properties[key]),
            _default(name, field),
            " ".join(properties[key]["description"].split()),
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return f"#### `{title}`\n\n{cleandoc(model.__doc__ or '')}\n\n" + "\n".join(rows)


def _default(name: str, field: FieldInfo) -> str:
    if field.is_required() or name == "kind":
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or value in (None, "", [], {}):
        return "–"
    return f"`{_written(name, value)}`"


def _blocks(header: str, prefix: str, table: BaseModel) -> Iterator[str]:
    """A table under its header, then the tables within it."""
    lines = [header] if header else []
    inner: list[tuple[str, str, BaseModel]] = []
    for name, field in type(table).model_fields.items():
        key, value = field.alias or name, getattr(table, name)
        if isinstance(value, BaseModel):
            inner.append((f"[{prefix}{key}]", f"{prefix}{key}.", value))
        elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
            inner.extend((f"[[{prefix}{key}]]", f"{prefix}{key}.", one) for one in value)
        elif value is not None:
            lines.append(f"{key} = {_written(name, value)}")
    yield "\n".join(lines)
    for inner_header, inner_prefix, inner_table in inner:
        yield from _blocks(inner_header, inner_prefix, inner_table)


def _written(name: str, value: object) -> str:
    """A value as TOML; what a name gives in seconds is written with its unit."""
    if not name.endswith("_s"):
        return toml_value(_plain(value))
    if isinstance(value, list):
        return f"[{', '.join(toml_duration(one) for one in value)}]"
    return toml_duration(value) if isinstance(value, float) else toml_value(value)


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reference
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value
