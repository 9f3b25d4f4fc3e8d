"""The classes, categories, types and properties of equipment, found by the names in files."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.assets import (
    AssetCatalogueType,
    AssetCategory,
    AssetClass,
    AssetProperty,
)


@dataclass(frozen=True)
class Place:
    """Ids of a class, a category and a type; None where a file leaves them open."""

    class_id: str | None
    category_id: str | None
    type_id: str | None


@dataclass
class Structure:
    """What is known of the structure, read once per file."""

    classes: dict[str, str] = field(default_factory=dict)
    categories: dict[tuple[str, str], str] = field(default_factory=dict)
    types: dict[tuple[str, str], str] = field(default_factory=dict)
    # Definitions by display name; the same property may be defined for several categories.
    properties: dict[str, list[AssetProperty]] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: BaseDatabaseWrapper) -> "Structure":
        """Read the structure."""
        alias = connection.alias
        found = cls(
            {_key(c.name): c.id for c in AssetClass.objects.using(alias)},
            {(c.asset_class_id, _key(c.name)): c.id for c in AssetCategory.objects.using(alias)},
            {
                (t.asset_category_id, _key(t.name)): t.id
                for t in AssetCatalogueType.objects.using(alias)
            },
        )
        for definition in AssetProperty.objects.using(alias).order_by("id"):
            found.properties.setdefault(_key(definition.name), []).append(definition)
        return found

    def place(self, class_name: str, category: str, type_name: str) -> tuple[Place, list[str]]:
        """Find a class, category and type by their names; return also what is wrong with them."""
        errors = []
        class_id = self.classes.get(_key(class_name))
        if class_name and class_id is None:
            errors.append(_("There is no class “{name}”.").format(name=class_name))
        category_id = self.categories.get((class_id or "", _key(category)))
        if category and class_id and category_id is None:
            text = _("There is no category “{name}” in the class “{parent}”.")
            errors.append(text.format(name=category, parent=class_name))
        type_id = self._type(category_id, type_name)
        if type_name and category_id and type_id is None:
            text = _("There is no type “{name}” in the category “{parent}”.")
            errors.append(text.format(name=type_name, parent=category))
        return Place(class_id, category_id, type_id), errors

    def _type(self, category_id: str | None, name: str) -> str | None:
        own = self.types.get((category_id or "", _key(name)))
        if own or category_id is None:
            return own
        # Files place a few types in another category than the seeds; the name is what counts
        # then, as long as it names one type only.
        others = [id_ for (_category, key), id_ in self.types.items() if key == _key(name)]
        return others[0] if len(others) == 1 else None

    def definitions(self, name: str) -> list[AssetProperty]:
        """Return the definitions of the properties with a display name."""
        return self.properties.get(_key(name), [])


def applies(definition: AssetProperty, place: Place) -> bool:
    """Tell whether a property is one of equipment at a place."""
    return all(
        wanted is None or wanted == given
        for wanted, given in (
            (definition.asset_class_id, place.class_id),
            (definition.asset_category_id, place.category_id),
            (definition.asset_type_id, place.type_id),
        )
    )


def slug(name: str) -> str:
    """Return a key for a property that is known by its display name only."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_") or "property"


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
