"""Sentinel as a systemd user service: its unit file, and the words it exchanges with systemd."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths

UNIT_NAME = "sentinel.service"

# Left out on purpose: CapabilityBoundingSet, PrivateDevices, ProtectClock, ProtectKernelLogs and
# ProtectKernelModules. They drop capabilities, which a user's own service manager may not do, and
# the service would not start; an ordinary user has none of these capabilities anyway.
_UNIT = """\
[Unit]
Description=Sentinel watches your services
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
# Not after `sentinel stop`, nor where starting again would only fail again: a configuration that
# cannot be used, another engine on the same store.
Restart=on-failure
RestartPreventExitStatus=3 5
RestartSec=2
WatchdogSec=60
TimeoutStopSec=10
# A secret that the configuration calls credential:NAME:
#LoadCredentialEncrypted=NAME:%h/.config/sentinel/NAME.cred

UMask=0077
LimitCORE=0
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={data_dir}
PrivateTmp=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectProc=invisible
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
"""


def unit_text(paths: Paths, python: str = sys.executable) -> str:
    """The unit file of an engine that watches with these files.

    Args:
        paths: The engine's files.
        python: The interpreter that has Sentinel installed.
    """
    command = [
        python,
        "-P",
        "-m",
        "sentinel_tui",
        "--config",
        str(paths.config.absolute()),
        "--data-dir",
        str(paths.data_dir.absolute()),
        "engine",
        "--foreground",
    ]
    return _UNIT.format(
        command=" ".join(_quoted(word) for word in command),
        data_dir=_quoted(str(paths.data_dir.absolute())),
    )


def install(paths: Paths, folder: Path | None = None) -> Path:
    """Write the unit file where systemd looks for the user's own.

    Args:
        paths: The engine's files.
        folder: Where units go; the user's folder when left out.

    Returns:
        The file. It still has to be enabled: `systemctl --user enable --now sentinel`.

    Raises:
        EngineError: It cannot be written.
    """
    units = folder or Path.home() / ".config" / "systemd" / "user"
    unit = units / UNIT_NAME
    try:
        units.mkdir(parents=True, exist_ok=True)
        # The sandbox of the unit binds this folder, which therefore has to be there.
        paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        unit.write_text(unit_text(paths), encoding="utf-8")
    except OSError as error:
        raise EngineError(f"{unit} cannot be written: {error.strerror}") from None
    return unit


def notify(state: str) -> None:
    """Tell systemd how things stand, such as `READY=1`; nothing where it did not start us."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(state.encode(), address.replace("@", "\0", 1))
        except OSError:
            return


def _quoted(word: str) -> str:
    """A word as it stands in a unit file: specifiers and variables taken literally."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if any(char.isspace() or char in "\"'\\;" for char in word) else plain
