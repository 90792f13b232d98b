"""The recipe language: how the records of a resource, and the things they refer to, are made up."""

from mockserver.recipes.cookbook import Cookbook
from mockserver.recipes.filling import Filling
from mockserver.recipes.item import Item, Making, Recipe
from mockserver.recipes.place import Place, meant, read_yaml, told

__all__ = ["Cookbook", "Filling", "Item", "Making", "Place", "Recipe", "meant", "read_yaml", "told"]
