from django.apps import AppConfig
from django.db.models import BigAutoField, BigIntegerField, CharField, IntegerField


class TouchConfig(AppConfig):
    name = "potager.touch"
    label = "touch"

    def ready(self) -> None:
        from potager.touch.lookups import Among

        for field in (BigAutoField, BigIntegerField, CharField, IntegerField):
            field.register_lookup(Among)
