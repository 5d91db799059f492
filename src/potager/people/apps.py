from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "potager.people"
    label = "people"
