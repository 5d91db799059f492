"""The built console: every address that is no file and no API is a page of it."""

from django.http import HttpRequest, HttpResponse

from potager.core.settings import environment


def page(request: HttpRequest, path: str = "") -> HttpResponse:
    """The console's one HTML page; it reads the address itself."""
    if request.method not in {"GET", "HEAD"} or path.startswith(("api/", "v1/", "assets/")):
        return HttpResponse(status=404)
    try:
        html = (environment().console_dist / "index.html").read_bytes()
    except FileNotFoundError:
        text = "控制台还没有构建：请运行 bin/up · The console is not built yet: run bin/up\n"
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
