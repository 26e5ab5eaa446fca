"""How a picture is added and checked on the desk."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from masthead.newsroom import pictures
from masthead.newsroom.pictures import intake, metadata, renditions


class PictureFileField(WagtailImageField):
    """Takes pictures by what they are, and says in a sentence why it doesn't."""

    def to_python(self, data: Any) -> Any:
        if data not in self.empty_values and hasattr(data, "seek"):
            try:
                intake.inspect(data)
            except intake.PictureRefused as refusal:
                raise ValidationError(refusal.for_people) from None
        return super().to_python(data)


class PictureForm(BaseImageForm):
    """Adding fills the empty fields from the file; saving what was filled says that somebody has looked at it."""

    file = PictureFileField(label=gettext_lazy("File"), widget=BaseImageForm._meta.widgets["file"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in (self._meta.exclude or ()):
            del self.fields["file"]  # declared above, it outlives the exclusion in the form for many pictures
        self.is_new = self.instance.pk is None
        if not self.is_new and not self.instance.confirmed:
            for name in pictures.FILLED:
                if name in self.fields and getattr(self.instance, name):
                    self.fields[name].help_text = _("Read from the file: please check.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_new and "alt" in self.fields:
            if not cleaned.get("alt") and not cleaned.get("is_decorative"):
                self.add_error("alt", _("Write what the picture shows, or tick 'only decoration'."))
            if not cleaned.get("credit_who") and not cleaned.get("credit_agency"):
                self.add_error("credit_who", _("Say who made it, or which agency sent it."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.is_new:
            typed = (self.instance.alt or self.instance.is_decorative) and self.instance.credit
            pictures.fill(self.instance, metadata.read(self.cleaned_data["file"]))
            self.instance.confirmed = bool(typed)
        elif "alt" in self.fields:
            if "file" in self.changed_data:
                self.instance.found = metadata.read(self.cleaned_data["file"]).raw
            self.instance.confirmed = True
        with transaction.atomic():  # its tags are rows of their own, and pages hear of both at once
            picture = super().save(commit=commit)
            if commit:
                renditions.order(picture, priority=renditions.FROM_THE_DESK)
        return picture
