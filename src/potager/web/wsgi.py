"""The WSGI application, for cheroot in the one process and granian in production."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
