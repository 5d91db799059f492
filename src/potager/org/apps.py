from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "potager.org"
    label = "org"
