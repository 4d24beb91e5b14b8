"""Looks at what a name server answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.config.checks import DnsCheck
from sentinel_tui.config.values import is_address
from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.faults import OwnFault, ProbeFailure, said, socket_fault
from sentinel_tui.probes.name_servers import NameServer, ask, system_name_servers
from sentinel_tui.probes.trail import Trail

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage


async def look(check: DnsCheck, trail: Trail) -> None:
    """Ask, and compare the answer with what it must be.

    Raises:
        ProbeFailure: It is another, or there is none.
        OwnFault: This machine cannot ask.
    """
    import dns.rcode

    question = _question(check)
    servers = _servers(check)
    trail.address = str(servers[0])
    trail.enter(FailurePhase.FIRST_BYTE)
    try:
        answer = await ask(servers, question)
    except OSError as error:
        raise socket_fault(error, FailurePhase.CONNECT, trail.address) from error
    trail.enter(FailurePhase.ASSERTION)
    trail.status = int(answer.rcode())
    problem = answer_problem(check, dns.rcode.to_text(answer.rcode()), _records(check, answer))
    if problem:
        raise ProbeFailure(FailurePhase.ASSERTION, problem, kept=answer.to_text())


def answer_problem(check: DnsCheck, rcode: str, records: Sequence[str]) -> str:
    """What is wrong with an answer, or empty.

    Args:
        check: What is expected.
        rcode: Its response code, such as NOERROR.
        records: Its records of the wanted kind, as text.
    """
    if rcode != check.rcode:
        return f"{rcode} for {check.host}, expected {check.rcode}"
    if rcode == "NOERROR" and not records:
        return f"{check.host} has no {check.record} record"
    wanted = check.contains.casefold()
    if any(wanted in record.casefold() for record in records) or not wanted:
        return ""
    seen = said(", ".join(records), 200)
    return f"no {check.record} record of {check.host} contains {check.contains!r}: {seen}"


def _question(check: DnsCheck) -> QueryMessage:
    import dns.exception
    import dns.message
    import dns.name
    import dns.reversename

    try:
        if check.record == "PTR" and is_address(check.host):
            name = dns.reversename.from_address(check.host)
        else:
            name = dns.name.from_text(check.host)
    except (dns.exception.DNSException, ValueError) as error:
        raise OwnFault(f"{said(check.host)} is no name: {said(error)}") from error
    return dns.message.make_query(name, check.record, use_edns=0, payload=1_232)


def _records(check: DnsCheck, answer: Message) -> list[str]:
    import dns.rdatatype

    wanted = dns.rdatatype.from_text(check.record)
    return [str(record) for rrset in answer.answer if rrset.rdtype == wanted for record in rrset]


def _servers(check: DnsCheck) -> list[NameServer]:
    if check.resolver:
        return [parse_name_server(check.resolver)]
    servers = system_name_servers()
    if not servers:
        raise OwnFault("this machine has no name server; set the check's resolver")
    return servers


def parse_name_server(text: str) -> NameServer:
    """A name server written as `9.9.9.9`, `9.9.9.9:5353`, `2620:fe::9` or `[2620:fe::9]:5353`."""
    if is_address(text):
        return NameServer(text)
    host, _, port = text.rpartition(":")
    return NameServer(host.removeprefix("[").removesuffix("]"), int(port))
