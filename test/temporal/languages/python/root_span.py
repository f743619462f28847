"""Where a flow begins, and what of it arrives elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.trace import RandomIdGenerator


@contextmanager
def start_root(order: dict[str, Any]) -> Iterator[trace.Span]:
    """The root span of an order."""
    carrier = {"baggage": order["baggage"]}
    if order["tracestate"] or not order["sampled"]:
        ids = RandomIdGenerator()
        flags = "01" if order["sampled"] else "00"
        carrier["traceparent"] = f"00-{ids.generate_trace_id():032x}-{ids.generate_span_id():016x}-{flags}"
        carrier["tracestate"] = order["tracestate"]
    token = context.attach(propagate.extract(carrier))
    try:
        with trace.get_tracer("test").start_as_current_span("request") as root:
            yield root
    finally:
        context.detach(token)


def carrier_of_context() -> dict[str, str]:
    """What the current context would send on."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier
