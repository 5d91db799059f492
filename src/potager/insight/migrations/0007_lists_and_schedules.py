import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0006_tag_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="audience",
            name="schedule",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="audience",
            name="due_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="audience",
            name="ran_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="audience",
            name="runs",
            field=models.IntegerField(default=0),
        ),
        migrations.CreateModel(
            name="UploadedList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(default="", max_length=100)),
                ("note", models.CharField(default="", max_length=300)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ListUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("file_name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=32)),
                ("members", models.BinaryField()),
                ("n", models.IntegerField()),
                ("missing", models.IntegerField()),
                ("doubled", models.IntegerField()),
                ("misses", models.JSONField(default=list)),
                (
                    "of_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="insight.uploadedlist",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["of_list", "at"], name="list_upload_at")],
            },
        ),
    ]
