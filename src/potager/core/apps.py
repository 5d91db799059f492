from django.apps import AppConfig
from django.db.models import BigAutoField, BigIntegerField, CharField, ForeignKey, IntegerField


class CoreConfig(AppConfig):
    name = "potager.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from potager.core.lookups import Among

        for field in (BigAutoField, BigIntegerField, CharField, ForeignKey, IntegerField):
            field.register_lookup(Among)
