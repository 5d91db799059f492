"""Materials: what the house keeps to send. The bytes lie in files (content.media.files)."""

from django.db import models


class Kind(models.TextChoices):
    """As WeCom takes it."""

    IMAGE = "image", "图片"
    VIDEO = "video", "视频"
    FILE = "file", "文件"


class Material(models.Model):
    """素材: one content, however often it is uploaded.

    content  SHA-256 of the bytes
    mime     what the bytes are, never what the browser said
    name     the name a customer sees, with its ending
    folder   where it lies, by name; "" nowhere
    """

    content = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    mime = models.CharField(max_length=64)
    size = models.BigIntegerField()
    name = models.CharField(max_length=120)
    folder = models.CharField(max_length=100, default="")
    tags = models.JSONField(default=list)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
