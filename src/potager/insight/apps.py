from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "potager.insight"
    label = "insight"
