import pytest

from connectapi.errors import TaskError, TimeoutError


@pytest.fixture
def job(catalog, session, answers):
    answers.on("GET /v1/jobs/j", {"id": "j", "finished": False, "output": [], "last": 0})
    found = catalog.record("Job").get_one(session, "j")
    answers.asked.clear()
    answers._answers.clear()
    return found


def steps(answers, *given):
    for output, last, finished, code, error in given:
        answers.on(
            "GET /v1/jobs/j", {"output": output, "last": last, "finished": finished, "code": code, "error": error}
        )


def test_wait_follows_the_log_to_its_end(job, answers):
    steps(answers, (["a"], 1, False, 0, ""), ([], 1, False, 0, ""), (["b", "c"], 3, True, 0, ""))
    lines = []

    assert job.wait(on_line=lines.append) is job
    assert lines == ["a", "b", "c"]
    assert job.output == ["a", "b", "c"]
    assert job.finished is True
    assert [each.query["first"] for each in answers.asked] == ["0", "1", "1"]
    assert {each.query["wait"] for each in answers.asked} == {"1"}


def test_a_server_that_forgets_to_count_does_not_repeat_lines(job, answers):
    steps(answers, (["a"], None, False, 0, ""), (["b"], None, True, 0, ""))

    assert list(job.follow()) == ["a", "b"]
    assert [each.query["first"] for each in answers.asked] == ["0", "1"]


def test_a_failed_task_shows_the_end_of_its_log(job, answers):
    steps(answers, ([f"line {number}" for number in range(40)], 40, True, 7, "it broke"))
    with pytest.raises(TaskError) as caught:
        job.wait()

    assert caught.value.code == 7
    assert len(caught.value.output) == 40
    text = str(caught.value)
    assert "task j failed (code 7): it broke" in text
    assert "line 39" in text
    assert "line 10\n" not in text


def test_a_task_that_takes_too_long_is_a_time_out_and_goes_on(job, answers):
    steps(answers, (["a"], 1, False, 0, ""))
    with pytest.raises(TimeoutError, match=r"task j still runs after 0\.1 s; it goes on on the server"):
        job.wait(timeout=0.1)

    assert set(job.output) == {"a"}
