from django.apps import AppConfig
from django.db.models import BigAutoField, BigIntegerField, CharField


class TouchConfig(AppConfig):
    name = "potager.touch"
    label = "touch"

    def ready(self) -> None:
        from potager.touch.lookups import Among

        for field in (BigAutoField, BigIntegerField, CharField):
            field.register_lookup(Among)
