"""What the worker runs."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from root_span import carrier_of_context

TASK_QUEUE = "python"
LIMIT = timedelta(seconds=10)


@activity.defn
async def measure() -> dict[str, str]:
    """The trace context that reaches an activity in Python."""
    return carrier_of_context()


@workflow.defn(name="relay")
class Relay:
    """Hears one word by signal and one by update, then calls on both sides."""

    def __init__(self) -> None:
        self.words: list[str] = []

    @workflow.signal
    def say(self, word: str) -> None:
        self.words.append(word)

    @workflow.update
    def propose(self, word: str) -> int:
        self.words.append(word)
        return len(self.words)

    @workflow.query
    def said(self) -> list[str]:
        return self.words

    @workflow.run
    async def run(self, there: str) -> dict[str, str]:
        """`there` is the task queue of the other language."""
        await workflow.wait_condition(lambda: len(self.words) == 2)
        measured = await workflow.execute_activity(measure, start_to_close_timeout=LIMIT)
        await workflow.execute_activity("preprocess", " text ", task_queue=there, start_to_close_timeout=LIMIT)
        await workflow.execute_child_workflow("child", "text", task_queue=there)
        talk = await workflow.start_child_workflow("conversation", task_queue=there)
        await talk.signal("say", "hello")
        await talk.signal("leave")
        await talk
        return measured


@workflow.defn(name="echo")
class Echo:
    """A child for workflows of the other language: waits for a word."""

    def __init__(self) -> None:
        self.called = asyncio.Event()

    @workflow.signal
    def say(self, _word: str) -> None:
        self.called.set()

    @workflow.run
    async def run(self) -> dict[str, str]:
        await self.called.wait()
        return await workflow.execute_activity(measure, start_to_close_timeout=LIMIT)
