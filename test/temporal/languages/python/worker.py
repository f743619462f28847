"""A worker and a client in Python as an application has them: Temporal's SDK with its own tracing interceptor,
OpenTelemetry with its OTLP exporter. Obeys orders, a line of JSON each, on standard input and answers on standard output.
"""

import asyncio
import json
import os
import sys
from typing import Any

from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.worker import Worker

from root_span import start_root
from tracing import start_tracing
from workflows import Echo, Relay, TASK_QUEUE, measure


def answer(reply: dict[str, Any]) -> None:
    print(json.dumps(reply), flush=True)


async def begin(client: Client, order: dict[str, Any]) -> dict[str, Any]:
    """Everything that a client does to a workflow of the other language, in one root span."""
    with start_root(order) as root:
        handle = await client.start_workflow(
            "tour",
            TASK_QUEUE,
            id=order["workflowId"],
            task_queue=order["taskQueue"],
        )
        await handle.signal("say", "hello")
        await handle.query("said")
        await handle.execute_update("propose", "more")
        result = await handle.result()
        return {"traceId": format(root.get_span_context().trace_id, "032x"), "result": result}


async def main() -> None:
    provider = start_tracing(os.environ["OTLP_URL"])
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], interceptors=[TracingInterceptor()])
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[Relay, Echo], activities=[measure]):
        answer({"id": 0, "result": "ready"})
        # Until the parent closes the pipe.
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            try:
                answer({"id": order["id"], "result": await begin(client, order)})
            except Exception as error:  # the parent has to know whatever it was
                answer({"id": order["id"], "error": f"{type(error).__name__}: {error}"})
    provider.shutdown()


asyncio.run(main())
# The SDK's native part may abort a process that ends in the ordinary way (PyGILState_Release).
os._exit(0)
