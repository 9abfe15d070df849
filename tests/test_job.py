"""Long work in a thread, watched from a loop that stays alive."""

import asyncio
import threading

from qdlib.notebook.job import Job


def test_the_loop_goes_on_while_it_works():
    go, seen = threading.Event(), []

    def work(told):
        told(1, "a")
        go.wait(60)
        return "done"

    async def page():
        ended = asyncio.Event()
        job = Job(work)
        job.watch(lambda: seen.append(job.progress), ended.set)
        while (1, "a") not in seen:
            await asyncio.sleep(0.01)
        assert job.running and not ended.is_set()
        go.set()
        await ended.wait()
        assert not job.running
        return job

    job = asyncio.run(asyncio.wait_for(page(), 60))
    assert job.result == "done" and job.error is None


def test_it_ends_when_asked_to():
    started = threading.Event()

    def work(told):
        while not told():
            started.set()
        return "ended"

    job = Job(work)
    started.wait(60)
    job.cancel()
    job.watch(lambda: None, lambda: None)  # without a loop it waits
    assert job.result == "ended"


def test_an_error_is_handed_over():
    done = []
    job = Job(lambda told: 1 / 0)
    job.watch(lambda: None, lambda: done.append(job.error))
    assert isinstance(done[0], ZeroDivisionError) and job.result is None
