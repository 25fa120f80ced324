"""django-oauth-toolkit as an authorization server: opaque tokens, which must be introspected.

python server.py PORT FOLDER CALLBACK: keeps its database in FOLDER; prints a line of JSON when it listens.
"""

import json
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

port, folder, callback = int(sys.argv[1]), sys.argv[2], sys.argv[3]
ISSUER = f"http://127.0.0.1:{port}/o"
SECRET = "known-to-every-test-and-worth-nothing"

settings.configure(
    SECRET_KEY=SECRET,
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/database"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [
        ("django.template.loaders.locmem.Loader", {"login": '<form method="post">{% csrf_token %}{{ form }}</form>'}),
        "django.template.loaders.app_directories.Loader"]}}],
    LOGIN_URL="/login/",
    OAUTH2_PROVIDER={"SCOPES": {"mcp:read": "read", "mcp:write": "write"}, "OIDC_ISS_ENDPOINT": ISSUER},
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402  (only after setup)
from django.contrib.auth.views import LoginView  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402
from oauth2_provider.urls import metadata_urlpatterns  # noqa: E402

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("login/", LoginView.as_view(template_name="login")),
    path("", include(metadata_urlpatterns)),
]


def client(name, grant):
    Application.objects.create(
        client_id=name, client_secret=SECRET, client_type=Application.CLIENT_CONFIDENTIAL, authorization_grant_type=grant,
        redirect_uris=callback, skip_authorization=True, name=name)
    return {"id": name, "secret": SECRET}


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


call_command("migrate", verbosity=0)
User.objects.create_user("alice", password="in-wonderland")
clients = {"user": client("mcp-client", "authorization-code"), "gateway": client("gateway", "client-credentials")}
with make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet) as server:
    print(json.dumps({"ready": {"issuer": ISSUER, **clients}}), flush=True)
    server.serve_forever()
