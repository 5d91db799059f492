from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0003_charts"),
    ]

    operations = [
        migrations.AddField(
            model_name="layermodel",
            name="cards",
            field=models.JSONField(default=dict),
        ),
    ]
