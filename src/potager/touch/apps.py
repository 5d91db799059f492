from django.apps import AppConfig


class TouchConfig(AppConfig):
    name = "potager.touch"
    label = "touch"
