"""Every address that is no file and no API is the console's one page."""

import pytest

from potager.core.settings import environment


@pytest.fixture
def built(tmp_path, monkeypatch):
    from potager.web import console

    (tmp_path / "console" / "dist").mkdir(parents=True)
    (tmp_path / "console" / "dist" / "index.html").write_text("<title>精耕</title>")
    fake = type("Env", (), {"console_dist": tmp_path / "console" / "dist"})
    monkeypatch.setattr(console, "environment", lambda: fake)


@pytest.mark.parametrize("path", ["/", "/customers/12", "/journeys?state=live"])
def test_pages_of_the_console_share_one_html(client, built, path):
    answer = client.get(path)
    assert (answer.status_code, answer.content.decode()) == (200, "<title>精耕</title>")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api/nothing", "/v1/nothing", "/assets/gone.js"])
def test_unknown_api_and_file_addresses_are_not_found(client, built, db, path):
    assert client.get(path).status_code == 404


def test_without_a_build_it_says_what_to_run(client, monkeypatch, tmp_path):
    from potager.web import console

    fake = type("Env", (), {"console_dist": tmp_path})
    monkeypatch.setattr(console, "environment", lambda: fake)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "bin/up" in answer.content.decode()
    assert environment().console_dist.name == "dist"
