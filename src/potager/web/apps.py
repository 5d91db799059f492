from django.apps import AppConfig


class WebConfig(AppConfig):
    """Assembles the house once Django is ready, whatever the surface."""

    name = "potager.web"
    label = "web"

    def ready(self) -> None:
        from potager import assembly

        assembly.assemble()
