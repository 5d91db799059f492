from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "potager.content"
    label = "content"
